#include <boost/json.hpp>

#include "base/encoding.hpp"
#include "eventbridge/detail.hpp"
#include "eventbridge/event.hpp"
#include "fuzz.hpp"

/// Lines: id, detail-type, source, account, region, a resource; then the detail. The envelope that
/// is delivered is one JSON object that says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using namespace ingestor::eventbridge;
    using fuzz::require;
    namespace json = boost::json;
    fuzz::Input input(data, size);
    if (!is_utf8(input.rest())) return 0;
    Event event{.time = TimePoint{std::chrono::seconds(1'800'000'000)}};
    for (auto* text :
         {&event.id, &event.detail_type, &event.source, &event.account, &event.region}) {
        *text = input.line();
    }
    event.resources = {std::string(input.line())};
    boost::system::error_code error;
    const auto detail = json::parse(input.rest(), error);
    if (error || !detail.is_object()) return 0;
    // Boost.JSON takes `0e999` for a number that equals nothing, itself included.
    if (detail != json::parse(input.rest())) return 0;
    event.detail = input.rest();

    const auto envelope = json::parse(to_json(event)).as_object();
    const auto says = [&envelope](const char* name, const std::string& text) {
        require(envelope.at(name) == json::value(text), name);
    };
    says("id", event.id);
    says("detail-type", event.detail_type);
    says("source", event.source);
    says("account", event.account);
    says("region", event.region);
    says("time", "2027-01-15T08:00:00Z");
    require(envelope.at("resources") == json::value{event.resources[0]}, "resources");
    require(envelope.at("detail") == detail, "detail");
    // It may hold an integer that events cannot.
    if (const auto compact = compact_detail(input.rest())) {
        require(json::parse(*compact) == detail, "space between tokens says nothing");
        require(compact_detail(*compact) == compact, "what is compact stays so");
    }
    return 0;
}
