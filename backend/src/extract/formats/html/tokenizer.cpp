#include "extract/formats/html/tokenizer.hpp"

#include <algorithm>

#include "extract/formats/html/character_references.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::html {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}

bool same_letters(std::string_view text, std::string_view lower) {
    return text.size() == lower.size() && std::ranges::equal(text, lower, [](char a, char b) {
               return (is_capital(a) ? static_cast<char>(a | 0x20) : a) == b;
           });
}

}  // namespace

void Tokenizer::set_mode(TextMode mode, std::string_view element) {
    mode_ = mode;
    element_ = element;
}

Token Tokenizer::next(bool foreign) {
    if (mode_ != TextMode::data && at_ < page_.size()) {
        Token token = raw_text();
        if (!token.text.empty()) return token;
    }
    while (at_ < page_.size()) {
        if (page_[at_] != '<') {
            return text_token(std::min(page_.find('<', at_), page_.size()), true);
        }
        const char c = at(at_ + 1);
        const bool end_tag = c == '/' && at_ + 2 < page_.size();
        if (is_letter(c) || (end_tag && is_letter(at(at_ + 2)))) {
            Token token;
            if (read_tag(token)) return token;
        } else if (c == '!' || c == '?' || end_tag) {
            if (foreign && page_.substr(at_).starts_with("<![CDATA[")) {
                at_ += 9;
                const std::size_t end = std::min(page_.find("]]>", at_), page_.size());
                Token token = text_token(end, false);
                at_ = std::min(end + 3, page_.size());
                if (!token.text.empty()) return token;
            } else if (page_.substr(at_).starts_with("<!--")) {
                skip_comment();
            } else {
                at_ = std::min(page_.find('>', at_ + 2), page_.size() - 1) + 1;
            }
        } else {
            return text_token(std::min(page_.find('<', at_ + 1), page_.size()), true);
        }
    }
    return {};
}

/// The text up to `end`, where reading goes on.
Token Tokenizer::text_token(std::size_t end, bool decode) {
    std::string_view text = page_.substr(at_, end - at_);
    at_ = end;
    if (needs_decoding(text)) {
        buffer_.clear();
        append_decoded(buffer_, text, decode ? ReferenceIn::text : ReferenceIn::nothing);
        text = tree_.keep(buffer_);
    }
    return {.kind = TokenKind::text, .text = text};
}

Token Tokenizer::raw_text() {
    std::size_t end = page_.size();
    if (mode_ == TextMode::script) {
        end = script_end();
    } else if (mode_ != TextMode::plaintext) {
        end = at_;
        while (end < page_.size() && !ends_raw_text(end, element_))
            end = std::min(page_.find('<', end + 1), page_.size());
    }
    const bool decode = mode_ == TextMode::rcdata;
    mode_ = TextMode::data;
    return text_token(end, decode);
}

bool Tokenizer::ends_raw_text(std::size_t begin, std::string_view name) const {
    if (at(begin) != '<' || at(begin + 1) != '/') return false;
    if (!same_letters(page_.substr(begin + 2, name.size()), name)) return false;
    const char behind = at(begin + 2 + name.size());
    return is_blank(behind) || behind == '/' || behind == '>';
}

/// Where the end tag of a script is. Within a comment a script may write scripts.
std::size_t Tokenizer::script_end() const {
    const auto script_at = [&](std::size_t begin) {
        const char behind = at(begin + 6);
        return same_letters(page_.substr(begin, 6), "script") &&
               (is_blank(behind) || behind == '/' || behind == '>');
    };
    bool escaped = false, twice = false;
    for (std::size_t i = at_; i < page_.size(); ++i) {
        if (page_[i] == '<') {
            if (!escaped && page_.substr(i).starts_with("<!--")) {
                escaped = true;
                ++i;
            } else if (at(i + 1) == '/' && script_at(i + 2)) {
                if (!twice) return i;
                twice = false;
            } else if (escaped && script_at(i + 1)) {
                twice = true;
            }
        } else if (escaped && page_[i] == '-' && page_.substr(i).starts_with("-->")) {
            escaped = twice = false;
        }
    }
    return page_.size();
}

void Tokenizer::skip_comment() {
    at_ += 4;
    if (at(at_) == '>' || (at(at_) == '-' && at(at_ + 1) == '>')) {
        at_ = page_.find('>', at_) + 1;
        return;
    }
    for (at_ = page_.find("--", at_); at_ != std::string_view::npos;
         at_ = page_.find("--", at_ + 1)) {
        const std::size_t behind = at(at_ + 2) == '!' ? at_ + 3 : at_ + 2;
        if (at(behind) == '>') {
            at_ = behind + 1;
            return;
        }
    }
    at_ = page_.size();
}

/// Reads a start or an end tag; false where the page ends within it.
bool Tokenizer::read_tag(Token& token) {
    const std::size_t tag_begin = at_;
    const bool end_tag = page_[at_ + 1] == '/';
    token.kind = end_tag ? TokenKind::end_tag : TokenKind::start_tag;
    const std::size_t begin = at_ + (end_tag ? 2 : 1);
    at_ = begin;
    while (at_ < page_.size() && !is_blank(page_[at_]) && page_[at_] != '/' && page_[at_] != '>')
        ++at_;
    token.text = lower(page_.substr(begin, at_ - begin));
    token.tag = tag_of(token.text);
    if (token.tag != Tag::other) token.text = name_of(token.tag);
    if (read_attributes(token)) return true;
    bytes_in_open_tag_ = page_.size() - tag_begin;
    at_ = page_.size();
    return false;
}

bool Tokenizer::read_attributes(Token& token) {
    attributes_.clear();
    const bool kept = token.kind == TokenKind::start_tag;
    while (true) {
        while (at_ < page_.size() && (is_blank(page_[at_]) || page_[at_] == '/')) {
            token.self_closing = page_[at_] == '/' && at(at_ + 1) == '>';
            ++at_;
        }
        if (at_ >= page_.size()) return false;
        if (page_[at_] == '>') break;
        const std::size_t begin = at_;
        if (page_[at_] == '=') ++at_;
        while (at_ < page_.size() && !is_blank(page_[at_]) && page_[at_] != '/' &&
               page_[at_] != '>' && page_[at_] != '=') {
            ++at_;
        }
        const std::string_view raw_name = page_.substr(begin, at_ - begin);
        std::size_t equals = at_;
        while (is_blank(at(equals))) ++equals;
        std::string_view value;
        if (at(equals) == '=') {
            at_ = equals + 1;
            value = read_value();
            if (at_ >= page_.size()) return false;
        }
        if (!kept) continue;
        if (attributes_.size() >= kAttributesMax) {
            attributes_cut_ = true;
            continue;
        }
        const std::string_view name = lower(raw_name);
        if (std::ranges::find(attributes_, name, &Attribute::name) == attributes_.end())
            attributes_.push_back({.name = name, .value = value});
    }
    ++at_;
    token.attributes = attributes_;
    return true;
}

/// The value behind the equals sign; the page's end where its quote is left open.
std::string_view Tokenizer::read_value() {
    while (is_blank(at(at_))) ++at_;
    const char quote = at(at_);
    std::string_view value;
    if (quote == '"' || quote == '\'') {
        const std::size_t end = page_.find(quote, at_ + 1);
        if (end == std::string_view::npos) {
            at_ = page_.size();
            return {};
        }
        value = page_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
    } else {
        const std::size_t begin = at_;
        while (at_ < page_.size() && !is_blank(page_[at_]) && page_[at_] != '>') ++at_;
        value = page_.substr(begin, at_ - begin);
    }
    if (!needs_decoding(value)) return value;
    buffer_.clear();
    append_decoded(buffer_, value, ReferenceIn::attribute);
    return tree_.keep(buffer_);
}

std::string_view Tokenizer::lower(std::string_view name) {
    return std::ranges::any_of(name, is_capital) ? tree_.keep(text::to_lower_ascii(name)) : name;
}

}  // namespace ingestor::extract::html
