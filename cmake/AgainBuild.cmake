# How everything here is compiled, and the kinds of targets: layers, libraries, tests.

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

# Both kinds of a library can be made in one build, as packages want it. Archives can always be made: the tests
# look into the libraries, and a shared one shows only what its list says.
set(AGAIN_KINDS static)
if(AGAIN_SHARED)
  list(APPEND AGAIN_KINDS shared)
endif()
set(AGAIN_ON_DEMAND TRUE)
if(AGAIN_STATIC)
  set(AGAIN_ON_DEMAND FALSE)
endif()
# What is linked into tests only has no shared library, and promises no ABI.
set(AGAIN_ARCHIVES_ONLY kit sim emulator)

# again_package(VARIABLE module): an imported target PkgConfig::VARIABLE for a pkg-config module,
# or one sentence that says what to install. What is installed knows both names, to find it again.
function(again_package variable module package)
  pkg_check_modules(${variable} QUIET IMPORTED_TARGET GLOBAL ${module})
  if(NOT ${variable}_FOUND)
    message(FATAL_ERROR "${module} was not found. Install ${package}, or run: sh cmake/install-deps.sh")
  endif()
  set_property(GLOBAL PROPERTY AGAIN_MODULE_${variable} ${module})
  set_property(GLOBAL PROPERTY AGAIN_PACKAGE_${variable} ${package})
endfunction()

# again_shipped(name...): the files shipped/NAME.json of the folder as C, in AGAIN_SHIPPED_ARRAYS (their texts) and
# AGAIN_SHIPPED_TABLE (rows of name and text), for configure_file.
function(again_shipped)
  set(arrays "")
  set(table "")
  foreach(name ${ARGN})
    set(file ${CMAKE_CURRENT_SOURCE_DIR}/shipped/${name}.json)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REPLACE "-" "_" id ${name})
    string(APPEND arrays "static const char text_${id}[] = {${bytes} 0};\n")
    string(APPEND table "    {\"${name}\", text_${id}},\n")
  endforeach()
  set(AGAIN_SHIPPED_ARRAYS "${arrays}" PARENT_SCOPE)
  set(AGAIN_SHIPPED_TABLE "${table}" PARENT_SCOPE)
endfunction()

# again_optional_package(VARIABLE module package): the same for a package that one can do without. The cache
# variable AGAIN_VARIABLE says whether: ON, OFF, or AUTO where it is found.
function(again_optional_package variable module package)
  set(AGAIN_${variable} AUTO CACHE STRING "Use ${module}: ON, OFF, or AUTO, where it is found")
  set_property(CACHE AGAIN_${variable} PROPERTY STRINGS AUTO ON OFF)
  if(AGAIN_${variable} STREQUAL "AUTO")
    pkg_check_modules(${variable} QUIET ${module})
    if(NOT ${variable}_FOUND)
      message(STATUS "${module} was not found: built without it. Install ${package} for it.")
      return()
    endif()
  elseif(NOT AGAIN_${variable})
    return()
  endif()
  again_package(${variable} ${module} ${package})
endfunction()

# again_objects(name SOURCES ... LINK ...): the object files of one layer, again_NAME_objects for archives and
# again_NAME_shared_objects. Those of archives are hidden: a plugin that embeds one does not export it.
function(again_objects name)
  cmake_parse_arguments(OBJECTS "" "" "SOURCES;LINK" ${ARGN})
  foreach(kind ${AGAIN_KINDS})
    if(kind STREQUAL static)
      set(target again_${name}_objects)
    elseif(name IN_LIST AGAIN_ARCHIVES_ONLY)
      continue()
    else()
      set(target again_${name}_shared_objects)
    endif()
    add_library(${target} OBJECT ${OBJECTS_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/include
                               PRIVATE ${PROJECT_SOURCE_DIR}/src)
    again_links(links ${kind} ${OBJECTS_LINK})
    target_link_libraries(${target} PRIVATE again_options PUBLIC ${links})
    if(kind STREQUAL static)
      target_compile_options(${target} PRIVATE -fvisibility=hidden)
      set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ${AGAIN_ON_DEMAND})
    endif()
  endforeach()
endfunction()

# again_targets_of(layer out): the targets that again_objects made.
function(again_targets_of layer out)
  set(targets again_${layer}_objects)
  if(TARGET again_${layer}_shared_objects)
    list(APPEND targets again_${layer}_shared_objects)
  endif()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# again_layer(name SOURCES ... [LINK ...]): one of the layers of libagain. LINK: what only it needs.
function(again_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINK" ${ARGN})
  again_objects(${name} SOURCES ${LAYER_SOURCES} LINK ${LAYER_LINK})
  set_property(GLOBAL PROPERTY AGAIN_LAYER_${name} ${LAYER_LINK})
endfunction()

# again_links(out kind item...): the items of a LINK list as a library of this kind links them. Names of our own
# libraries get the kind; packages are found by a name of ours where it is installed.
function(again_links out kind)
  set(links "")
  foreach(item ${ARGN})
    if(item MATCHES "^again(-[a-z]+)?$")
      string(REGEX REPLACE "^again-?" "" component ${item})
      if(component STREQUAL "")
        set(component again)
      endif()
      if(kind STREQUAL shared)
        list(APPEND links ${item}-shared)
      elseif(kind STREQUAL either)
        # $<1:...>, or install(EXPORT) takes the name for this build's target.
        list(APPEND links $<BUILD_INTERFACE:again::${component}>$<INSTALL_INTERFACE:$<1:again::${component}>>)
      else()
        list(APPEND links ${item})
      endif()
    elseif(item MATCHES "^PkgConfig::(.*)$")
      list(APPEND links $<BUILD_INTERFACE:${item}>$<INSTALL_INTERFACE:PkgConfig::again_${CMAKE_MATCH_1}>)
    else()
      list(APPEND links ${item})
    endif()
  endforeach()
  set(${out} ${links} PARENT_SCOPE)
endfunction()

# again_link(component library LAYERS ... HEADERS ... OBJECTS ... LINK ... LINK_PRIVATE ...): the library of each
# kind from the objects of its layers and others, and again::COMPONENT, which is one of them.
function(again_link component name)
  cmake_parse_arguments(LINK "" "" "LAYERS;HEADERS;OBJECTS;LINK;LINK_PRIVATE" ${ARGN})
  set(archive_only FALSE)
  set(static_links static)
  if(component IN_LIST AGAIN_ARCHIVES_ONLY)
    set(archive_only TRUE)
    set(static_links either)
  endif()

  add_library(${name} STATIC)
  again_link_one(${name} "" ${static_links})
  if(NOT archive_only)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ${AGAIN_ON_DEMAND})
  endif()
  if(archive_only OR NOT AGAIN_SHARED)
    add_library(again::${component} ALIAS ${name})
  else()
    add_library(${name}-shared SHARED)
    again_link_one(${name}-shared _shared shared)
    again_exports(${name}-shared ${name})
    # A target may say by its property AGAIN_LINKS which kind it wants; the first one is taken without it.
    set(wish $<TARGET_PROPERTY:AGAIN_LINKS>)
    if(AGAIN_STATIC)
      set(either $<IF:$<STREQUAL:${wish},shared>,${name}-shared,${name}>)
    else()
      set(either $<IF:$<STREQUAL:${wish},static>,${name},${name}-shared>)
    endif()
    add_library(${name}-either INTERFACE)
    target_link_libraries(${name}-either INTERFACE ${either})
    add_library(again::${component} ALIAS ${name}-either)
  endif()
  if(AGAIN_INSTALL)
    again_install_library(${component} ${name} HEADERS ${LINK_HEADERS} LINK ${LINK_LINK}
                          LINK_PRIVATE ${LINK_LINK_PRIVATE})
  endif()
endfunction()

# One library of again_link's, whose variables it reads.
function(again_link_one target objects_kind links_kind)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} EXPORT_NAME ${component}
                        LINKER_LANGUAGE C)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  foreach(layer ${LINK_LAYERS})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:again_${layer}${objects_kind}_objects>)
  endforeach()
  foreach(objects ${LINK_OBJECTS})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
  endforeach()
  again_links(public ${links_kind} ${LINK_LINK})
  again_links(private ${links_kind} ${LINK_LINK_PRIVATE})
  target_link_libraries(${target} PUBLIC ${public} PRIVATE ${private})
endfunction()

# again_exports(target library): of a shared library only the names in its list can be seen.
function(again_exports target library)
  set(list ${PROJECT_SOURCE_DIR}/cmake/symbols/${library}.list)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${library}.map)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
  file(STRINGS ${list} names REGEX "^[a-z]")
  list(JOIN names ";\n  " names)
  file(CONFIGURE OUTPUT ${script} CONTENT
    "AGAIN_${PROJECT_VERSION_MAJOR} {\nglobal:\n  ${names};\nlocal:\n  *;\n};\n")
  target_link_options(${target} PRIVATE -Wl,--version-script=${script} -Wl,-Bsymbolic-functions)
  if(NOT AGAIN_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
  endif()
  set_target_properties(${target} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                        LINK_DEPENDS ${script})
endfunction()

# again_archive(library LAYERS ... HEADERS ...): one library of several layers.
function(again_archive name)
  cmake_parse_arguments(ARCHIVE "" "" "LAYERS;HEADERS" ${ARGN})
  set(private "")
  foreach(layer ${ARCHIVE_LAYERS})
    get_property(links GLOBAL PROPERTY AGAIN_LAYER_${layer})
    list(APPEND private ${links})
  endforeach()
  again_link(${name} ${name} LAYERS ${ARCHIVE_LAYERS} HEADERS ${ARCHIVE_HEADERS} LINK_PRIVATE ${private})
endfunction()

# again_library(layer SOURCES ... LINK ... [LINK_PRIVATE ...] [HEADERS ...] [OBJECTS ...]): a layer that is a
# library of its own, libagain-LAYER. Its header is LAYER.h unless it is said otherwise; OBJECTS are libraries of
# object files that become part of it.
function(again_library layer)
  cmake_parse_arguments(LIBRARY "" "" "SOURCES;LINK;LINK_PRIVATE;HEADERS;OBJECTS" ${ARGN})
  if(NOT LIBRARY_HEADERS)
    set(LIBRARY_HEADERS ${layer}.h)
  endif()
  again_objects(${layer} SOURCES ${LIBRARY_SOURCES} LINK ${LIBRARY_LINK} ${LIBRARY_LINK_PRIVATE})
  again_link(${layer} again-${layer} LAYERS ${layer} HEADERS ${LIBRARY_HEADERS} OBJECTS ${LIBRARY_OBJECTS}
             LINK ${LIBRARY_LINK} LINK_PRIVATE ${LIBRARY_LINK_PRIVATE})
endfunction()

# again_threads(name...): tests with more than one thread: they have the label "threads" and are built by the target of
# that name, for ThreadSanitizer.
function(again_threads)
  if(NOT TARGET threads)
    add_custom_target(threads)
  endif()
  add_dependencies(threads ${ARGN})
  set_tests_properties(${ARGN} PROPERTIES LABELS threads)
endfunction()

# again_test(name SOURCES ... LINK ...): a cmocka program, registered with CTest under its name.
function(again_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE again_options PkgConfig::CMOCKA ${TEST_LINK})
  target_compile_definitions(${name} PRIVATE AGAIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES AGAIN_LINKS static)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120)
endfunction()
