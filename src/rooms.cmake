# Rooms and floors. Each room is an object library that sees the headers of all, but links (in its tests) against the
# rooms below alone: an upward call does not link. tests/floors.py holds the includes against the same table.

add_library(ht_flags INTERFACE)
target_include_directories(ht_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(ht_flags INTERFACE _GNU_SOURCE HT_VERSION="${PROJECT_VERSION}")
target_compile_options(ht_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -fstack-protector-strong -fno-common -ffunction-sections -fdata-sections $<$<BOOL:${HT_WERROR}>:-Werror>)
target_link_options(ht_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections)
if(HT_SANITIZE)
    target_compile_options(ht_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(ht_flags INTERFACE -fsanitize=address,undefined)
else()
    target_compile_options(ht_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3>)
endif()
# Objects hold machine code as well, so that the many unit tests link without optimising it all once more each.
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(ht_flags INTERFACE -ffat-lto-objects)
endif()
if(HT_FUZZ)
    target_compile_options(ht_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# ht_room(NAME SOURCES file... BELOW room... LIBS target...)
# BELOW lists every room whose functions this one calls.
function(ht_room name)
    cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SOURCES;BELOW;LIBS")
    add_library(ht_${name} OBJECT ${ROOM_SOURCES})
    target_link_libraries(ht_${name} PUBLIC ht_flags ${ROOM_LIBS})
    set_property(TARGET ht_${name} PROPERTY HT_BELOW "${ROOM_BELOW}")
endfunction()

# The room and all rooms below it, each once.
function(ht_rooms_closure out)
    set(seen "")
    set(queue ${ARGN})
    while(queue)
        list(POP_FRONT queue room)
        if(NOT room IN_LIST seen)
            list(APPEND seen ${room})
            get_target_property(below ht_${room} HT_BELOW)
            if(below)
                list(APPEND queue ${below})
            endif()
        endif()
    endwhile()
    set(${out} ${seen} PARENT_SCOPE)
endfunction()

# Links an executable with the given rooms and what is below them.
function(ht_use_rooms target)
    ht_rooms_closure(rooms ${ARGN})
    foreach(room IN LISTS rooms)
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:ht_${room}>)
        target_link_libraries(${target} PRIVATE ht_${room})
    endforeach()
endfunction()
