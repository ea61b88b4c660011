#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// Attributes that a tag may have; each is compared with all before it.
inline constexpr std::size_t kAttributesMax = 256;

enum class TokenKind : std::uint8_t { start_tag, end_tag, text, end_of_page };

struct Token {
    TokenKind kind = TokenKind::end_of_page;
    Tag tag = Tag::other;
    bool self_closing = false;
    std::string_view text = {};  ///< Of a tag its name, in small letters; else the text, decoded.
    std::span<const Attribute> attributes = {};

    /// Text of nothing but blanks.
    [[nodiscard]] bool is_blank() const {
        return kind == TokenKind::text &&
               text.find_first_not_of(" \t\n\r\f") == std::string_view::npos;
    }
};

/// How the text behind a start tag is read (HTML, 13.2.5.1 to 13.2.5.5).
enum class TextMode : std::uint8_t { data, rcdata, rawtext, script, plaintext };

/// Cuts a page into tags and text as HTML's tokenization has it. Comments, document types and
/// processing instructions are passed over. Linear in the page's size.
class Tokenizer {
public:
    /// The page has to outlive the tokens; what they say otherwise lives in the tree.
    Tokenizer(std::string_view page, Tree& tree) : page_(page), tree_(tree) {}

    /// The next token. `foreign` says that the current node is none of HTML's, where CDATA is text.
    Token next(bool foreign);
    /// The text up to the end tag of the element that was begun last is read so.
    void set_mode(TextMode mode, std::string_view element);

    /// A tag had more than kAttributesMax attributes.
    [[nodiscard]] bool attributes_cut() const { return attributes_cut_; }
    /// Where the page ends within a tag: bytes from its beginning on, which browsers do not show.
    [[nodiscard]] std::size_t bytes_in_open_tag() const { return bytes_in_open_tag_; }

private:
    [[nodiscard]] char at(std::size_t i) const { return i < page_.size() ? page_[i] : '\0'; }
    Token text_token(std::size_t end, bool decode);
    Token raw_text();
    bool skip_declaration();
    void skip_comment();
    bool read_tag(Token& token);
    bool read_attributes(Token& token);
    std::string_view read_value();
    std::string_view lower(std::string_view name);
    [[nodiscard]] bool ends_raw_text(std::size_t at, std::string_view name) const;
    [[nodiscard]] std::size_t script_end() const;

    std::string_view page_;
    Tree& tree_;
    std::size_t at_ = 0;
    TextMode mode_ = TextMode::data;
    std::string element_;
    std::vector<Attribute> attributes_;
    std::string buffer_;
    bool attributes_cut_ = false;
    std::size_t bytes_in_open_tag_ = 0;
};

}  // namespace ingestor::extract::html
