#include <string>

#include "document_properties.hpp"
#include "extract/formats/pdf/pdf.hpp"
#include "extract/testing/pdf_builder.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;

/// Pages of raw operators, parted by lines `== page`; what follows `== outline` are bookmarks.
std::string document_of(fuzz::Input input) {
    extract::PdfBuilder builder;
    builder.page();
    bool in_outline = false;
    while (!input.rest().empty()) {
        const auto line = input.line();
        if (line == "== page") {
            builder.page();
        } else if (line == "== outline") {
            in_outline = true;
        } else if (in_outline) {
            builder.bookmark(line);
        } else {
            builder.raw(line);
        }
    }
    return builder.packed().build();
}

}  // namespace

/// A PDF as it is; or what stands on its pages, since mutations do not get through the
/// compression.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Input input(data, size);
    const auto bytes =
        input.rest().starts_with("%PDF") ? std::string(input.rest()) : document_of(input);
    fuzz::check(extract::pdf::parse_pdf(bytes, fuzz::small_limits(), [](std::uint32_t) {}));
    return 0;
}
