#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "extract/formats/html/dom.hpp"
#include "extract/formats/html/part_names.hpp"

namespace ingestor::extract::html {

/// Elements that begin a line of their own.
[[nodiscard]] bool is_line(const Node* node);
/// Elements that are judged as a whole.
[[nodiscard]] bool is_part(const Node* node);
/// `part` of `whole` in percent is at least so much.
[[nodiscard]] bool share(std::uint64_t part, std::uint64_t whole, std::uint64_t percent);
/// The letters without blanks, in bytes.
[[nodiscard]] std::uint32_t letters_of(std::string_view text);

/// True for a link or a span beside text: without it a sentence would have a hole.
[[nodiscard]] bool is_within_sentence(const Node* part);
/// The first line of a part, where that is short.
[[nodiscard]] std::string first_line(const Node* part, const std::vector<bool>& hidden);

/// What a reader sees of an element and all below it; of texts the letters without blanks.
struct Measure {
    std::uint32_t text = 0;
    std::uint32_t link_text = 0;
    std::uint32_t prose = 0;    ///< In lines of sentences that are no links.
    std::uint32_t content = 0;  ///< Text beyond links, labels counting little.
    std::uint32_t links = 0;
    std::uint32_t fields = 0;    ///< Of forms.
    std::uint32_t articles = 0;  ///< `article` elements below.
    std::uint32_t repeats = 0;   ///< Children that are alike, each with a link.
    std::uint32_t titles = 0;    ///< Headings that are links to other pages.
    std::uint32_t signs = 0;     ///< `cite` and `time`: who wrote, and when.
    std::uint32_t teasers = 0;   ///< Children with such a heading.
    std::uint32_t replies = 0;   ///< Children that are signed.
    std::uint32_t pictures = 0;
    std::uint32_t headings = 0;
    std::uint32_t copyrights = 0;    ///< Signs of it.
    std::uint32_t social_links = 0;  ///< To pages of networks, and to share this one.
    std::uint32_t own_links = 0;     ///< To places on the page, to scripts, mail and telephones.
    std::uint32_t rel_links = 0;     ///< That say they lead to a tag, an author, a category.
    std::uint32_t paid_links = 0;
    std::uint32_t buttons = 0;
    std::uint32_t embeds = 0;
    std::uint32_t line_begin = 0, line_end = 0;  ///< The lines that its text stands in.
    bool holds_main = false;
    bool holds_title = false;  ///< The first heading of level one.
};

/// 1..6 of a heading, or of an element that holds little else; 0 of others.
[[nodiscard]] int label_rank(const Node* node, const Measure& measure);

/// Text that stands on one line, as far as elements part lines.
struct Line {
    std::uint32_t text = 0;
    std::uint32_t link_text = 0;
    std::uint32_t marks = 0;  ///< That part or end sentences.
    std::uint32_t digits = 0;
    std::uint32_t capitals = 0;
    std::uint32_t slanted = 0;  ///< In italics or small type.
    std::uint32_t bold = 0;
    std::uint32_t pictures = 0;  ///< Between the line before and its end.
    std::uint64_t hash = 0;
    std::uint32_t alike = 0;  ///< Lines of the page with the same text, itself among them.
    bool sentence = false;    ///< Ends as one.
    bool colon = false;
    bool prose = false;
};

/// The measures of all elements of a page, and its lines.
struct PartMeasures {
    PartMeasures(const Tree& tree, const Node* body);

    [[nodiscard]] const Measure& of(const Node* node) const { return measures[node->index]; }

    std::vector<Measure> measures;
    std::vector<PartName> names;
    std::vector<bool> hidden;  ///< Of elements; what stands below one is not looked at.
    std::vector<Line> lines;
    const Node* title_heading = nullptr;
};

}  // namespace ingestor::extract::html
