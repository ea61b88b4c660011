#pragma once

#include <cstdint>
#include <vector>

#include "extract/formats/html/dom.hpp"
#include "extract/formats/html/part_names.hpp"

namespace ingestor::extract::html {

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
    bool holds_main = false;
    bool holds_title = false;  ///< The first heading of level one.
};

/// Tells the text of a web page from what stands around it, by evidence of the text itself; names
/// of classes tip a balance. See docs/adr/0032-html-as-browsers-read-it.md.
class MainContent {
public:
    MainContent(const Tree& tree, const Node* body);

    /// True for the root of a part that stands around the text: navigation, menus, footers,
    /// teasers, replies and their like.
    [[nodiscard]] bool is_boilerplate(const Node* element) const {
        return element->is_element() && left_out_[element->index];
    }
    /// The page's first level-one heading that is not hidden, or nullptr.
    [[nodiscard]] const Node* title_heading() const { return title_heading_; }

private:
    /// Where a part stands, seen from the root.
    enum class Side : std::uint8_t { inside, before, after };

    void measure(const Node* body);
    void choose_root(const Node* body);
    void judge(const Node* body);
    void mark_other_pages(const Node* parent);
    [[nodiscard]] bool heads_what_goes(const Node* heading, Side side) const;
    [[nodiscard]] int evidence(const Node* part, Side side) const;
    [[nodiscard]] const Measure& of(const Node* node) const { return measures_[node->index]; }
    [[nodiscard]] bool holds_much(const Measure& measure, unsigned percent) const;

    std::vector<Measure> measures_;
    std::vector<PartName> names_;
    std::vector<bool> hidden_;  ///< Of elements; what stands below one is not looked at.
    std::vector<bool> left_out_;
    std::vector<bool> behind_prose_;  ///< Behind the last line of prose within the root.
    std::vector<bool> other_pages_;   ///< Below a heading that says so.
    const Node* body_ = nullptr;
    const Node* root_ = nullptr;
    const Node* title_heading_ = nullptr;
    const Node* last_prose_ = nullptr;  ///< The last line of prose within the root.
};

}  // namespace ingestor::extract::html
