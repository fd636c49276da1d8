# Debian packages by `cpack`, of a build with CMAKE_INSTALL_PREFIX=/usr and both kinds of the libraries:
#   libagain0     the shared libraries
#   libagain-dev  headers, archives, files for CMake and pkg-config, libagain(3)
#   again-tools   the command, its manual pages and completion
if(NOT AGAIN_SHARED OR NOT AGAIN_CLI)
  return()
endif()
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME again)
set(CPACK_PACKAGE_VENDOR again)
if(NOT CPACK_PACKAGE_CONTACT)
  set(CPACK_PACKAGE_CONTACT "The maintainers of again <again@example.org>") # a reserved domain (RFC 2606): set your own
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime development tools)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

# The loader's cache is the system's: it is left alone where dpkg works on a root elsewhere (DPKG_ROOT).
set(control ${PROJECT_BINARY_DIR}/install/debian)
foreach(script postinst:configure postrm:remove)
  string(REPLACE ":" ";" pair ${script})
  list(GET pair 0 name)
  list(GET pair 1 action)
  file(WRITE ${control}/${name}
    "#!/bin/sh\nset -e\n[ \"$1\" != ${action} ] || [ -n \"$DPKG_ROOT\" ] || ldconfig\n")
  file(CHMOD ${control}/${name} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
       WORLD_READ WORLD_EXECUTE)
endforeach()
set(shlibs "")
foreach(name again again-uv again-http again-cls)
  if(TARGET ${name}-shared)
    string(APPEND shlibs "lib${name} ${PROJECT_VERSION_MAJOR} "
           "libagain${PROJECT_VERSION_MAJOR} (>= ${PROJECT_VERSION})\n")
  endif()
endforeach()
file(WRITE ${control}/shlibs "${shlibs}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${control}/postinst ${control}/postrm ${control}/shlibs)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libagain${PROJECT_VERSION_MAJOR})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "The shared libraries: the core, and those on libuv, libcurl and for CLS.")

# The packages that the files for CMake and pkg-config lead to; again_package knows them.
set(needed "libagain${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION}-1)")
get_property(modules GLOBAL PROPERTY AGAIN_INSTALLED_MODULES)
list(REMOVE_DUPLICATES modules)
foreach(module ${modules})
  get_property(package GLOBAL PROPERTY AGAIN_PACKAGE_${module})
  list(APPEND needed ${package})
endforeach()
list(JOIN needed ", " needed)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libagain-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${needed}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers, archives, and the files for CMake and pkg-config.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME again-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "libagain${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION}-1)")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "The command again: checks, explains and prints retry policies, emulates CLS.")
# The tools' own libraries are found where this build has made them.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/src/uv
    ${PROJECT_BINARY_DIR}/src/http ${PROJECT_BINARY_DIR}/src/cls)

foreach(package libagain${PROJECT_VERSION_MAJOR}:runtime libagain-dev:development again-tools:tools)
  string(REPLACE ":" ";" pair ${package})
  list(GET pair 0 name)
  list(GET pair 1 component)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} RENAME copyright
          COMPONENT ${component})
endforeach()
include(CPack)
