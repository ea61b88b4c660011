#include "document_properties.hpp"
#include "extract/formats/markdown/markdown_source.hpp"
#include "fuzz.hpp"

/// A Markdown file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    const auto bytes = fuzz::Input(data, size).rest();
    const auto source = extract::markdown::parse_markdown(bytes, fuzz::small_limits());
    if (!source) {
        fuzz::check(source.error());
    } else {
        fuzz::check(source->document, source->markdown);
    }
    return 0;
}
