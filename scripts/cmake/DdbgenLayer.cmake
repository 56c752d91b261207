# ddbgen_layer(NAME SOURCES a.c ... [BELOW layer ...] [PRIVATE library ...])
#
# One folder of src/ as the static library ddbgen_NAME. Its public include path is the
# folder itself, and it inherits those of the layers in BELOW and no others: an #include
# that points upward finds no file. PRIVATE libraries' headers are seen by this layer only.
function(ddbgen_layer name)
    cmake_parse_arguments(ARG "" "" "SOURCES;BELOW;PRIVATE" ${ARGN})
    add_library(ddbgen_${name} STATIC ${ARG_SOURCES})
    target_include_directories(ddbgen_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    list(TRANSFORM ARG_BELOW PREPEND ddbgen_)
    target_link_libraries(ddbgen_${name} PUBLIC ${ARG_BELOW}
                          PRIVATE ddbgen_flags ${ARG_PRIVATE})
endfunction()
