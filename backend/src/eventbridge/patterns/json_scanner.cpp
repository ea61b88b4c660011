#include "eventbridge/patterns/json_scanner.hpp"

#include <algorithm>
#include <cstdint>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace ingestor::eventbridge::patterns {

namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

bool is_number_part(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool begins_number(char c) {
    return c == '-' || (c >= '0' && c <= '9');
}

/// The grammar of RFC 8259, section 6.
bool is_valid_number(std::string_view text) {
    const auto skip_digits = [&text] {
        const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(digits);
        return digits;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool zero_first = text.starts_with('0');
    const auto whole = skip_digits();
    if (whole == 0 || (zero_first && whole > 1)) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (skip_digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (skip_digits() == 0) return false;
    }
    return text.empty();
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// As Jackson tells the code of a character of UTF-8.
std::string describe_code(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    std::uint32_t code = lead;
    if (character.size() > 1) code &= 0x7FU >> character.size();
    for (const char c : character.substr(1)) {
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3FU);
    }
    constexpr std::uint32_t kShownInHexFrom = 256;
    return code < kShownInHexFrom ? fmt::format("code {}", code)
                                  : fmt::format("code {} / {:#x}", code, code);
}

constexpr std::string_view kValues =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

}  // namespace

PatternResult<JsonScanner::Token> JsonScanner::next() {
    reached_ = std::min(text_.find_first_not_of(" \t\r\n", reached_), text_.size());
    token_begin_ = reached_;
    if (reached_ == text_.size()) return Token::end;
    const char c = text_[reached_];
    if (is_word(c) || c == '-') return read_literal();
    ++reached_;
    switch (c) {
        case '{':
            return Token::begin_object;
        case '}':
            return Token::end_object;
        case '[':
            return Token::begin_array;
        case ']':
            return Token::end_array;
        case ',':
            return Token::comma;
        case ':':
            return Token::colon;
        case '"':
            return Token::string;
        default:
            return Token::other;
    }
}

PatternResult<JsonScanner::Token> JsonScanner::read_literal() {
    const bool is_number = begins_number(text_[reached_]);
    const auto rest = text_.substr(reached_);
    const auto* const end = std::ranges::find_if_not(rest, is_number ? is_number_part : is_word);
    const auto word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    reached_ += word.size();
    word_ = word;
    if (is_number ? is_valid_number(word) : word == "true" || word == "false" || word == "null") {
        return Token::literal;
    }
    if (is_number) return fault(fmt::format("Invalid numeric value: {}", word));
    return fault(fmt::format("Unrecognized token '{}': was expecting {}", word, kValues));
}

bool JsonScanner::is_number() const {
    return begins_number(word_.front());
}

PatternResult<std::string> JsonScanner::string() {
    auto end = reached_;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size()) {
        reached_ = text_.size();
        return fault("Unexpected end-of-input: was expecting closing quote for a string value");
    }
    reached_ = end + 1;
    const auto quoted = text_.substr(token_begin_, reached_ - token_begin_);
    if (std::ranges::all_of(quoted, [](char c) { return c >= ' ' && c != '\\'; })) {
        return std::string(quoted.substr(1, quoted.size() - 2));
    }
    boost::system::error_code error;
    const auto value = boost::json::parse(boost::json::string_view(quoted), error);
    if (error) return fault(fmt::format("Invalid string: {}", error.message()));
    return std::string(value.get_string());
}

PatternResult<JsonScanner::Token> JsonScanner::next_value() {
    auto token = next();
    if (token && !begins_value(*token)) return no_value();
    return token;
}

PatternResult<JsonScanner::Member> JsonScanner::read_member() {
    auto name = string();
    if (!name) return std::unexpected(std::move(name.error()));
    const auto token = next();
    if (!token) return std::unexpected(token.error());
    if (*token != Token::colon) return unexpected("a colon to separate field name and value");
    const auto value = next_value();
    if (!value) return std::unexpected(value.error());
    return Member{.name = std::move(*name), .value = *value};
}

std::string JsonScanner::place() const {
    const auto before = text_.substr(0, reached_);
    const auto lines = std::ranges::count(before, '\n');
    const auto line = before.substr(before.rfind('\n') + 1);
    std::size_t column = 1;
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        // What begins with such a byte lies outside the basic plane.
        if ((byte & 0xC0) != 0x80) column += byte >= 0xF0 ? 2 : 1;
    }
    return fmt::format("line: {}, column: {}", lines + 1, column);
}

std::unexpected<PatternFault> JsonScanner::fault(std::string reason) const {
    return std::unexpected(PatternFault{.reason = std::move(reason), .place = place()});
}

std::unexpected<PatternFault> JsonScanner::unexpected(std::string_view wanted) const {
    if (token_begin_ == text_.size()) {
        return fault(fmt::format("Unexpected end-of-input: was expecting {}", wanted));
    }
    // The whole of a character that takes several bytes, or the message is no text.
    const auto rest = text_.substr(token_begin_);
    std::size_t size = 1;
    while (size < rest.size() && is_continuation(rest[size])) ++size;
    return fault(fmt::format("Unexpected character ('{}' ({})): was expecting {}",
                             rest.substr(0, size), describe_code(rest.substr(0, size)), wanted));
}

std::unexpected<PatternFault> JsonScanner::no_value() const {
    return unexpected(fmt::format("a valid value {}", kValues));
}

}  // namespace ingestor::eventbridge::patterns
