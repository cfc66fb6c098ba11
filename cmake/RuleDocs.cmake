# Writes from the rules' own words docs/rules.md (the list), docs/rules/<family>/<name>.md
# (one page a rule, in both languages), the table of docs/precision.md and precision.zh.md,
# and the table of rules in README.md:
#
#   cmake -P cmake/RuleDocs.cmake                 writes them
#   cmake -DCHECK=ON -P cmake/RuleDocs.cmake      fails if they are not what would be written
#
# The words live in rules/<family>/<name>/rule.json and nowhere else.
cmake_policy(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

# write_or_check(FILE TEXT)
function(write_or_check FILE TEXT)
  set(found "")
  if(EXISTS "${root}/${FILE}")
    file(READ "${root}/${FILE}" found)
  endif()
  if(found STREQUAL "${TEXT}")
    return()
  endif()
  if(CHECK)
    message(FATAL_ERROR "${FILE} is not what the rules say; run make docs.")
  endif()
  file(WRITE "${root}/${FILE}" "${TEXT}")
endfunction()

# between_marks(FILE NAME TEXT): the text between `<!-- NAME: … -->` and `<!-- /NAME -->`.
function(between_marks FILE NAME TEXT)
  set(begin "<!-- ${NAME}: made by `make docs` -->\n")
  set(end "<!-- /${NAME} -->")
  file(READ "${root}/${FILE}" page)
  string(FIND "${page}" "${begin}" from)
  string(FIND "${page}" "${end}" to)
  if(from EQUAL -1 OR to LESS from)
    message(FATAL_ERROR "${FILE} has lost the marks around its table of rules.")
  endif()
  string(LENGTH "${begin}" length)
  math(EXPR from "${from} + ${length}")
  string(SUBSTRING "${page}" 0 ${from} head)
  string(SUBSTRING "${page}" ${to} -1 tail)
  write_or_check("${FILE}" "${head}${TEXT}${tail}")
endfunction()

file(GLOB files RELATIVE "${root}" "${root}/rules/*/*/rule.json")
list(SORT files)
set(page "# Rules

Made by `make docs` from the `rule.json` of each rule; change the words there. Level and
state are the defaults. Levels are those of SARIF too: high is *error*, medium *warning*,
low *note*. A suppression and `meterlint explain` also take the bare name (`direct-http`)
and the catalogue id. Measured is the share of findings on public code that were read and
right, and how many were read: [precision.md](precision.md).

| rule | level | on | measured | catalogue id | what it finds |
|---|---|---|---|---|---|
")
set(table "| rule | level | what it finds |\n|---|---|---|\n")
set(precision_en "| rule | on | findings | true | false | precision | repositories |\n|---|---|---|---|---|---|---|\n")
set(precision_zh "| 规则 | 默认 | 发现 | 正确 | 误报 | 准确率 | 仓库数 |\n|---|---|---|---|---|---|---|\n")
set(pages "")
foreach(file IN LISTS files)
  file(READ "${root}/${file}" json)
  foreach(key IN ITEMS id level)
    string(JSON ${key} GET "${json}" ${key})
  endforeach()
  string(JSON is_on ERROR_VARIABLE unsaid GET "${json}" on)
  if(NOT unsaid STREQUAL "NOTFOUND")
    set(is_on TRUE) # what a rule is that says nothing
  endif()
  foreach(key IN ITEMS title why fix)
    foreach(lang IN ITEMS en zh)
      string(JSON ${key}_${lang} GET "${json}" ${key} ${lang})
    endforeach()
  endforeach()
  set(catalogue "")
  string(JSON count ERROR_VARIABLE none LENGTH "${json}" catalogue)
  if(none STREQUAL "NOTFOUND" AND count GREATER 0)
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON entry GET "${json}" catalogue ${i})
      string(APPEND catalogue "${entry} ")
    endforeach()
    string(STRIP "${catalogue}" catalogue)
  endif()

  set(measured "")
  set(measured_en "not measured")
  set(measured_zh "未测量")
  string(JSON read ERROR_VARIABLE none GET "${json}" measured findings)
  if(none STREQUAL "NOTFOUND")
    string(JSON right GET "${json}" measured true)
    string(JSON repositories GET "${json}" measured repositories)
    math(EXPR percent "${right} * 100 / ${read}")
    math(EXPR wrong "${read} - ${right}")
    set(measured "${percent} % of ${read}")
    set(measured_en "${right} of ${read} findings in ${repositories} public repositories were right (${percent} %)")
    set(measured_zh "在 ${repositories} 个公开仓库的 ${read} 条发现中，${right} 条正确（${percent} %）")
  endif()
  set(state "no")
  set(state_zh "关闭")
  set(off ", off")
  if(is_on)
    set(state "yes")
    set(state_zh "开启")
    set(off "")
  endif()

  string(APPEND page "| [`${id}`](rules/${id}.md) | ${level} | ${state} | ${measured} | ${catalogue} | ${title_en} |\n")
  string(APPEND table "| [`${id}`](docs/rules/${id}.md) | ${level}${off} | ${title_en} |\n")
  if(measured)
    string(APPEND precision_en
           "| [`${id}`](rules/${id}.md) | ${state} | ${read} | ${right} | ${wrong} | ${percent} % | ${repositories} |\n")
    string(APPEND precision_zh
           "| [`${id}`](rules/${id}.md) | ${state_zh} | ${read} | ${right} | ${wrong} | ${percent} % | ${repositories} |\n")
  endif()
  set(ids_en "")
  set(ids_zh "")
  if(catalogue)
    set(ids_en " · ${catalogue}")
    set(ids_zh " · ${catalogue}")
  endif()
  set(on_en "off by default")
  if(is_on)
    set(on_en "on by default")
  endif()
  list(APPEND pages "docs/rules/${id}.md")
  write_or_check("docs/rules/${id}.md" "# `${id}`\n
${title_en}\n\n${level} · ${on_en}${ids_en}\n\n${why_en}\n\n*Repair.* ${fix_en}\n
*Measured.* ${measured_en}; see [precision](../../precision.md).\n
## 中文\n
${title_zh}\n\n${level} · 默认${state_zh}${ids_zh}\n\n${why_zh}\n\n*修复。* ${fix_zh}\n
*实测。* ${measured_zh}，见[准确率](../../precision.zh.md)。\n
The words are those of `rules/${id}/rule.json`; `make docs` writes this page.\n")
endforeach()

# A rule that is gone takes its page along.
file(GLOB written RELATIVE "${root}" "${root}/docs/rules/*/*.md")
foreach(old IN LISTS written)
  if(NOT old IN_LIST pages)
    if(CHECK)
      message(FATAL_ERROR "${old} is about no rule; run make docs.")
    endif()
    file(REMOVE "${root}/${old}")
  endif()
endforeach()

write_or_check(docs/rules.md "${page}")
between_marks(README.md rules "${table}")
between_marks(docs/precision.md precision "${precision_en}")
between_marks(docs/precision.zh.md precision "${precision_zh}")
