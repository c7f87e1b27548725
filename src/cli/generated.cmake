# The man page and the shell completions, written by the executable itself and installed. Included from the top level
# after the target httptrace exists.

# ht_generated(KIND FILE DESTINATION): what `httptrace --generate KIND` prints, as FILE below DESTINATION.
function(ht_generated kind file destination)
    set(made ${CMAKE_BINARY_DIR}/generated/${kind}/${file})
    add_custom_command(
        OUTPUT ${made}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/generated/${kind}
        COMMAND httptrace --generate ${kind} > ${made}.part
        COMMAND ${CMAKE_COMMAND} -E rename ${made}.part ${made}
        DEPENDS httptrace
        COMMENT "Generating ${file}"
        VERBATIM)
    set_property(GLOBAL APPEND PROPERTY HT_GENERATED_FILES ${made})
    install(FILES ${made} DESTINATION ${destination})
endfunction()

ht_generated(man httptrace.1 ${CMAKE_INSTALL_MANDIR}/man1)
ht_generated(bash httptrace ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
ht_generated(zsh _httptrace ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
ht_generated(fish httptrace.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

get_property(HT_GENERATED_FILES GLOBAL PROPERTY HT_GENERATED_FILES)
add_custom_target(generated ALL DEPENDS ${HT_GENERATED_FILES})
# Brings the checked-in pages that are made from the rows up to date.
add_custom_target(docs
    COMMAND httptrace --generate markdown > ${PROJECT_SOURCE_DIR}/docs/options.md
    COMMAND httptrace --generate findings > ${PROJECT_SOURCE_DIR}/docs/findings.md
    COMMAND httptrace --generate checks > ${PROJECT_SOURCE_DIR}/docs/checks.md
    COMMAND httptrace --generate reports > ${PROJECT_SOURCE_DIR}/docs/reports.md
    COMMENT "Writing docs/options.md, findings.md, checks.md and reports.md" VERBATIM)
