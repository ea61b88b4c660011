#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "extract/model/document.hpp"

namespace ingestor::extract::render {

/// Escapes what Markdown would take for markup within a line, and nothing more: prose stays
/// readable (an underscore inside a word, a lone asterisk between blanks, `1 < 2` stay as they
/// are).
[[nodiscard]] std::string escape_inline(std::string_view text);

/// `[text](url)` with the URL made safe to stand there; just the text for schemes other than http,
/// https, mailto, ftp and relative references (a document's link must not run anything).
[[nodiscard]] std::string link(std::string_view inline_text, std::string_view url);

/// Runs as inline Markdown, hard breaks as "  \n". Emphasis that CommonMark would not read back
/// (within words, beside punctuation) is left out rather than shown as stars.
[[nodiscard]] std::string inline_markdown(const model::Inlines& inlines);

[[nodiscard]] std::string code_span(std::string_view text);
/// An image; one without a safe source keeps its words.
[[nodiscard]] std::string picture_markdown(std::string_view words, std::string_view source);
/// `$…$`.
[[nodiscard]] std::string formula_markdown(std::string_view text);

/// White space of Markdown.
[[nodiscard]] bool is_blank(char c);
/// Bytes of multi-byte characters count as part of a word: an underscore between them marks
/// nothing.
[[nodiscard]] bool is_word(char c);

/// Where a backslash must go so that a line of prose does not start a block; npos if nowhere.
[[nodiscard]] std::size_t block_mark_in(std::string_view line);
[[nodiscard]] std::size_t longest_run(std::string_view text, char of);

/// Without the white space of Markdown around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// `(line, is_last)` for each line of inline text, without the blanks around it.
template <class Visit>
void each_line(std::string_view text, Visit visit) {
    text = trimmed(text);
    while (true) {
        const std::size_t end = text.find('\n');
        const bool last = end == std::string_view::npos;
        visit(trimmed(text.substr(0, end)), last);
        if (last) return;
        text.remove_prefix(end + 1);
    }
}

/// The lines that hold anything.
[[nodiscard]] std::string joined_lines(std::string_view text, std::string_view separator);

}  // namespace ingestor::extract::render
