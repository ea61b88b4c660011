#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <variant>

namespace ingestor::eventbridge::patterns {

/// Why a pattern is refused, and how far it had been read by then.
struct PatternFault {
    std::string reason;
    std::string place = {};  ///< `line: 1, column: 12`, as JsonScanner::place() has it; or none.
    int times = 1;           ///< How often the message tells the place.
};
template <class T>
using PatternResult = std::expected<T, PatternFault>;
using PatternStep = PatternResult<std::monostate>;

/// The tokens of a JSON text with the places where they stand, of which a tree knows nothing. The
/// errors of EventBridge tell them as Jackson does, the parser that it uses: a string that was not
/// asked for counts with its opening quote alone, everything else whole.
class JsonScanner {
public:
    enum class Token {
        begin_object,
        end_object,
        begin_array,
        end_array,
        comma,
        colon,
        string,   ///< Its opening quote; string() reads the rest.
        literal,  ///< A number, true, false or null; word() has its text.
        other,    ///< A character that begins no token.
        end,
    };

    /// The name of a member, and the first token of its value.
    struct Member {
        std::string name;
        Token value;
    };
    [[nodiscard]] static bool begins_value(Token token) {
        return token == Token::begin_object || token == Token::begin_array ||
               token == Token::string || token == Token::literal;
    }

    /// `text` outlives the scanner.
    explicit JsonScanner(std::string_view text) : text_(text) {}

    /// Faults: a word that is no literal.
    [[nodiscard]] PatternResult<Token> next();
    [[nodiscard]] PatternResult<std::string> string();
    /// The first token of a value. Faults: it is none.
    [[nodiscard]] PatternResult<Token> next_value();
    /// What stands behind a name's opening quote: name, colon and the first token of a value.
    [[nodiscard]] PatternResult<Member> read_member();
    /// The text of the literal that next() found last.
    [[nodiscard]] std::string_view word() const { return word_; }
    /// Whether that is a number.
    [[nodiscard]] bool is_number() const;

    /// The token found last, as far as it has been read.
    [[nodiscard]] std::string_view found() const {
        return text_.substr(token_begin_, reached_ - token_begin_);
    }

    /// What comes next: both numbers from 1, the column in UTF-16 units.
    [[nodiscard]] std::string place() const;
    [[nodiscard]] std::unexpected<PatternFault> fault(std::string reason) const;
    /// That the token found last was not the one `wanted`: `a colon to separate …`.
    [[nodiscard]] std::unexpected<PatternFault> unexpected(std::string_view wanted) const;
    /// The same where it should have been a value.
    [[nodiscard]] std::unexpected<PatternFault> no_value() const;

private:
    [[nodiscard]] PatternResult<Token> read_literal();

    std::string_view text_;
    std::size_t reached_ = 0;
    std::size_t token_begin_ = 0;
    std::string_view word_;
};

}  // namespace ingestor::eventbridge::patterns
