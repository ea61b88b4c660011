include(GoogleTest)

if(INGESTOR_PRECOMPILE)
    add_library(precompiled_headers OBJECT "${CMAKE_CURRENT_LIST_DIR}/precompiled.cpp")
    target_link_libraries(precompiled_headers PRIVATE backend_options Boost::json fmt::fmt)
    target_precompile_headers(precompiled_headers PRIVATE "${CMAKE_CURRENT_LIST_DIR}/precompiled.hpp")
endif()

# use_precompiled_headers(TARGET): of a target that links backend_options. It then has the definitions
# of the libraries, which GCC wants to be those that the headers were compiled with.
function(use_precompiled_headers target)
    if(INGESTOR_PRECOMPILE)
        target_link_libraries(${target} PRIVATE Boost::json fmt::fmt)
        target_precompile_headers(${target} REUSE_FROM precompiled_headers)
    endif()
endfunction()

# Every test program and what it needs, without the programs that only people run.
add_custom_target(unit_tests)
# Those of them in which several threads run: what TSan can find something in.
add_custom_target(threaded_unit_tests)

# backend_test(TARGET LABEL): has ctest run what the GoogleTest program holds. The label `threads`: several run in it.
function(backend_test target label)
    gtest_discover_tests(${target} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${label} TIMEOUT 300)
    add_dependencies(unit_tests ${target})
    if(label STREQUAL threads)
        add_dependencies(threaded_unit_tests ${target})
    endif()
endfunction()

# backend_module(NAME [THREADED] SOURCES … HEADERS … DEPS … PRIVATE_DEPS … TESTS … TEST_DEPS …)
#
# One static library for the folder, known to others as backend::NAME, and one test program
# NAME_test of the files in TESTS. A module sees only the headers of the modules in DEPS and
# PRIVATE_DEPS at link time; scripts/tidy.py checks the includes against the design's arrows. THREADED:
# its tests run several threads.
function(backend_module name)
    cmake_parse_arguments(arg "THREADED" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS;TESTS;TEST_DEPS" ${ARGN})
    if(arg_SOURCES)
        add_library(backend_${name} STATIC ${arg_SOURCES})
        set(scope PUBLIC)
        target_link_libraries(backend_${name} PRIVATE backend_options ${arg_PRIVATE_DEPS})
        use_precompiled_headers(backend_${name})
    else()
        add_library(backend_${name} INTERFACE)
        set(scope INTERFACE)
    endif()
    add_library(backend::${name} ALIAS backend_${name})
    target_sources(backend_${name} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}/backend/src"
                                            FILES ${arg_HEADERS})
    target_link_libraries(backend_${name} ${scope} ${arg_DEPS})
    if(arg_TESTS)
        add_executable(${name}_test ${arg_TESTS})
        target_link_libraries(${name}_test PRIVATE backend::${name} backend_options ${arg_TEST_DEPS}
                                                   GTest::gmock GTest::gtest_main)
        use_precompiled_headers(${name}_test)
        if(arg_THREADED)
            backend_test(${name}_test threads)
        else()
            backend_test(${name}_test unit)
        endif()
    endif()
endfunction()
