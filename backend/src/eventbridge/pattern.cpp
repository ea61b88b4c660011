#include "eventbridge/pattern.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "eventbridge/json_scanner.hpp"

namespace ingestor::eventbridge {

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

using Alternatives = std::vector<Scalar>;

struct Condition {
    std::string path;
    Alternatives alternatives;
};

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

/// Reads a pattern's text into conditions. Where a path stands twice, the later one counts; two
/// objects of one name are one.
class PatternReader {
public:
    using Token = JsonScanner::Token;

    explicit PatternReader(std::string_view text) : scanner_(text) {}

    PatternResult<std::map<std::string, Alternatives>> read() {
        auto token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token == Token::other) return scanner_.no_value();
        if (*token != Token::begin_object) return scanner_.fault("Filter is not an object");
        if (auto done = read_object({}); !done) return std::unexpected(std::move(done.error()));
        token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token != Token::end) return scanner_.unexpected("the end of the pattern");
        return std::move(conditions_);
    }

private:
    using Step = PatternResult<std::monostate>;

    /// The name of a member, and the first token of its value.
    struct Member {
        std::string name;
        Token value;
    };

    static bool begins_value(Token token) {
        return token == Token::begin_object || token == Token::begin_array ||
               token == Token::string || token == Token::literal;
    }

    PatternResult<Member> read_member() {
        auto name = scanner_.string();
        if (!name) return std::unexpected(std::move(name.error()));
        auto token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token != Token::colon) {
            return scanner_.unexpected("a colon to separate field name and value");
        }
        token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (!begins_value(*token)) return scanner_.no_value();
        return Member{.name = std::move(*name), .value = *token};
    }

    Step read_object(const std::string& path) {
        if (++depth_ > kDepthMax) return scanner_.fault("The pattern is nested too deeply");
        auto token = scanner_.next();
        if (token && *token == Token::end_object) {
            return scanner_.fault("Empty objects are not allowed");
        }
        while (true) {
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token != Token::string) {
                return scanner_.unexpected("double-quote to start field name");
            }
            const auto member = read_member();
            if (!member) return std::unexpected(member.error());
            if (auto done = read_value(path, *member); !done) return done;
            token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token == Token::end_object) break;
            if (*token != Token::comma) {
                return scanner_.unexpected("comma to separate Object entries");
            }
            token = scanner_.next();
        }
        --depth_;
        return {};
    }

    Step read_value(const std::string& path, const Member& member) {
        if (member.name == "$or") return scanner_.fault("Unrecognized match type $or");
        auto below = join(path, member.name);
        if (member.value == Token::begin_object) return read_object(below);
        if (member.value != Token::begin_array) {
            return scanner_.fault(fmt::format("\"{}\" must be an object or an array", member.name));
        }
        auto alternatives = read_alternatives();
        if (!alternatives) return std::unexpected(std::move(alternatives.error()));
        conditions_.insert_or_assign(std::move(below), std::move(*alternatives));
        return {};
    }

    PatternResult<Alternatives> read_alternatives() {
        Alternatives alternatives;
        auto token = scanner_.next();
        if (token && *token == Token::end_array) {
            return scanner_.fault("Empty arrays are not allowed");
        }
        while (true) {
            if (!token) return std::unexpected(std::move(token.error()));
            if (!begins_value(*token)) return scanner_.no_value();
            if (*token == Token::string) {
                auto text = scanner_.string();
                if (!text) return std::unexpected(std::move(text.error()));
                alternatives.emplace_back(std::move(*text));
            } else if (*token == Token::literal) {
                alternatives.push_back(*to_scalar(scanner_.literal()));
            } else if (*token == Token::begin_object) {
                return refuse_operator();
            } else {
                return scanner_.fault("Match value must be String, number, true, false, or null");
            }
            token = scanner_.next();
            if (!token) return std::unexpected(std::move(token.error()));
            if (*token == Token::end_array) return alternatives;
            if (*token != Token::comma) {
                return scanner_.unexpected("comma to separate Array entries");
            }
            token = scanner_.next();
        }
    }

    std::unexpected<PatternFault> refuse_operator() {
        auto token = scanner_.next();
        if (!token) return std::unexpected(std::move(token.error()));
        if (*token != Token::string) return scanner_.fault("Match expression name not found");
        auto member = read_member();
        if (!member) return std::unexpected(std::move(member.error()));
        return scanner_.fault(fmt::format("Unrecognized match type {}", member->name));
    }

    static constexpr int kDepthMax = 32;

    JsonScanner scanner_;
    int depth_ = 0;
    std::map<std::string, Alternatives> conditions_;
};

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

bool satisfies(const Condition& condition, const Scalar& value) {
    return std::ranges::any_of(condition.alternatives, [&value](const Scalar& alternative) {
        return equal(alternative, value);
    });
}

/// Looks for a leaf for every condition, so that all of them agree on the elements of the arrays
/// that they share. What is known to fail is not tried again: two leaves of a condition are alike
/// to the conditions behind it where they agree on the arrays that those look into. Arrays that
/// have nothing to do with each other so cost their sum and not their product.
class Search {
public:
    Search(const std::vector<Condition>& conditions, const std::vector<Leaf>& leaves)
        : steps_(conditions.size()) {
        std::set<std::size_t> arrays;
        for (std::size_t i = conditions.size(); i-- > 0;) {
            steps_[i].arrays_behind = arrays;
            for (const auto& leaf : leaves) {
                if (leaf.path != conditions[i].path || !satisfies(conditions[i], leaf.value)) {
                    continue;
                }
                steps_[i].candidates.push_back(&leaf);
                for (const auto& element : leaf.elements) arrays.insert(element.array);
            }
        }
    }

    [[nodiscard]] bool succeeds() {
        const auto is_hopeless = [](const Step& step) { return step.candidates.empty(); };
        return std::ranges::none_of(steps_, is_hopeless) && succeeds_from(0);
    }

private:
    struct Step {
        std::vector<const Leaf*> candidates;
        std::set<std::size_t> arrays_behind;  ///< Those that later conditions look into.
    };
    using Binding = std::map<std::size_t, std::size_t>;  ///< Of arrays to their elements.

    bool succeeds_from(std::size_t at) {
        if (at == steps_.size()) return true;
        const auto& step = steps_[at];
        const auto before = bound_;
        std::set<Binding> failed;
        for (const auto* leaf : step.candidates) {
            if (!bind(*leaf)) continue;
            Binding seen_behind = bound_;
            std::erase_if(seen_behind, [&step](const auto& element) {
                return !step.arrays_behind.contains(element.first);
            });
            if (failed.insert(std::move(seen_behind)).second && succeeds_from(at + 1)) return true;
            bound_ = before;
        }
        return false;
    }

    /// False, and nothing bound, where the leaf stands in another element of an array.
    bool bind(const Leaf& leaf) {
        const auto agrees = [this](const Element& element) {
            const auto found = bound_.find(element.array);
            return found == bound_.end() || found->second == element.index;
        };
        if (!std::ranges::all_of(leaf.elements, agrees)) return false;
        for (const auto& element : leaf.elements) bound_.emplace(element.array, element.index);
        return true;
    }

    std::vector<Step> steps_;
    Binding bound_;
};

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
    auto conditions = PatternReader(text).read();
    if (!conditions) {
        const auto& [reason, place] = conditions.error();
        return fail(Errc::invalid_argument,
                    fmt::format("Event pattern is not valid. Reason: {}\n at [Source: "
                                "(String)\"{}\"; {}]",
                                reason, text, place),
                    "EventPattern");
    }
    auto compiled = std::make_unique<Compiled>();
    for (auto& [path, alternatives] : *conditions) {
        const bool below = path == "detail" || path.starts_with("detail.");
        (below ? compiled->of_detail : compiled->of_envelope)
            .push_back({.path = path, .alternatives = std::move(alternatives)});
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
    return Search(compiled_->of_detail, leaves).succeeds();
}

}  // namespace ingestor::eventbridge
