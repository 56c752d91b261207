# ddbgen_layer(NAME [SHOWS folder] [BELOW layer ...] [PRIVATE library ...])
#
# One folder of src/ as the static library ddbgen_NAME, to be filled by ddbgen_room(). Who
# links it sees the headers of its rooms and of the layers in BELOW, or, with SHOWS, those of
# that folder and no others. So an #include that points upward finds no file. PRIVATE
# libraries' headers are seen by this layer only.
function(ddbgen_layer name)
    cmake_parse_arguments(ARG "" "SHOWS" "BELOW;PRIVATE" ${ARGN})
    set(sight PUBLIC)
    add_library(ddbgen_${name} STATIC)
    if(ARG_SHOWS)
        set(sight PRIVATE)
        target_include_directories(ddbgen_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_SHOWS})
    endif()
    list(TRANSFORM ARG_BELOW PREPEND ddbgen_)
    target_link_libraries(ddbgen_${name} ${sight} ${ARG_BELOW} PRIVATE ddbgen_flags ${ARG_PRIVATE})
    set_target_properties(ddbgen_${name} PROPERTIES DDBGEN_SIGHT ${sight})
endfunction()

# ddbgen_room(LAYER ROOM a.c ...)
#
# A folder of a layer with its sources; "." is the layer's own. Which room uses which is held
# to a table in docs/architecture.md by the test style.rooms.
function(ddbgen_room layer room)
    cmake_path(SET folder NORMALIZE ${CMAKE_CURRENT_SOURCE_DIR}/${room})
    get_target_property(sight ddbgen_${layer} DDBGEN_SIGHT)
    list(TRANSFORM ARGN PREPEND ${folder}/)
    target_sources(ddbgen_${layer} PRIVATE ${ARGN})
    target_include_directories(ddbgen_${layer} ${sight} ${folder})
endfunction()
