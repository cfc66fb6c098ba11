# Writes docs/rules.md from the rules' own words:
#
#   cmake -P cmake/RuleDocs.cmake                 writes it
#   cmake -DCHECK=ON -P cmake/RuleDocs.cmake      fails if it is not what would be written
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
foreach(file IN LISTS files)
  file(READ "${root}/${file}" json)
  foreach(key IN ITEMS id level)
    string(JSON ${key} GET "${json}" ${key})
  endforeach()
  string(JSON on ERROR_VARIABLE unsaid GET "${json}" on)
  if(NOT unsaid STREQUAL "NOTFOUND")
    set(on TRUE) # what a rule is that says nothing
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
  if(on)
    set(state "yes")
  endif()
  string(REGEX REPLACE "[^a-z0-9-]" "" anchor "${id}")
  string(APPEND page "| [`${id}`](#${anchor}) | ${level} | ${state} | ${catalogue} | ${title_en} |\n")
  string(APPEND sections "\n## `${id}`\n\n${title_en}\n\n${why_en}\n\n*Repair.* ${fix_en}\n\n"
    "${title_zh}\n\n${why_zh}\n\n*修复。* ${fix_zh}\n")
endforeach()

set(target "${root}/docs/rules.md")
if(NOT CHECK)
  file(WRITE "${target}" "${page}${sections}")
  return()
endif()
set(found "")
if(EXISTS "${target}")
  file(READ "${target}" found)
endif()
if(NOT found STREQUAL "${page}${sections}")
  message(FATAL_ERROR "docs/rules.md is not what the rules say; run make docs.")
endif()
