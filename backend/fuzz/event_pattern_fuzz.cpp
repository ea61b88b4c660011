#include <algorithm>
#include <memory>
#include <string>

#include <boost/json.hpp>

#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/pattern.hpp"
#include "eventbridge/patterns/testing/reference_matcher.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor::eventbridge::patterns;
using ingestor::fuzz::require;
namespace json = boost::json;

// The plain matcher takes exponential time.
constexpr std::size_t kConditionsMax = 4;
constexpr std::size_t kEventMax = 200;

bool is_small(const Pattern& pattern) {
    return pattern.conjunctions.size() <= kConditionsMax &&
           std::ranges::all_of(pattern.conjunctions, [](const Conjunction& conjunction) {
               return conjunction.size() <= kConditionsMax;
           });
}

}  // namespace

/// The first line is a pattern, the rest is an event.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ingestor::fuzz::Input input(data, size);
    const auto pattern = read_pattern(input.line());
    if (!pattern) {
        require(pattern.error().message.starts_with("Event pattern is not valid. Reason: "),
                "a refusal says so as EventBridge does");
        return 0;
    }
    RuleSet::Builder builder;
    builder.add(*pattern);
    Matcher matcher(std::make_shared<const RuleSet>(builder.build()));
    const std::string event(input.rest());
    const auto matches = matcher.match(event);

    boost::system::error_code error;
    const auto tree = json::parse(event, error);
    if (error || !tree.is_object()) return 0;
    require(matches.has_value(), "what is JSON is well-formed");
    if (event.size() > kEventMax || !is_small(*pattern)) return 0;
    require(matches->empty() != testing::matches(*pattern, event), "both matchers agree");
    return 0;
}
