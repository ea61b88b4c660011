#include <string>

#include <boost/json/parse.hpp>

#include "eventbridge/transform/input_transform.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor::eventbridge;
using ingestor::fuzz::require;

bool is_json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = text.size() + 1;
    boost::system::error_code error;
    static_cast<void>(boost::json::parse(text, error, {}, options));
    return !error;
}

}  // namespace

/// The first line is a path, the second an event's detail, the rest a template with a variable `v`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ingestor::fuzz::Input input(data, size);
    const std::string path(input.line());
    const std::string detail(input.line());
    const std::string text(input.rest());
    if (!is_json(detail) || !detail.starts_with('{')) return 0;
    const Event event{.source = "s", .detail = detail};

    const auto part = transform::InputTransform::compile(transform::InputPath{path}, "t");
    if (part) {
        const auto given = part->apply(event, {});
        require(!given || is_json(*given), "a part of an event is JSON");
    }
    const auto made = transform::InputTransform::compile(
        transform::InputTransformer{.paths = {{"v", path}}, .input_template = text}, "t");
    if (!made) {
        require(!made.error().message.empty(), "a refusal says why");
        return 0;
    }
    const auto given = made->apply(event, {});
    const auto first = text.find_first_not_of(" \t\r\n");
    if (given && text[first] != '"') require(is_json(*given), "what is to be JSON is");
    return 0;
}
