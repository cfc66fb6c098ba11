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
