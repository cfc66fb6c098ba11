# Writes docs/rules.md, and the table of rules in README.md, from the rules' own words:
#
#   cmake -P cmake/RuleDocs.cmake                 writes them
#   cmake -DCHECK=ON -P cmake/RuleDocs.cmake      fails if they are not what would be written
#
# The words live in rules/<family>/<name>/rule.json and nowhere else.
cmake_policy(VERSION 3.25)
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)

file(GLOB files RELATIVE "${root}" "${root}/rules/*/*/rule.json")
list(SORT files)
set(page "# Rules

Made by `make docs` from the `rule.json` of each rule; change the words there. Level and
state are the defaults. Levels are those of SARIF too: high is *error*, medium *warning*,
low *note*. A suppression and `meterlint explain` also take the bare name (`direct-http`)
and the catalogue id.

| rule | level | on | catalogue id | what it finds |
|---|---|---|---|---|
")
set(sections "")
set(table "| rule | level | what it finds |\n|---|---|---|\n")
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
  set(state "no")
  if(is_on)
    set(state "yes")
  endif()
  string(REGEX REPLACE "[^a-z0-9-]" "" anchor "${id}")
  string(APPEND page "| [`${id}`](#${anchor}) | ${level} | ${state} | ${catalogue} | ${title_en} |\n")
  set(off "")
  if(NOT is_on)
    set(off ", off")
  endif()
  string(APPEND table "| [`${id}`](docs/rules.md#${anchor}) | ${level}${off} | ${title_en} |\n")
  string(APPEND sections "\n## `${id}`\n\n${title_en}\n\n${why_en}\n\n*Repair.* ${fix_en}\n\n"
    "${title_zh}\n\n${why_zh}\n\n*修复。* ${fix_zh}\n")
endforeach()

# README.md with the table between its two marks.
set(begin "<!-- rules: made by `make docs` -->\n")
set(end "<!-- /rules -->")
file(READ "${root}/README.md" readme)
string(FIND "${readme}" "${begin}" from)
string(FIND "${readme}" "${end}" to)
if(from EQUAL -1 OR to LESS from)
  message(FATAL_ERROR "README.md has lost the marks around its table of rules.")
endif()
string(LENGTH "${begin}" length)
math(EXPR from "${from} + ${length}")
string(SUBSTRING "${readme}" 0 ${from} head)
string(SUBSTRING "${readme}" ${to} -1 tail)

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

write_or_check(docs/rules.md "${page}${sections}")
write_or_check(README.md "${head}${table}${tail}")
