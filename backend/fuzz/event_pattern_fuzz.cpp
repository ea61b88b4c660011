#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "eventbridge/pattern.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::eventbridge;
using fuzz::require;
namespace json = boost::json;

// The matcher that we compare with does by force what the other one does by search: it takes one
// element of every array in turn, which leaves an event without arrays, and looks whether all
// conditions hold for any of these.

using Event = ingestor::eventbridge::Event;
using Flat = std::multimap<std::string, json::value>;

/// More ways of taking elements than this are not tried.
constexpr std::size_t kWaysMax = 2000;

std::string below(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::vector<Flat> crossed(const std::vector<Flat>& left, const std::vector<Flat>& right) {
    std::vector<Flat> out;
    for (const auto& one : left) {
        for (const auto& other : right) {
            if (out.size() > kWaysMax) return out;
            auto& sum = out.emplace_back(one);
            sum.insert(other.begin(), other.end());
        }
    }
    return out;
}

std::vector<Flat> ways(const std::string& path, const json::value& value) {
    std::vector<Flat> out;
    if (const auto* object = value.if_object()) {
        out.emplace_back();
        for (const auto& [name, member] : *object) {
            out = crossed(out, ways(below(path, name), member));
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            for (auto& way : ways(path, element)) out.push_back(std::move(way));
            if (out.size() > kWaysMax) break;
        }
        if (array->empty()) out.emplace_back();
    } else {
        out.push_back({{path, value}});
    }
    return out;
}

double number_of(const json::value& value) {
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    if (value.is_uint64()) return static_cast<double>(value.get_uint64());
    return value.get_double();
}

bool same(const json::value& one, const json::value& other) {
    if (one.kind() == other.kind()) return one == other;
    return one.is_number() && other.is_number() && number_of(one) == number_of(other);
}

using Conditions = std::map<std::string, json::array>;

/// As the pattern says; where a path stands twice, the later one counts.
void collect(const std::string& path, const json::value& pattern, Conditions& conditions) {
    if (const auto* object = pattern.if_object()) {
        for (const auto& [name, member] : *object) collect(below(path, name), member, conditions);
    } else {
        conditions.insert_or_assign(path, pattern.as_array());
    }
}

bool holds(const Conditions& conditions, const Flat& event) {
    return std::ranges::all_of(conditions, [&event](const auto& condition) {
        const auto [begin, end] = event.equal_range(condition.first);
        return std::any_of(begin, end, [&condition](const auto& leaf) {
            return std::ranges::any_of(condition.second, [&leaf](const json::value& wanted) {
                return same(wanted, leaf.second);
            });
        });
    });
}

/// Nullopt: too many ways to try.
std::optional<bool> matches_by_force(const json::value& pattern, const json::value& detail) {
    const auto all = ways("detail", detail);
    if (all.size() > kWaysMax) return std::nullopt;
    Conditions conditions;
    collect("", pattern, conditions);
    return std::ranges::any_of(all, [&](const Flat& way) { return holds(conditions, way); });
}

}  // namespace

/// The first line is a pattern, the second one of a detail, the rest is a detail.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto any = input.line();
    const auto pattern = EventPattern::compile(any);
    if (!pattern) {
        require(pattern.error().message.starts_with("Event pattern is not valid. Reason: "),
                "a refusal says so as EventBridge does");
    }
    const auto text = R"({"detail":)" + std::string(input.line()) + "}";
    const Event event{.detail = std::string(input.rest())};
    if (pattern) static_cast<void>(pattern->matches(event));

    const auto of_detail = EventPattern::compile(text);
    boost::system::error_code error;
    const auto detail = json::parse(input.rest(), error);
    if (!of_detail || error) return 0;
    // A tree keeps the last of two members of one name, where a pattern joins them.
    const auto tree = json::parse(text);
    const auto once = EventPattern::compile(json::serialize(tree));
    require(once.has_value(), "a pattern that was written again is one");
    const auto wanted = matches_by_force(tree, detail);
    if (wanted) require(once->matches(event) == *wanted, "search and force agree");
    return 0;
}
