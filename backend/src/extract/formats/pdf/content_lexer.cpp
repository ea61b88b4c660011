#include "extract/formats/pdf/content_lexer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

namespace ingestor::extract::pdf {
namespace {

enum CharacterClass : std::uint8_t { kRegular, kBlank, kDelimiter };

constexpr auto kClasses = [] {
    std::array<std::uint8_t, 256> classes{};
    const auto mark = [&classes](std::string_view characters, std::uint8_t kind) {
        for (const char c : characters) classes[static_cast<unsigned char>(c)] = kind;
    };
    mark({"\0\t\n\f\r ", 6}, kBlank);
    mark("()<>[]{}/%", kDelimiter);
    return classes;
}();

std::uint8_t class_of(char c) {
    return kClasses[static_cast<unsigned char>(c)];
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// Poppler takes what is no hexadecimal digit for a zero.
unsigned hexadecimal(char c) {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    return 0;
}

}  // namespace

std::string name_of(std::string_view written) {
    const auto is_digit_at = [&](std::size_t at) {
        return at < written.size() && std::isxdigit(static_cast<unsigned char>(written[at])) != 0;
    };
    std::string out;
    for (std::size_t at = 0; at < written.size(); ++at) {
        if (written[at] == '#' && is_digit_at(at + 1) && is_digit_at(at + 2)) {
            out +=
                static_cast<char>(hexadecimal(written[at + 1]) * 16 + hexadecimal(written[at + 2]));
            at += 2;
        } else {
            out += written[at];
        }
    }
    return out;
}

ContentLexer::ContentLexer(std::string_view content) : content_(content) {
    decoded_.reserve(content.size());
}

void ContentLexer::skip_blanks() {
    while (at_ < content_.size()) {
        const char c = content_[at_];
        if (c == '%') {
            at_ = std::min(content_.find_first_of("\r\n", at_), content_.size());
        } else if (class_of(c) != kBlank) {
            return;
        } else {
            ++at_;
        }
    }
}

std::string_view ContentLexer::take_regular() {
    const std::size_t begin = at_;
    while (at_ < content_.size() && class_of(content_[at_]) == kRegular) ++at_;
    return content_.substr(begin, at_ - begin);
}

Token ContentLexer::next() {
    skip_blanks();
    Token token;
    token.begin = at_;
    if (at_ == content_.size()) return token;
    const char c = content_[at_];
    const char after = at_ + 1 < content_.size() ? content_[at_ + 1] : '\0';
    switch (c) {
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
        case '+':
        case '-':
        case '.':
            read_number(token);
            return token;
        case '(':
            read_literal(token);
            return token;
        case '/':
            ++at_;
            token.kind = Token::Kind::name;
            token.text = take_regular();
            return token;
        case '[':
        case ']':
            ++at_;
            token.kind = c == '[' ? Token::Kind::array_begin : Token::Kind::array_end;
            return token;
        case '<':
            if (after != '<') {
                read_hexadecimal(token);
                return token;
            }
            at_ += 2;
            token.kind = Token::Kind::dictionary_begin;
            return token;
        case '>':
            at_ += after == '>' ? 2 : 1;
            token.kind = after == '>' ? Token::Kind::dictionary_end : Token::Kind::other;
            return token;
        case ')':
        case '{':
        case '}':
            ++at_;
            token.kind = Token::Kind::other;
            return token;
        default:
            token.text = take_regular();
            token.kind = token.text == "true" || token.text == "false" || token.text == "null"
                             ? Token::Kind::other
                             : Token::Kind::keyword;
            return token;
    }
}

// Digit by digit and in this order, since the last bit of a place may decide where a line ends.
void ContentLexer::read_number(Token& token) {
    token.kind = Token::Kind::number;
    const bool negative = content_[at_] == '-';
    if (negative || content_[at_] == '+') ++at_;
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    std::int64_t whole = 0;
    double value = 0;
    bool overflow = false;
    for (; at_ < content_.size() && is_digit(content_[at_]); ++at_) {
        const int digit = content_[at_] - '0';
        if (overflow) {
            value = value * 10.0 + digit;
        } else if (whole > (kMost - digit) / 10) {
            overflow = true;
            value = static_cast<double>(whole) * 10.0 + digit;
        } else {
            whole = whole * 10 + digit;
        }
    }
    if (!overflow) value = static_cast<double>(whole);
    if (at_ == content_.size() || content_[at_] != '.') {
        token.integer = whole <= std::numeric_limits<std::int32_t>::max() && !overflow;
        token.number = negative && value != 0 ? -value : value;
        return;
    }
    double scale = 0.1;
    for (++at_; at_ < content_.size(); ++at_) {
        const char c = content_[at_];
        // Some programs write `0.-5`.
        if (c == '-') continue;
        if (!is_digit(c)) break;
        value = value + scale * (c - '0');
        scale *= 0.1;
    }
    token.number = negative ? -value : value;
}

void ContentLexer::read_literal(Token& token) {
    token.kind = Token::Kind::string;
    const std::size_t begin = ++at_;
    // Most strings have no escapes and stand for themselves.
    int depth = 1;
    for (; at_ < content_.size(); ++at_) {
        const char c = content_[at_];
        if (c == '\\') break;
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) {
            token.text = content_.substr(begin, at_ - begin);
            ++at_;
            return;
        }
    }
    const std::size_t first = decoded_.size();
    decoded_.append(content_, begin, at_ - begin);
    while (at_ < content_.size()) {
        char c = content_[at_++];
        if (c == '(') ++depth;
        if (c == ')' && --depth == 0) break;
        if (c != '\\') {
            decoded_ += c;
            continue;
        }
        if (at_ == content_.size()) break;
        c = content_[at_++];
        switch (c) {
            case 'n':
                decoded_ += '\n';
                break;
            case 'r':
                decoded_ += '\r';
                break;
            case 't':
                decoded_ += '\t';
                break;
            case 'b':
                decoded_ += '\b';
                break;
            case 'f':
                decoded_ += '\f';
                break;
            case '\r':
                if (at_ < content_.size() && content_[at_] == '\n') ++at_;
                break;
            case '\n':
                break;
            default: {
                if (!is_octal(c)) {
                    decoded_ += c;
                    break;
                }
                int value = c - '0';
                for (int i = 0; i < 2 && at_ < content_.size() && is_octal(content_[at_]); ++i)
                    value = value * 8 + (content_[at_++] - '0');
                decoded_ += static_cast<char>(value);
                break;
            }
        }
    }
    token.text = std::string_view(decoded_).substr(first);
}

void ContentLexer::read_hexadecimal(Token& token) {
    token.kind = Token::Kind::string;
    const std::size_t first = decoded_.size();
    unsigned value = 0;
    bool half = false;
    for (++at_; at_ < content_.size();) {
        const char c = content_[at_++];
        if (c == '>') break;
        if (class_of(c) == kBlank) continue;
        value = value * 16 + hexadecimal(c);
        if (half) {
            decoded_ += static_cast<char>(value);
            value = 0;
        }
        half = !half;
    }
    if (half) decoded_ += static_cast<char>(value * 16);
    token.text = std::string_view(decoded_).substr(first);
}

}  // namespace ingestor::extract::pdf
