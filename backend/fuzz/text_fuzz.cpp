#include "document_properties.hpp"
#include "extract/formats/plain_text/plain_text.hpp"
#include "fuzz.hpp"

/// A file of plain text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    const auto bytes = fuzz::Input(data, size).rest();
    fuzz::check(extract::plain_text::parse_text(bytes, fuzz::small_limits()));
    return 0;
}
