#include "bus/rules/pattern_tests.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "bus/operators.hpp"
#include "eventbridge/detail.hpp"
#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/pattern.hpp"

namespace ingestor::bus::rules {

namespace patterns = eventbridge::patterns;

namespace {

/// Whether an event is one to try a pattern on: an object with the members that all events have.
bool is_event(std::string_view text) {
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = eventbridge::kEventDepthMax;
    const auto event = boost::json::parse(text, error, boost::json::storage_ptr(), options);
    if (error || !event.is_object()) return false;
    for (const auto* name : {"id", "account", "source", "time", "region", "detail-type"}) {
        if (!event.get_object().contains(name)) return false;
    }
    return true;
}

/// Errors: invalid_argument.
Result<patterns::Matcher> matcher_of(std::string_view text) {
    const auto pattern = patterns::read_pattern(text);
    if (!pattern) return std::unexpected(pattern.error());
    patterns::RuleSet::Builder builder;
    builder.add(*pattern);
    return patterns::Matcher(std::make_shared<const patterns::RuleSet>(builder.build()));
}

bool matches(patterns::Matcher& matcher, std::string_view event) {
    const auto found = matcher.match(event);
    return found && !found->empty();
}

}  // namespace

Result<bool> PatternTests::test(const ports::Principal& who, std::string_view pattern,
                                std::string_view event) {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    auto matcher = matcher_of(pattern);
    if (!matcher) return std::unexpected(std::move(matcher.error()));
    if (!is_event(event)) {
        return fail(Errc::invalid_argument, "Parameter Event is not valid.", "Event");
    }
    return matches(*matcher, event);
}

Result<RecentTest> PatternTests::test_recent(const ports::Principal& who, std::string_view pattern,
                                             const std::string& bus) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    if (bus_.find_bus(bus) == nullptr) {
        return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", bus));
    }
    RecentTest test;
    test.too_large = recent_.too_large(bus);
    for (auto& event : recent_.of(bus)) test.events.push_back({std::move(event), true});
    if (pattern.empty()) return test;
    auto matcher = matcher_of(pattern);
    if (!matcher) return std::unexpected(std::move(matcher.error()));
    for (auto& each : test.events) {
        each.matches = matches(*matcher, eventbridge::to_json(*each.event));
    }
    return test;
}

}  // namespace ingestor::bus::rules
