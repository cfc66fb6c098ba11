# METERLINT_PGO: compile along the paths that a training run takes (gcc only).
#
#   OFF   as always
#   TRAIN the program counts its branches; a run of it leaves *.gcda files in METERLINT_PGO_DIR
#   ON    the counts in METERLINT_PGO_DIR decide layout, inlining and unrolling
#
# `make pgo` does both steps with the training in between (packaging/pgo.sh), in one build
# folder: counts are named after the objects, and generated sources know where they stand.
set(METERLINT_PGO OFF CACHE STRING "profile-guided optimisation: OFF, TRAIN or ON")
set_property(CACHE METERLINT_PGO PROPERTY STRINGS OFF TRAIN ON)
set(METERLINT_PGO_DIR "${PROJECT_SOURCE_DIR}/build/profile" CACHE PATH "where the counts are")
option(METERLINT_STATIC "link meterlint with static libraries, the C library too" OFF)

if(METERLINT_PGO)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "METERLINT_PGO is for gcc; the compiler is ${CMAKE_C_COMPILER_ID}.")
  endif()
  if(METERLINT_PGO STREQUAL "TRAIN")
    # One thread trains, so plain counters lose nothing and are the same each time.
    add_compile_options("-fprofile-generate=${METERLINT_PGO_DIR}" -fprofile-update=single)
    add_link_options(-fprofile-generate)
  else()
    file(GLOB_RECURSE house_counts "${METERLINT_PGO_DIR}/*.gcda")
    if(NOT house_counts)
      message(FATAL_ERROR "${METERLINT_PGO_DIR} holds no counts: run `make pgo`.")
    endif()
    # Code that no training runs (billing's program, tests) has none; counts of other
    # sources stay an error.
    add_compile_options("-fprofile-use=${METERLINT_PGO_DIR}" -Wno-missing-profile)
  endif()
endif()
