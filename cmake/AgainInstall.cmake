# What `cmake --install` installs, in three components: runtime (shared libraries), development (headers,
# archives, files for CMake and pkg-config), tools (the command).
#
# Every library is also a component of find_package(again COMPONENTS ...). What a library links is written once,
# in its CMakeLists.txt, and read here for the files of CMake and of pkg-config.

set(again_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/again)
set(again_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Outside the system's folders the libraries are found beside one another.
set(again_rpath "")
if(NOT CMAKE_INSTALL_PREFIX STREQUAL /usr AND NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(again_rpath $ORIGIN)
endif()

# again_install_library(component library HEADERS ... LINK ... LINK_PRIVATE ...)
function(again_install_library component name)
  cmake_parse_arguments(INSTALL "" "" "HEADERS;LINK;LINK_PRIVATE" ${ARGN})
  set(shared ${AGAIN_SHARED})
  set(static ${AGAIN_STATIC})
  if(component IN_LIST AGAIN_ARCHIVES_ONLY)
    set(shared OFF)
    set(static ON)
  endif()
  if(static)
    install(TARGETS ${name} EXPORT ${name}-static
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
    install(EXPORT ${name}-static NAMESPACE again:: DESTINATION ${again_cmake_dir}
            FILE again-${component}-static.cmake COMPONENT development)
  endif()
  if(shared)
    set_target_properties(${name}-shared PROPERTIES INSTALL_RPATH "${again_rpath}")
    install(TARGETS ${name}-shared EXPORT ${name}-shared
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development)
    install(EXPORT ${name}-shared NAMESPACE again:: DESTINATION ${again_cmake_dir}
            FILE again-${component}-shared.cmake COMPONENT development)
  endif()
  list(TRANSFORM INSTALL_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/again/ OUTPUT_VARIABLE headers)
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/again COMPONENT development)
  set_property(GLOBAL APPEND PROPERTY AGAIN_INSTALLED ${component})

  again_sort_links(public ${INSTALL_LINK})
  again_sort_links(private ${INSTALL_LINK_PRIVATE})
  set_property(GLOBAL APPEND PROPERTY AGAIN_INSTALLED_MODULES ${public_modules} ${private_modules})
  again_write_component(${component})
  again_write_pc(${component} ${name} ${shared})
endfunction()

# again_sort_links(prefix item...): PREFIX_components, PREFIX_modules (by their names in again_package),
# PREFIX_flags.
function(again_sort_links prefix)
  set(components "")
  set(modules "")
  set(flags "")
  foreach(item ${ARGN})
    if(item STREQUAL again)
      list(APPEND components again)
    elseif(item MATCHES "^again-(.*)$")
      list(APPEND components ${CMAKE_MATCH_1})
    elseif(item MATCHES "^PkgConfig::(.*)$")
      list(APPEND modules ${CMAKE_MATCH_1})
    elseif(item STREQUAL Threads::Threads)
      list(APPEND flags -pthread)
    else()
      list(APPEND flags -l${item})
    endif()
  endforeach()
  foreach(part components modules flags)
    set(${prefix}_${part} ${${part}} PARENT_SCOPE)
  endforeach()
endfunction()

# What againConfig.cmake must find before a component; of an archive also what only it links.
function(again_write_component component)
  set(text "# What again::${component} needs.\nset(needs ${public_components} ${private_components})\n")
  string(APPEND text "set(modules ${public_modules})\nset(modules_of_archive ${private_modules})\n")
  foreach(module ${public_modules} ${private_modules})
    get_property(found GLOBAL PROPERTY AGAIN_MODULE_${module})
    get_property(package GLOBAL PROPERTY AGAIN_PACKAGE_${module})
    string(APPEND text "set(module_${module} \"${found}\")\nset(package_${module} ${package})\n")
  endforeach()
  if("-pthread" IN_LIST private_flags)
    string(APPEND text "set(threads_of_archive TRUE)\n")
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/install/again-${component}.cmake CONTENT "${text}" @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/install/again-${component}.cmake DESTINATION ${again_cmake_dir}
          COMPONENT development)
endfunction()

# again_requirements(out components modules): as pkg-config writes them.
function(again_requirements out components modules)
  set(words "")
  foreach(component ${components})
    if(NOT component STREQUAL again)
      set(component again-${component})
    endif()
    list(APPEND words "${component} = ${PROJECT_VERSION}")
  endforeach()
  foreach(module ${modules})
    get_property(found GLOBAL PROPERTY AGAIN_MODULE_${module})
    string(REGEX REPLACE "([<>=]+)" " \\1 " found "${found}")
    list(APPEND words "${found}")
  endforeach()
  list(REMOVE_DUPLICATES words)
  list(JOIN words ", " words)
  set(${out} "${words}" PARENT_SCOPE)
endfunction()

function(again_write_pc component name shared)
  list(JOIN private_flags " " libs_private)
  set(libs "")
  if(NOT shared)
    # There is only an archive: a program that links it always needs all of it.
    list(APPEND public_components ${private_components})
    list(APPEND public_modules ${private_modules})
    set(private_components "")
    set(private_modules "")
    set(libs " ${libs_private}")
    set(libs_private "")
  endif()
  again_requirements(requires "${public_components}" "${public_modules}")
  again_requirements(requires_private "${private_components}" "${private_modules}")
  # Relative to the file itself, so that an installed tree can be moved; a folder that is absolute stays.
  set(libdir ${CMAKE_INSTALL_LIBDIR})
  set(includedir ${CMAKE_INSTALL_INCLUDEDIR})
  foreach(dir libdir includedir)
    if(NOT IS_ABSOLUTE ${${dir}})
      set(${dir} "\${prefix}/${${dir}}")
    endif()
  endforeach()
  if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(prefix ${CMAKE_INSTALL_PREFIX})
  else()
    file(RELATIVE_PATH up /prefix/${again_pc_dir} /prefix)
    string(REGEX REPLACE "/$" "" up ${up})
    set(prefix "\${pcfiledir}/${up}")
  endif()
  set(summary ${PROJECT_DESCRIPTION})
  if(NOT component STREQUAL again)
    set(summary "The component ${component} of again")
  endif()
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/install/${name}.pc CONTENT [[
prefix=@prefix@
libdir=@libdir@
includedir=@includedir@

Name: @name@
Description: @summary@
Version: @PROJECT_VERSION@
Requires: @requires@
Requires.private: @requires_private@
Libs: -L${libdir} -l@name@@libs@
Libs.private: @libs_private@
Cflags: -I${includedir}
]] @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/install/${name}.pc DESTINATION ${again_pc_dir} COMPONENT development)
endfunction()

# The files that lead find_package to the components.
function(again_install_config)
  include(CMakePackageConfigHelpers)
  set(out ${PROJECT_BINARY_DIR}/install)
  get_property(installed GLOBAL PROPERTY AGAIN_INSTALLED)
  list(JOIN installed " " installed)
  list(JOIN AGAIN_ARCHIVES_ONLY "|" archives_only)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/againConfig.cmake.in ${out}/againConfig.cmake @ONLY)
  # Before 1.0 a new minor version may change the interface.
  write_basic_package_version_file(${out}/againConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${out}/againConfig.cmake ${out}/againConfigVersion.cmake DESTINATION ${again_cmake_dir}
          COMPONENT development)
endfunction()

# A program links the shared libraries where they are built; what it links itself must name them as again::NAME.
function(again_install_program target)
  set_target_properties(${target} PROPERTIES AGAIN_LINKS shared)
  if(again_rpath)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH ${again_rpath}/../${CMAKE_INSTALL_LIBDIR})
  endif()
  install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
endfunction()
