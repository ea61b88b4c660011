#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "document_properties.hpp"
#include "extract/pipeline/extract.hpp"
#include "fuzz.hpp"

/// The name of a file in the first line, then its bytes, of any format.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using fuzz::require;
    fuzz::Input input(data, size);
    const auto name = input.line();
    if (!is_utf8(name)) return 0;
    const extract::pipeline::Input document{.bytes = input.rest(),
                                            .filename = std::string(name),
                                            .source_uri = "s3://bucket/key",
                                            .limits = fuzz::small_limits()};
    const auto output = extract::pipeline::extract(document, [](std::uint32_t) {});
    if (!output) {
        fuzz::check(output.error());
        return 0;
    }
    require(is_utf8(output->markdown), "Markdown is UTF-8");
    const auto sidecar = boost::json::parse(output->sidecar).as_object();
    require(sidecar.at("document").at("filename") == boost::json::value(name),
            "a sidecar names its document");
    require(!sidecar.at("chunks").as_array().empty(), "a document has chunks");
    return 0;
}
