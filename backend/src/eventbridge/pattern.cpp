#include "eventbridge/pattern.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace ingestor {

namespace json = boost::json;

namespace {

// Both the pattern and the event are flattened to leaves with dotted paths, and the leaves are
// compared. A leaf of the event remembers in which array elements it stands, because all leaves
// taken for one match must agree on the element of every array that they share.

struct Null {
    friend bool operator==(Null, Null) { return true; }
};
using Scalar = std::variant<Null, bool, std::int64_t, std::uint64_t, double, std::string>;

/// One array element on the way to a leaf.
struct Element {
    std::size_t array = 0;  ///< Which array of the event, in order of appearance.
    std::size_t index = 0;
};

struct Leaf {
    std::string path;
    Scalar value;
    std::vector<Element> elements;
};

struct Condition {
    std::string path;
    std::vector<Scalar> alternatives;
};

std::unexpected<Error> invalid(std::string_view reason) {
    return fail(Errc::invalid_argument,
                fmt::format("Event pattern is not valid. Reason: {}", reason), "EventPattern");
}

std::optional<Scalar> to_scalar(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null:
            return Null{};
        case json::kind::bool_:
            return value.get_bool();
        case json::kind::int64:
            return value.get_int64();
        case json::kind::uint64:
            return value.get_uint64();
        case json::kind::double_:
            return value.get_double();
        case json::kind::string:
            return std::string(value.get_string());
        case json::kind::array:
        case json::kind::object:
            return std::nullopt;
    }
    return std::nullopt;
}

bool same_number(const Scalar& left, const Scalar& right) {
    const auto as_double = [](const Scalar& scalar) -> std::optional<double> {
        if (const auto* number = std::get_if<std::int64_t>(&scalar)) {
            return static_cast<double>(*number);
        }
        if (const auto* number = std::get_if<std::uint64_t>(&scalar)) {
            return static_cast<double>(*number);
        }
        if (const auto* number = std::get_if<double>(&scalar)) return *number;
        return std::nullopt;
    };
    const auto one = as_double(left);
    const auto other = as_double(right);
    return one && other && !(*one < *other) && !(*other < *one);
}

bool equal(const Scalar& left, const Scalar& right) {
    // Whole numbers of one type compare exactly; a double joins only where the types differ.
    return left.index() == right.index() ? left == right : same_number(left, right);
}

std::string join(const std::string& path, std::string_view name) {
    if (path.empty()) return std::string(name);
    std::string joined = path;
    joined += '.';
    joined += name;
    return joined;
}

Result<std::vector<Scalar>> read_alternatives(const json::array& values) {
    if (values.empty()) return invalid("Empty arrays are not allowed");
    std::vector<Scalar> alternatives;
    for (const auto& value : values) {
        if (const auto* expression = value.if_object()) {
            if (expression->empty()) return invalid("Match expression name not found");
            if (expression->size() > 1) return invalid("Only one key allowed in match expression");
            return invalid(fmt::format("Unrecognized match type {}",
                                       std::string_view(expression->begin()->key())));
        }
        auto scalar = to_scalar(value);
        if (!scalar) return invalid("Match value must be String, number, true, false, or null");
        alternatives.push_back(std::move(*scalar));
    }
    return alternatives;
}

Result<std::monostate> read_object(const json::object& object, const std::string& path,
                                   std::vector<Condition>& conditions) {
    if (object.empty()) return invalid("Empty objects are not allowed");
    for (const auto& [key, value] : object) {
        const std::string_view name = key;
        if (name == "$or") return invalid("Unrecognized match type $or");
        auto below = join(path, name);
        if (const auto* inner = value.if_object()) {
            if (auto read = read_object(*inner, below, conditions); !read) return read;
            continue;
        }
        const auto* leaf = value.if_array();
        if (leaf == nullptr) {
            return invalid(fmt::format("\"{}\" must be an object or an array", name));
        }
        auto alternatives = read_alternatives(*leaf);
        if (!alternatives) return std::unexpected(std::move(alternatives.error()));
        conditions.push_back({std::move(below), std::move(*alternatives)});
    }
    return {};
}

class Flattener {
public:
    explicit Flattener(std::vector<Leaf>& leaves) : leaves_(leaves) {}

    void add(const std::string& path, const json::value& value) {
        if (const auto* object = value.if_object()) {
            for (const auto& [key, member] : *object) add(join(path, key), member);
        } else if (const auto* array = value.if_array()) {
            const auto number = arrays_++;
            for (std::size_t index = 0; index < array->size(); ++index) {
                elements_.push_back({number, index});
                add(path, (*array)[index]);
                elements_.pop_back();
            }
        } else if (auto scalar = to_scalar(value)) {
            leaves_.push_back({path, std::move(*scalar), elements_});
        }
    }

private:
    std::vector<Leaf>& leaves_;
    std::vector<Element> elements_;
    std::size_t arrays_ = 0;
};

bool agree(const std::vector<Element>& bound, const std::vector<Element>& wanted) {
    return std::ranges::none_of(wanted, [&bound](const Element& element) {
        return std::ranges::any_of(bound, [&element](const Element& other) {
            return other.array == element.array && other.index != element.index;
        });
    });
}

bool satisfies(const Condition& condition, const Scalar& value) {
    return std::ranges::any_of(condition.alternatives, [&value](const Scalar& alternative) {
        return equal(alternative, value);
    });
}

/// Finds a leaf for every condition from `next` on that agrees with the elements bound so far.
bool all_hold(const std::vector<Condition>& conditions, std::size_t next,
              const std::vector<Leaf>& leaves, std::vector<Element>& bound) {
    if (next == conditions.size()) return true;
    for (const auto& leaf : leaves) {
        if (leaf.path != conditions[next].path || !agree(bound, leaf.elements) ||
            !satisfies(conditions[next], leaf.value)) {
            continue;
        }
        const auto before = bound.size();
        bound.insert(bound.end(), leaf.elements.begin(), leaf.elements.end());
        if (all_hold(conditions, next + 1, leaves, bound)) return true;
        bound.resize(before);
        // Another leaf without array elements binds nothing either: the rest would fail again.
        if (leaf.elements.empty()) return false;
    }
    return false;
}

/// A field of the envelope that holds one string; nullopt for `resources`, `detail` and others.
std::optional<std::string> envelope_text(const Event& event, std::string_view path) {
    if (path == "source") return event.source;
    if (path == "detail-type") return event.detail_type;
    if (path == "account") return event.account;
    if (path == "region") return event.region;
    if (path == "id") return event.id;
    if (path == "version") return "0";
    if (path == "time") return to_rfc3339_seconds(event.time);
    return std::nullopt;
}

}  // namespace

struct EventPattern::Compiled {
    std::vector<Condition> of_envelope;
    std::vector<Condition> of_detail;
};

EventPattern::EventPattern(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
EventPattern::EventPattern(EventPattern&&) noexcept = default;
EventPattern& EventPattern::operator=(EventPattern&&) noexcept = default;
EventPattern::~EventPattern() = default;

Result<EventPattern> EventPattern::compile(std::string_view text) {
    boost::system::error_code error;
    const auto root = json::parse(json::string_view(text), error);
    if (error) return invalid(fmt::format("not JSON: {}", error.message()));
    const auto* object = root.if_object();
    if (object == nullptr) return invalid("Filter is not an object");

    std::vector<Condition> conditions;
    if (auto read = read_object(*object, "", conditions); !read) {
        return std::unexpected(std::move(read.error()));
    }
    auto compiled = std::make_unique<Compiled>();
    for (auto& condition : conditions) {
        const bool below = condition.path == "detail" || condition.path.starts_with("detail.");
        (below ? compiled->of_detail : compiled->of_envelope).push_back(std::move(condition));
    }
    return EventPattern(std::move(compiled));
}

bool EventPattern::matches(const Event& event) const {
    for (const auto& condition : compiled_->of_envelope) {
        if (condition.path == "resources") {
            const bool any = std::ranges::any_of(event.resources, [&](const std::string& arn) {
                return satisfies(condition, Scalar(arn));
            });
            if (!any) return false;
            continue;
        }
        const auto text = envelope_text(event, condition.path);
        if (!text || !satisfies(condition, Scalar(*text))) return false;
    }
    if (compiled_->of_detail.empty()) return true;

    boost::system::error_code error;
    const auto detail = json::parse(event.detail, error);
    if (error) return false;
    std::vector<Leaf> leaves;
    Flattener(leaves).add("detail", detail);
    std::vector<Element> bound;
    return all_hold(compiled_->of_detail, 0, leaves, bound);
}

}  // namespace ingestor
