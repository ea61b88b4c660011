#include "eventbridge/transform/json_syntax.hpp"

#include <optional>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "eventbridge/patterns/json_scanner.hpp"

namespace ingestor::eventbridge::transform {

namespace {

using patterns::JsonScanner;
using patterns::PatternResult;
using patterns::PatternStep;
using Token = JsonScanner::Token;

/// Reads a value without recursion: whoever writes it chooses how deep it goes.
class ValueReader {
public:
    explicit ValueReader(JsonScanner& scanner) : scanner_(scanner) {}

    /// `token` begins the value.
    PatternStep read(Token token) {
        for (std::optional<Token> next = token; next;) {
            auto begun = begin(*next);
            if (!begun) return std::unexpected(std::move(begun.error()));
            if (!*begun) begun = end();
            if (!begun) return std::unexpected(std::move(begun.error()));
            next = *begun;
        }
        return std::monostate{};
    }

private:
    /// The first token of the first value inside; nullopt: the value is complete.
    PatternResult<std::optional<Token>> begin(Token token) {
        if (token == Token::string) {
            const auto text = scanner_.string();
            if (!text) return std::unexpected(text.error());
            return std::nullopt;
        }
        if (token == Token::literal) return std::nullopt;
        const auto inner = scanner_.next();
        if (!inner) return std::unexpected(inner.error());
        if (token == Token::begin_array) {
            if (*inner == Token::end_array) return std::nullopt;
            if (!JsonScanner::begins_value(*inner)) return scanner_.no_value();
            open_.push_back(Token::end_array);
            return *inner;
        }
        if (*inner == Token::end_object) return std::nullopt;
        open_.push_back(Token::end_object);
        return member(*inner);
    }

    /// What follows a complete value: the first token of the next one, of whatever is still open.
    PatternResult<std::optional<Token>> end() {
        while (!open_.empty()) {
            const auto token = scanner_.next();
            if (!token) return std::unexpected(token.error());
            if (*token == Token::comma) return next_in_open();
            if (*token != open_.back()) {
                return scanner_.unexpected(open_.back() == Token::end_object
                                               ? "comma to separate Object entries"
                                               : "comma to separate Array entries");
            }
            open_.pop_back();
        }
        return std::nullopt;
    }

    PatternResult<std::optional<Token>> next_in_open() {
        if (open_.back() == Token::end_array) return scanner_.next_value();
        const auto name = scanner_.next();
        if (!name) return std::unexpected(name.error());
        return member(*name);
    }

    PatternResult<std::optional<Token>> member(Token name) {
        if (name != Token::string) {
            return scanner_.unexpected("double-quote to start field name");
        }
        const auto read = scanner_.read_member();
        if (!read) return std::unexpected(read.error());
        return read->value;
    }

    JsonScanner& scanner_;
    std::vector<Token> open_;  ///< What closes each object and array that is open.
};

PatternStep read_one(JsonScanner& scanner) {
    const auto first = scanner.next_value();
    if (!first) return std::unexpected(first.error());
    const auto read = ValueReader(scanner).read(*first);
    if (!read) return read;
    const auto behind = scanner.next();
    if (!behind) return std::unexpected(behind.error());
    if (*behind != Token::end) return scanner.unexpected("the end of the text");
    return std::monostate{};
}

PatternStep read_strings(JsonScanner& scanner) {
    for (bool first = true;; first = false) {
        const auto token = scanner.next();
        if (!token) return std::unexpected(token.error());
        if (*token == Token::end && !first) return std::monostate{};
        if (*token != Token::string) return scanner.unexpected("a string");
        const auto text = scanner.string();
        if (!text) return std::unexpected(text.error());
    }
}

Result<std::monostate> told(const PatternStep& step, std::string_view text) {
    if (step) return std::monostate{};
    return fail(Errc::invalid_argument,
                fmt::format("[Source: (String)\"{}\"; {}]", text, step.error().place));
}

}  // namespace

Result<std::monostate> check_json(std::string_view text) {
    JsonScanner scanner(text);
    return told(read_one(scanner), text);
}

Result<std::monostate> check_json_strings(std::string_view text) {
    JsonScanner scanner(text);
    return told(read_strings(scanner), text);
}

}  // namespace ingestor::eventbridge::transform
