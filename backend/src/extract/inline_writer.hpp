#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ingestor::extract {

/// How a run of text looks, as far as Markdown can say it.
struct TextStyle {
    bool bold = false;
    bool italic = false;
    bool struck = false;
    bool code = false;
    std::string url = {};  ///< Empty: no link.

    friend bool operator==(const TextStyle&, const TextStyle&) = default;
};

/// Puts runs of styled text together into one piece of inline Markdown. White space collapses into
/// single blanks, blanks move out of emphasis, runs alike are merged, and emphasis that CommonMark
/// would not read back (within words, beside punctuation) is left out rather than shown as stars.
class InlineWriter {
public:
    void text(std::string_view text, const TextStyle& style);
    /// Markdown that stands as it is: footnote marks, images.
    void markup(std::string_view markdown);
    /// A hard line break.
    void line_break();

    /// True where nothing but blanks was written.
    [[nodiscard]] bool blank() const { return blank_; }
    /// Bytes taken so far.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The inline Markdown; the writer is empty afterwards.
    [[nodiscard]] std::string take();

private:
    enum class Kind { text, markup, line_break };
    struct Run {
        Kind kind = Kind::text;
        std::string text;
        TextStyle style = {};
    };

    std::vector<Run> runs_;
    bool blank_ = true;
    std::size_t size_ = 0;
};

}  // namespace ingestor::extract
