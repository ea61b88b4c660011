#include "document_properties.hpp"
#include "extract/formats/html/html.hpp"
#include "fuzz.hpp"

/// A web page.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    const auto bytes = fuzz::Input(data, size).rest();
    fuzz::check(extract::html::parse_html(bytes, fuzz::small_limits()));
    return 0;
}
