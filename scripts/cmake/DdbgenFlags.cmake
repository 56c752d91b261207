# Compiler and linker flags for every target, as the interface library ddbgen_flags.
include(CheckCCompilerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

add_library(ddbgen_flags INTERFACE)

set(_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2
    -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla -Wcast-qual -Wwrite-strings
    -Wswitch-enum -Wnull-dereference)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND _warnings -Wlogical-op -Wduplicated-cond -Wduplicated-branches)
elseif(CMAKE_C_COMPILER_ID MATCHES "Clang")
    list(APPEND _warnings -Wcomma -Wunreachable-code -Wno-gnu-zero-variadic-macro-arguments)
endif()
target_compile_options(ddbgen_flags INTERFACE ${_warnings})
target_compile_definitions(ddbgen_flags INTERFACE _POSIX_C_SOURCE=200809L _GNU_SOURCE)
# No path of the building machine in the program.
target_compile_options(ddbgen_flags INTERFACE
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

if(DDBGEN_WERROR)
    target_compile_options(ddbgen_flags INTERFACE -Werror)
endif()

if(DDBGEN_FUZZ)
    # Coverage for libFuzzer in every layer; its main is linked to the fuzz targets only.
    target_compile_options(ddbgen_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(ddbgen_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(DDBGEN_SANITIZE)
    set(_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all
        -fno-omit-frame-pointer)
    target_compile_options(ddbgen_flags INTERFACE ${_sanitize})
    target_link_options(ddbgen_flags INTERFACE ${_sanitize})
else()
    # Hardening (the sanitizers bring their own checks and clash with FORTIFY).
    target_compile_options(ddbgen_flags INTERFACE -fstack-protector-strong
        $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
        $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
    check_c_compiler_flag(-fstack-clash-protection DDBGEN_HAS_STACK_CLASH)
    if(DDBGEN_HAS_STACK_CLASH)
        target_compile_options(ddbgen_flags INTERFACE -fstack-clash-protection)
    endif()
    check_c_compiler_flag(-fcf-protection=full DDBGEN_HAS_CET)
    if(DDBGEN_HAS_CET)
        target_compile_options(ddbgen_flags INTERFACE -fcf-protection=full)
    endif()
    target_link_options(ddbgen_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack
        -Wl,--as-needed)
endif()
