# Compiler options and the packages of the distribution that the modules link.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

# Line numbers for profiles and back traces; the rest of the debugging information costs more to build
# than it gives in an optimised program.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

set(INGESTOR_SANITIZE "" CACHE STRING "Value of -fsanitize= for every target; empty for none")
set(INGESTOR_BIN_DIR "${CMAKE_BINARY_DIR}/bin" CACHE PATH "Where the two programs are put")

add_library(backend_options INTERFACE)
target_compile_options(backend_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wswitch-enum -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 sees overlaps in sums of strings that are none (its bug 105651).
    target_compile_options(backend_options INTERFACE -Wno-restrict)
    # And takes Asio's own operator delete of a coroutine's frame for another's, once it inlines.
    target_compile_options(backend_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-mismatched-new-delete>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    # The std::stable_sort() of libstdc++ 12 calls what that library itself calls deprecated.
    target_compile_options(backend_options INTERFACE -Wno-deprecated-declarations)
endif()
# Asio and Beast are compiled once, in the async module.
target_compile_definitions(backend_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)
if(INGESTOR_SANITIZE)
    target_compile_options(backend_options INTERFACE -fsanitize=${INGESTOR_SANITIZE})
    target_link_options(backend_options INTERFACE -fsanitize=${INGESTOR_SANITIZE})
    if(INGESTOR_SANITIZE MATCHES thread)
        # GCC 12 warns that TSan does not model fences; the ones in Asio are not what orders our data.
        target_compile_options(backend_options INTERFACE -Wno-tsan)
    endif()
else()
    target_compile_options(backend_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2 -fstack-protector-strong>)
endif()

# The release build goes without: each file is compiled by its own includes, and GCC 12 warns of faults
# that are none where it inlines from a precompiled header.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_BUILD_TYPE STREQUAL Debug)
    set(INGESTOR_PRECOMPILE ON)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED CONFIG)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(mimalloc 2.0 REQUIRED)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(POPPLER REQUIRED IMPORTED_TARGET poppler)
pkg_check_modules(LIBXML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(UCHARDET REQUIRED IMPORTED_TARGET uchardet)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
