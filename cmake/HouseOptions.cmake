# Compile options every target of ours is built with (interface target house_options).
option(HOUSE_LTO "link-time optimisation" OFF)
option(HOUSE_FUZZ "build the libFuzzer targets" OFF)
set(HOUSE_SANITIZE "" CACHE STRING "value of -fsanitize=, empty for none")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# Assertions stay on in every build: a broken invariant must not become a wrong report.
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")

add_library(house_options INTERFACE)
target_compile_options(house_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror)
target_compile_definitions(house_options INTERFACE _GNU_SOURCE)

# A program loads only the libraries it calls: the analyzer needs none of the stores' clients.
add_link_options(-Wl,--as-needed)

if(HOUSE_SANITIZE)
  add_compile_options(-fsanitize=${HOUSE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g)
  add_link_options(-fsanitize=${HOUSE_SANITIZE})
  # gcc cries wolf with these in instrumented code; the release build keeps them.
  target_compile_options(house_options INTERFACE "$<$<C_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-format-truncation>")
endif()

if(HOUSE_LTO)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT house_ipo LANGUAGES C)
  if(house_ipo)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
if(METERLINT_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a) # for those the analyzer links
endif()
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash) # its header alone: everything in it is inline
if(METERLINT_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .so .a)
endif()
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()
