#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace ingestor::eventbridge {

/// Why a pattern is refused, and how far it had been read by then.
struct PatternFault {
    std::string reason;
    std::string place;  ///< `line: 1, column: 12`, as JsonScanner::place() has it.
};
template <class T>
using PatternResult = std::expected<T, PatternFault>;

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
        literal,  ///< A number, true, false or null; literal() has its value.
        other,    ///< A character that begins no token.
        end,
    };

    /// `text` outlives the scanner.
    explicit JsonScanner(std::string_view text) : text_(text) {}

    /// Faults: a word that is no literal.
    [[nodiscard]] PatternResult<Token> next();
    [[nodiscard]] PatternResult<std::string> string();
    [[nodiscard]] const boost::json::value& literal() const { return literal_; }

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
    boost::json::value literal_;
};

}  // namespace ingestor::eventbridge
