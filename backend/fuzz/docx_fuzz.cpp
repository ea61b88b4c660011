#include <string>

#include "document_properties.hpp"
#include "extract/formats/docx/docx.hpp"
#include "extract/testing/docx_builder.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;

/// The content of a part: up to the next line that names one.
std::string content_of_part(fuzz::Input& input) {
    std::string content;
    while (!input.rest().empty() && !input.rest().starts_with("== ")) {
        content += input.line();
        content += '\n';
    }
    return content;
}

bool is_part_name(std::string_view name) {
    return !name.empty() && name.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789._/[]") == name.npos;
}

std::string package_of(fuzz::Input input) {
    extract::DocxBuilder builder(content_of_part(input));
    while (!input.rest().empty()) {
        const std::string name(input.line().substr(3));
        auto content = content_of_part(input);
        if (name == "styles") {
            builder.styles(content);
        } else if (name == "numbering") {
            builder.numbering(content);
        } else if (name == "link") {
            builder.link("link", content);
        } else if (is_part_name(name)) {
            builder.part(name, std::move(content));
        }
    }
    return builder.build();
}

}  // namespace

/// A package as it is; or, since mutations do not get through the compression of one, the body of
/// a document and its parts behind lines `== NAME`, of which a package is made.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Input input(data, size);
    const auto bytes =
        input.rest().starts_with("PK") ? std::string(input.rest()) : package_of(input);
    fuzz::check(extract::docx::parse_docx(bytes, fuzz::small_limits()));
    return 0;
}
