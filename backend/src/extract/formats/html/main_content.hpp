#pragma once

#include <vector>

#include "extract/formats/html/dom.hpp"
#include "extract/formats/html/page_shape.hpp"
#include "extract/formats/html/part_measures.hpp"

namespace ingestor::extract::html {

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
    [[nodiscard]] const Node* title_heading() const { return parts_.title_heading; }

    // For training (bench/web_parts.cpp):
    [[nodiscard]] const PartMeasures& measures() const { return parts_; }
    [[nodiscard]] const PageShape& shape() const { return shape_; }
    /// True for a part that may go by itself.
    [[nodiscard]] bool may_go(const Node* node) const;
    /// False for what the learned rules may not take out of a page.
    [[nodiscard]] bool may_go_by_rules(const Node* part, const PartFeatures& features) const;
    /// Points for its standing around the text.
    [[nodiscard]] int evidence(const Node* part) const;

private:
    void judge(const Node* body);
    [[nodiscard]] bool is_around(const Node* part) const;
    [[nodiscard]] bool heads_what_goes(const Node* heading) const;
    [[nodiscard]] const Measure& of(const Node* node) const { return parts_.of(node); }
    [[nodiscard]] bool holds_much(const Measure& measure, unsigned percent) const;

    const Node* body_;
    PartMeasures parts_;
    const Node* root_;
    PageShape shape_;
    std::vector<bool> left_out_;
};

}  // namespace ingestor::extract::html
