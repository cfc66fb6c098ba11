# ml_source_digest(TARGET SYMBOL)
#
# Adds to TARGET: const char SYMBOL[], a digest of everything a scan's result depends on, the sources of
# the analyzer, its rules, catalogue and grammars. What is kept under another digest is not asked for, so a
# cache never serves what another program found.
#
# The same file is the script that writes it:  cmake -DOUT=… -DSYMBOL=… -DLIST=… -DROOT=… -P SourceDigest.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_policy(VERSION 3.25)
  file(STRINGS "${LIST}" files)
  set(all "")
  foreach(file IN LISTS files)
    file(SHA256 "${ROOT}/${file}" digest)
    string(APPEND all "${file} ${digest}\n")
  endforeach()
  string(SHA256 digest "${all}")
  file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT
"/* Generated from the sources; do not edit. */
extern const char @SYMBOL@[];
const char @SYMBOL@[] = \"@digest@\";
")
  return()
endif()

function(ml_source_digest TARGET SYMBOL)
  set(files "")
  foreach(part IN ITEMS analyzer/*.c analyzer/*.h rules/*.c rules/*.h rules/*.json
          billing-core/src/*.c billing-core/src/*.h billing-core/include/*.h billing-core/include/*.def
          grammars/node_modules/tree-sitter/vendor/tree-sitter/lib/*.c
          grammars/node_modules/tree-sitter/vendor/tree-sitter/lib/*.h
          grammars/node_modules/tree-sitter-typescript/*.c
          grammars/node_modules/tree-sitter-typescript/*.h)
    file(GLOB_RECURSE found FOLLOW_SYMLINKS RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS
         "${PROJECT_SOURCE_DIR}/${part}")
    if(NOT found)
      message(FATAL_ERROR "the digest of the sources finds nothing under ${part}")
    endif()
    list(APPEND files ${found})
  endforeach()
  list(REMOVE_DUPLICATES files)
  list(SORT files)
  list(JOIN files "\n" lines)
  set(list "${CMAKE_CURRENT_BINARY_DIR}/${SYMBOL}.txt")
  file(CONFIGURE OUTPUT "${list}" @ONLY CONTENT "@lines@\n")
  list(TRANSFORM files PREPEND "${PROJECT_SOURCE_DIR}/")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${SYMBOL}.c")
  set(script "${PROJECT_SOURCE_DIR}/cmake/SourceDigest.cmake")
  add_custom_command(OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUT=${output}" -DSYMBOL=${SYMBOL} "-DLIST=${list}" "-DROOT=${PROJECT_SOURCE_DIR}"
            -P "${script}"
    DEPENDS ${files} "${list}" "${script}" COMMENT "digest of the sources" VERBATIM)
  target_sources(${TARGET} PRIVATE "${output}")
endfunction()
