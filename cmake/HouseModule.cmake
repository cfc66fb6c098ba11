# ml_module(NAME [DEPENDS module...] [LIBRARIES target...] [SOURCES file...])
#
# Declares the static library ml_NAME from the *.c files of the current folder, with
# its public headers in ./include. DEPENDS names modules on floors below; LIBRARIES
# are third-party targets this module alone may include.
function(ml_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  list(APPEND sources ${ARG_SOURCES})
  if(NOT sources)
    message(FATAL_ERROR "module ${NAME} has no source file")
  endif()
  add_library(ml_${NAME} STATIC ${sources})
  target_include_directories(ml_${NAME} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include")
  target_link_libraries(ml_${NAME} PRIVATE house_options ${ARG_LIBRARIES})
  foreach(dep IN LISTS ARG_DEPENDS)
    target_link_libraries(ml_${NAME} PUBLIC ml_${dep})
  endforeach()
endfunction()
