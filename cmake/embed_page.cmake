# cmake -DPAGE_DIR=DIR -DOUTPUT=FILE.cpp -P embed_page.cmake
#
# Writes the C++ source that holds the files of DIR, as embedded_page.hpp declares them. A file beside
# another with `.br` or `.gz` at the end of its name is that one's compressed form.
# Without DIR there are none.
set(paths "")
if(PAGE_DIR)
    file(GLOB_RECURSE paths RELATIVE "${PAGE_DIR}" "${PAGE_DIR}/*")
    list(FILTER paths EXCLUDE REGEX "\\.(br|gz)$")
    list(SORT paths)
endif()

set(blobs "")
set(declarations "")
set(rows "")
set(count 0)

# The file's bytes as an expression; `{}` where there is no such file.
macro(embed file expression)
    if(EXISTS "${file}")
        math(EXPR count "${count} + 1")
        file(SIZE "${file}" size)
        string(APPEND blobs "    \"page_${count}: .incbin \\\"${file}\\\"\\n\"\n")
        string(APPEND declarations "extern const char page_${count}[];\n")
        set(${expression} "{page_${count}, ${size}}")
    else()
        set(${expression} "{}")
    endif()
endmacro()

foreach(path IN LISTS paths)
    embed("${PAGE_DIR}/${path}" plain)
    embed("${PAGE_DIR}/${path}.br" brotli)
    embed("${PAGE_DIR}/${path}.gz" gzip)
    file(SHA256 "${PAGE_DIR}/${path}" digest)
    string(SUBSTRING "${digest}" 0 32 digest)
    string(APPEND rows "        {\"${path}\", \"${digest}\", ${plain}, ${brotli}, ${gzip}},\n")
endforeach()

set(text "#include \"embedded_page.hpp\"\n\n")
if(rows)
    string(APPEND text "asm(\".pushsection .rodata\\n\"\n${blobs}    \".popsection\");\n\n"
                       "extern \"C\" {\n${declarations}}\n\n")
endif()
string(APPEND text "namespace ingestor {\n\nstd::span<const http::StaticFile> embedded_page() {\n")
if(rows)
    string(APPEND text "    static const http::StaticFile kFiles[] = {\n${rows}    };\n    return kFiles;\n")
else()
    string(APPEND text "    return {};\n")
endif()
string(APPEND text "}\n\n}  // namespace ingestor\n")
file(WRITE "${OUTPUT}" "${text}")
