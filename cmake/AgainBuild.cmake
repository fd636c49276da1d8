# How everything here is compiled, and the three kinds of targets: layers, libraries, tests.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Type of build" FORCE)
endif()
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# One interface target holds every compile option of this project; generated code does not use it.
add_library(again_options INTERFACE)
target_compile_definitions(again_options INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(again_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes
  -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings
  -Wformat=2 -Wundef -Wvla -Wdouble-promotion -Wswitch-enum)
if(AGAIN_WERROR)
  target_compile_options(again_options INTERFACE -Werror)
endif()
if(AGAIN_SANITIZE)
  add_compile_options(-fsanitize=${AGAIN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${AGAIN_SANITIZE})
  if(AGAIN_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()

# again_package(VARIABLE module): an imported target PkgConfig::VARIABLE for a pkg-config module,
# or one sentence that says what to install.
function(again_package variable module package)
  pkg_check_modules(${variable} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(NOT ${variable}_FOUND)
    message(FATAL_ERROR "${module} was not found. Install ${package}, or run: sh cmake/install-deps.sh")
  endif()
endfunction()

# again_layer(name SOURCES ... [LINK ...]): the object files of one layer of libagain.
function(again_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINK" ${ARGN})
  add_library(again_${name}_objects OBJECT ${LAYER_SOURCES})
  target_include_directories(again_${name}_objects PUBLIC ${PROJECT_SOURCE_DIR}/include
                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(again_${name}_objects PRIVATE again_options PUBLIC ${LAYER_LINK})
endfunction()

# again_archive(library layer...): one static library of several layers.
function(again_archive name)
  add_library(${name} STATIC)
  add_library(again::${name} ALIAS ${name})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/include)
  foreach(layer ${ARGN})
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:again_${layer}_objects>)
    get_target_property(links again_${layer}_objects INTERFACE_LINK_LIBRARIES)
    if(links)
      target_link_libraries(${name} PUBLIC ${links})
    endif()
  endforeach()
endfunction()

# again_library(layer SOURCES ... LINK ...): a layer that is a library of its own, libagain-LAYER.
function(again_library layer)
  cmake_parse_arguments(LIBRARY "" "" "SOURCES;LINK;LINK_PRIVATE" ${ARGN})
  add_library(again-${layer} STATIC ${LIBRARY_SOURCES})
  add_library(again::${layer} ALIAS again-${layer})
  target_include_directories(again-${layer} PUBLIC ${PROJECT_SOURCE_DIR}/include
                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(again-${layer} PUBLIC ${LIBRARY_LINK}
                        PRIVATE again_options ${LIBRARY_LINK_PRIVATE})
endfunction()

# again_test(name SOURCES ... LINK ...): a cmocka program, registered with CTest under its name.
function(again_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE again_options PkgConfig::CMOCKA ${TEST_LINK})
  target_compile_definitions(${name} PRIVATE AGAIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
