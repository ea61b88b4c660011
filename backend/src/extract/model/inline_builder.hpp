#pragma once

#include <cstddef>
#include <string_view>

#include "extract/model/inline.hpp"

namespace ingestor::extract::model {

/// Puts runs of styled text together into one line's worth of inlines. White space collapses into
/// single blanks, runs alike are merged, and nothing begins or ends with a blank or a break.
class InlineBuilder {
public:
    void text(std::string_view text, const Style& style);
    /// What is no text: a picture, a formula, a reference.
    void put(Inline item);
    /// A hard line break.
    void line_break();
    /// A list of inlines made elsewhere.
    void append(const Inlines& items);

    /// True where nothing but blanks and breaks was put.
    [[nodiscard]] bool blank() const { return blank_; }
    [[nodiscard]] bool ends_in(InlineKind kind) const {
        return !items_.empty() && items_.back().kind == kind;
    }
    /// Bytes taken so far.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// The inlines; the builder is empty afterwards.
    [[nodiscard]] Inlines take();

private:
    Inlines items_;
    bool blank_ = true;
    std::size_t size_ = 0;
};

/// Plain text in one run, its white space collapsed.
[[nodiscard]] Inlines plain(std::string_view text);

}  // namespace ingestor::extract::model
