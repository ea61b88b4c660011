#include "logs/filter_pattern.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace ingestor::logs {

namespace json = boost::json;

namespace {

constexpr int kDepthMax = 32;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// A star stands for anything.
bool matches_stars(std::string_view pattern, std::string_view text) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return pattern == text;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    text.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    while (true) {
        const auto next = pattern.find('*');
        const auto piece = pattern.substr(0, next);
        if (next == std::string_view::npos) return text.ends_with(piece);
        const auto found = text.find(piece);
        if (found == std::string_view::npos) return false;
        text.remove_prefix(found + piece.size());
        pattern.remove_prefix(next + 1);
    }
}

}  // namespace

struct FilterPattern::Expression {
    enum class Kind { all, any, compare, is_null, is_true, is_false, exists, missing };
    Kind kind = Kind::all;
    std::vector<Expression> parts = {};                             ///< Of `all` and `any`.
    std::vector<std::variant<std::string, std::size_t>> path = {};  ///< Names and indexes.
    std::string comparison = {};
    std::variant<std::string, double> operand = {};

    [[nodiscard]] bool holds(const json::value& message) const {
        switch (kind) {
            case Kind::all:
                return std::ranges::all_of(parts, [&](const auto& p) { return p.holds(message); });
            case Kind::any:
                return std::ranges::any_of(parts, [&](const auto& p) { return p.holds(message); });
            case Kind::compare:
                return compares(find(message));
            case Kind::is_null:
                return has(find(message), [](const json::value& v) { return v.is_null(); });
            case Kind::is_true:
                return has(find(message), [](const json::value& v) { return v == true; });
            case Kind::is_false:
                return has(find(message), [](const json::value& v) { return v == false; });
            case Kind::exists:
                return find(message) != nullptr;
            case Kind::missing:
                return find(message) == nullptr;
        }
        return false;
    }

private:
    template <class Test>
    static bool has(const json::value* value, Test test) {
        return value != nullptr && test(*value);
    }

    [[nodiscard]] const json::value* find(const json::value& message) const {
        const auto* value = &message;
        for (const auto& step : path) {
            if (const auto* name = std::get_if<std::string>(&step)) {
                const auto* object = value->if_object();
                value = object == nullptr ? nullptr : object->if_contains(*name);
            } else {
                const auto* array = value->if_array();
                const auto index = std::get<std::size_t>(step);
                value = array == nullptr || index >= array->size() ? nullptr : &(*array)[index];
            }
            if (value == nullptr) return nullptr;
        }
        return value;
    }

    [[nodiscard]] bool compares(const json::value* value) const {
        if (value == nullptr) return false;
        if (const auto* text = std::get_if<std::string>(&operand)) {
            const bool equal =
                value->is_string() && matches_stars(*text, std::string_view(value->get_string()));
            return comparison == "!=" ? !equal : equal;
        }
        if (!value->is_number()) return comparison == "!=";
        const auto left = value->to_number<double>();
        const auto right = std::get<double>(operand);
        if (comparison == "<") return left < right;
        if (comparison == "<=") return left <= right;
        if (comparison == ">") return left > right;
        if (comparison == ">=") return left >= right;
        const bool equal = !(left < right) && !(right < left);
        return comparison == "!=" ? !equal : equal;
    }
};

namespace {

using Expression = FilterPattern::Expression;
template <class T>
using Parsed = std::expected<T, std::string>;

/// Reads what stands in braces.
class ExpressionParser {
public:
    explicit ExpressionParser(std::string_view text) : text_(text) {}

    Parsed<Expression> parse() {
        auto expression = any();
        if (!expression) return expression;
        skip_space();
        if (at_ != text_.size()) return wrong();
        return expression;
    }

private:
    std::unexpected<std::string> wrong() const {
        return std::unexpected(
            fmt::format("a test of a property is expected at character {}", at_ + 1));
    }
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }
    bool take(std::string_view token) {
        skip_space();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    bool take_word(std::string_view word) {
        const auto before = at_;
        if (!take(word)) return false;
        if (at_ == text_.size() || !is_word(text_[at_])) return true;
        at_ = before;
        return false;
    }

    Parsed<Expression> any() { return several(Expression::Kind::any, "||"); }

    Parsed<Expression> several(Expression::Kind kind, std::string_view between) {
        Expression expression{.kind = kind};
        do {
            auto part =
                kind == Expression::Kind::any ? several(Expression::Kind::all, "&&") : one();
            if (!part) return part;
            expression.parts.push_back(std::move(*part));
        } while (take(between));
        return expression;
    }

    Parsed<Expression> one() {
        if (!take("(")) return test();
        if (++depth_ > kDepthMax) return std::unexpected("the tests are nested too deeply");
        auto inner = any();
        if (!inner) return inner;
        if (!take(")")) return wrong();
        --depth_;
        return inner;
    }

    Parsed<Expression> test() {
        Expression expression;
        if (!take("$")) return wrong();
        if (auto read = read_path(expression); !read) return std::unexpected(read.error());
        if (take_word("NOT")) {
            if (!take_word("EXISTS")) return wrong();
            expression.kind = Expression::Kind::missing;
            return expression;
        }
        if (take_word("EXISTS")) {
            expression.kind = Expression::Kind::exists;
            return expression;
        }
        if (take_word("IS")) return is_test(std::move(expression));
        for (const auto* comparison : {"!=", "<=", ">=", "=", "<", ">"}) {
            if (!take(comparison)) continue;
            expression.kind = Expression::Kind::compare;
            expression.comparison = comparison;
            return read_operand(std::move(expression));
        }
        return wrong();
    }

    Parsed<Expression> is_test(Expression expression) {
        if (take_word("NULL")) {
            expression.kind = Expression::Kind::is_null;
        } else if (take_word("TRUE")) {
            expression.kind = Expression::Kind::is_true;
        } else if (take_word("FALSE")) {
            expression.kind = Expression::Kind::is_false;
        } else {
            return wrong();
        }
        return expression;
    }

    Parsed<std::monostate> read_path(Expression& expression) {
        while (at_ < text_.size() && (text_[at_] == '.' || text_[at_] == '[')) {
            if (text_[at_++] == '[') {
                std::size_t index = 0;
                const auto rest = text_.substr(at_);
                const auto [end, error] =
                    std::from_chars(rest.data(), rest.data() + rest.size(), index);
                if (error != std::errc{}) return wrong();
                at_ += static_cast<std::size_t>(end - rest.data());
                if (at_ == text_.size() || text_[at_++] != ']') return wrong();
                expression.path.emplace_back(index);
                continue;
            }
            const auto begin = at_;
            while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '-')) ++at_;
            if (at_ == begin) return wrong();
            expression.path.emplace_back(std::string(text_.substr(begin, at_ - begin)));
        }
        if (expression.path.empty()) return wrong();
        return {};
    }

    Parsed<Expression> read_operand(Expression expression) {
        skip_space();
        if (at_ < text_.size() && text_[at_] == '"') {
            const auto end = text_.find('"', at_ + 1);
            if (end == std::string_view::npos) return wrong();
            expression.operand = std::string(text_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
        } else {
            const auto begin = at_;
            while (at_ < text_.size() && !is_space(text_[at_]) && text_[at_] != ')' &&
                   text_[at_] != '&' && text_[at_] != '|') {
                ++at_;
            }
            const auto word = text_.substr(begin, at_ - begin);
            if (word.empty()) return wrong();
            double number = 0;
            const auto [end, error] =
                std::from_chars(word.data(), word.data() + word.size(), number);
            if (error == std::errc{} && end == word.data() + word.size()) {
                expression.operand = number;
            } else {
                expression.operand = std::string(word);
            }
        }
        const bool by_size = expression.comparison != "=" && expression.comparison != "!=";
        if (by_size && std::holds_alternative<std::string>(expression.operand)) return wrong();
        return expression;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

}  // namespace

FilterPattern::FilterPattern() = default;
FilterPattern::FilterPattern(FilterPattern&&) noexcept = default;
FilterPattern& FilterPattern::operator=(FilterPattern&&) noexcept = default;
FilterPattern::~FilterPattern() = default;

std::expected<FilterPattern, std::string> FilterPattern::parse(std::string_view text) {
    FilterPattern pattern;
    auto rest = trimmed(text);
    if (rest.starts_with('{')) {
        if (!rest.ends_with('}')) return std::unexpected("the closing brace is missing");
        auto expression = ExpressionParser(rest.substr(1, rest.size() - 2)).parse();
        if (!expression) return std::unexpected(std::move(expression.error()));
        pattern.expression_ = std::make_unique<Expression>(std::move(*expression));
        return pattern;
    }
    if (rest.starts_with('[')) return std::unexpected("patterns of columns are not served here");
    while (!rest.empty()) {
        auto* terms = &pattern.all_;
        if (rest.front() == '?' || rest.front() == '-') {
            terms = rest.front() == '?' ? &pattern.any_ : &pattern.none_;
            rest.remove_prefix(1);
        }
        if (rest.starts_with('%')) {
            return std::unexpected("regular expressions are not served here");
        }
        if (rest.starts_with('"')) {
            const auto end = rest.find('"', 1);
            if (end == std::string_view::npos) return std::unexpected("a quote is not closed");
            terms->emplace_back(rest.substr(1, end - 1));
            rest.remove_prefix(end + 1);
        } else {
            const auto end =
                static_cast<std::size_t>(std::ranges::find_if_not(rest, is_word) - rest.begin());
            if (end == 0) {
                return std::unexpected(
                    fmt::format("'{}' has to stand in quotes", rest.substr(0, 1)));
            }
            terms->emplace_back(rest.substr(0, end));
            rest.remove_prefix(end);
        }
        if (!rest.empty() && !is_space(rest.front())) {
            return std::unexpected(fmt::format("'{}' has to stand in quotes", rest.substr(0, 1)));
        }
        rest = trimmed(rest);
    }
    return pattern;
}

bool FilterPattern::matches(std::string_view message) const {
    if (expression_) {
        boost::system::error_code error;
        const auto value = json::parse(json::string_view(message), error);
        return !error && value.is_object() && expression_->holds(value);
    }
    const auto stands = [message](const std::string& term) {
        return message.find(term) != std::string_view::npos;
    };
    return std::ranges::all_of(all_, stands) && std::ranges::none_of(none_, stands) &&
           (any_.empty() || std::ranges::any_of(any_, stands));
}

}  // namespace ingestor::logs
