# Manual pages and the completion for bash, made of what is there already: the pages of docs/, and what the command
# says of itself. Nothing in them is written by hand.
string(TIMESTAMP today "%Y-%m-%d" UTC) # of SOURCE_DATE_EPOCH, if that is set

# again_man_page(name section component PAGE about also): a page of docs/ as a manual page.
function(again_man_page name section component page about also)
  set(script ${PROJECT_SOURCE_DIR}/cmake/man/markdown.awk)
  set(source ${PROJECT_SOURCE_DIR}/docs/${page})
  set(out ${PROJECT_BINARY_DIR}/man/${name}.${section})
  add_custom_command(OUTPUT ${out}
    COMMAND awk -f ${script} -v name=${name} -v section=${section} -v date=${today} -v version=${PROJECT_VERSION}
            -v "about=${about}" -v "also=${also}" ${source} > ${out}
    DEPENDS ${script} ${source} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY AGAIN_MAN ${out})
  install(FILES ${out} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
endfunction()

# again_self_made(script out folder): what a script makes of the command's help.
function(again_self_made script out folder)
  set(script ${PROJECT_SOURCE_DIR}/cmake/man/${script})
  set(out ${PROJECT_BINARY_DIR}/man/${out})
  add_custom_command(OUTPUT ${out} COMMAND sh ${script} $<TARGET_FILE:again-cli> ${today} > ${out}
                     DEPENDS ${script} again-cli VERBATIM)
  set_property(GLOBAL APPEND PROPERTY AGAIN_MAN ${out})
  install(FILES ${out} DESTINATION ${folder} COMPONENT tools)
endfunction()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man)
again_man_page(libagain 3 development integration.md
               "decides what to do when a service says no" "again(1), again\\-policy(5)")
if(AGAIN_CLI)
  again_man_page(again-policy 5 tools policy.md "policy files of again" "again(1), libagain(3)")
  # The command is asked, which a cross build without an emulator cannot.
  if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
    again_self_made(again.sh again.1 ${CMAKE_INSTALL_MANDIR}/man1)
    again_self_made(completion.sh completion/again ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man/completion)
  endif()
endif()
get_property(pages GLOBAL PROPERTY AGAIN_MAN)
add_custom_target(again_man ALL DEPENDS ${pages})
