# ml_format_table(TARGET)
#
# Makes the table of report formats from the folder: each *.c of it that is no helper
# (report_*.c, _*.c) defines ml_format_<name>. Adding a format is adding its file.
function(ml_format_table TARGET)
  file(GLOB sources RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  list(FILTER sources EXCLUDE REGEX "^(_|report_)")
  list(SORT sources)
  set(declarations "")
  set(entries "")
  list(LENGTH sources count)
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    string(APPEND declarations "extern const ml_report_format ml_format_${name};\n")
    string(APPEND entries "    &ml_format_${name},\n")
  endforeach()
  set(file "${CMAKE_CURRENT_BINARY_DIR}/format_table.c")
  file(CONFIGURE OUTPUT "${file}" @ONLY CONTENT
"/* Generated from the folder of formats; do not edit. */
#include \"ml/report.h\"

@declarations@
const ml_report_format *const ml_format_table[] = {
@entries@};
const uint32_t ml_format_table_count = @count@;
")
  target_sources(${TARGET} PRIVATE "${file}")
endfunction()

# ml_catalog_table(TARGET)
#
# Adds the built-in catalogue, made from rules/providers/*.json and
# rules/clients/*.json, to TARGET. Adding a provider or client is adding its file.
function(ml_catalog_table TARGET)
  file(GLOB files CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/rules/providers/*.json" "${PROJECT_SOURCE_DIR}/rules/clients/*.json")
  list(SORT files)
  if(NOT files)
    message(FATAL_ERROR "rules/providers and rules/clients hold no JSON file; the catalogue cannot be empty.")
  endif()
  set(output "${CMAKE_CURRENT_BINARY_DIR}/catalog_table.c")
  add_custom_command(OUTPUT "${output}"
    COMMAND ml_embed catalog "${output}" ${files}
    DEPENDS ml_embed ${files} COMMENT "catalogue of providers and clients" VERBATIM)
  target_sources(${TARGET} PRIVATE "${output}")
endfunction()

# A folder's files that are no editor leavings; empty when it does not exist.
function(house_folder_files OUT FOLDER)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${FOLDER}/*")
  set(${OUT} "${files}" PARENT_SCOPE)
endfunction()

# ml_rule_table(TARGET)
#
# Adds every rule of rules/<family>/<name>/ (rule.json and rule.c) and the table made
# from their rule.json to TARGET. A rule without code, without words or without
# fixtures stops the configure step.
function(ml_rule_table TARGET)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${PROJECT_SOURCE_DIR}/rules/*/*")
  set(words "")
  set(sources "")
  foreach(folder IN LISTS folders)
    if(NOT IS_DIRECTORY "${folder}")
      continue()
    endif()
    file(RELATIVE_PATH rule "${PROJECT_SOURCE_DIR}/rules" "${folder}")
    if(NOT EXISTS "${folder}/rule.json")
      message(FATAL_ERROR "rules/${rule} has no rule.json: every rule brings the words people see.")
    endif()
    if(NOT EXISTS "${folder}/rule.c")
      message(FATAL_ERROR "rules/${rule} has no rule.c: a rule.json alone finds nothing.")
    endif()
    house_folder_files(fixtures "${PROJECT_SOURCE_DIR}/fixtures/rules/${rule}")
    if(NOT fixtures)
      message(FATAL_ERROR "rules/${rule} has no fixture: put at least one file into fixtures/rules/${rule}/.")
    endif()
    file(GLOB helpers CONFIGURE_DEPENDS "${folder}/*.c")
    list(APPEND words "${folder}/rule.json")
    list(APPEND sources ${helpers})
  endforeach()
  if(NOT words)
    message(FATAL_ERROR "rules/ holds no rule.")
  endif()
  set(output "${CMAKE_CURRENT_BINARY_DIR}/rule_table.c")
  add_custom_command(OUTPUT "${output}"
    COMMAND ml_embed rules "${output}" ${words}
    DEPENDS ml_embed ${words} COMMENT "table of rules" VERBATIM)
  target_sources(${TARGET} PRIVATE ${sources} "${output}")
endfunction()

# ml_text_table(TARGET SYMBOL FILE)
#
# Adds the text of FILE to TARGET as: const ml_str SYMBOL.
function(ml_text_table TARGET SYMBOL FILE)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${SYMBOL}.c")
  add_custom_command(OUTPUT "${output}"
    COMMAND ml_embed text "${output}" ${SYMBOL} "${FILE}"
    DEPENDS ml_embed "${FILE}" COMMENT "text ${SYMBOL}" VERBATIM)
  target_sources(${TARGET} PRIVATE "${output}")
endfunction()
