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
    std::vector<formats::OutputKind> kinds;
    for (const auto& row : formats::outputs()) kinds.push_back(row.kind);
    const extract::pipeline::Input document{.bytes = input.rest(),
                                            .filename = std::string(name),
                                            .source_uri = "s3://bucket/key",
                                            .outputs = kinds,
                                            .chunks_key = "k",
                                            .limits = fuzz::small_limits()};
    const auto output = extract::pipeline::extract(document, [](std::uint32_t) {});
    if (!output) {
        fuzz::check(output.error());
        return 0;
    }
    require(output->outputs.size() == kinds.size(), "all that was asked for comes out");
    for (const auto& made : output->outputs) {
        require(is_utf8(made.bytes), "an output is UTF-8");
        if (formats::row_of(made.kind).is_json) static_cast<void>(boost::json::parse(made.bytes));
    }
    const auto sidecar = boost::json::parse(output->of(formats::OutputKind::sidecar)).as_object();
    require(sidecar.at("document").at("filename") == boost::json::value(name),
            "a sidecar names its document");
    require(sidecar.at("chunks").at("count").to_number<int>() > 0, "a document has chunks");
    return 0;
}
