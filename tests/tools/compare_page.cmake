# Fails, with a diff, unless what PROGRAM prints is what the file PAGE holds.
execute_process(COMMAND ${PROGRAM} OUTPUT_FILE ${OUTPUT} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM}: ${result}")
endif()
execute_process(COMMAND diff -u ${PAGE} ${OUTPUT} RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PAGE} is not what the program says: build the target 'docs'")
endif()
