#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingestor::extract::pdf {

/// A token of a page's content (ISO 32000-1, 7.2 and 7.3).
struct Token {
    enum class Kind : std::uint8_t {
        end,
        number,
        string,
        name,
        keyword,
        array_begin,
        array_end,
        dictionary_begin,
        dictionary_end,
        other  ///< `true`, `false`, `null`, and what is no token.
    };

    Kind kind = Kind::end;
    bool integer = false;  ///< Of 32 bits.
    double number = 0;
    /// Of a string, the bytes that it stands for; of a name (without its slash) and of a keyword,
    /// the bytes as they are written.
    std::string_view text;
    std::size_t begin = 0;  ///< Where it starts in the content.
};

/// What a name means, which may spell any of its letters as a number (`#20`).
[[nodiscard]] std::string name_of(std::string_view written);

/// Reads content token by token, and what is malformed as Poppler's lexer does, value for value.
class ContentLexer {
public:
    /// `content` must outlive the lexer, and both of them what tokens refer to.
    explicit ContentLexer(std::string_view content);

    [[nodiscard]] Token next();
    /// Where the token that was read last ends.
    [[nodiscard]] std::size_t position() const { return at_; }

private:
    void skip_blanks();
    void read_number(Token& token);
    void read_literal(Token& token);
    void read_hexadecimal(Token& token);
    [[nodiscard]] std::string_view take_regular();

    std::string_view content_;
    std::size_t at_ = 0;
    // What strings with escapes stand for. Has room for all of them from the start, so that it
    // never moves.
    std::string decoded_;
};

}  // namespace ingestor::extract::pdf
