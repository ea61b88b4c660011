#pragma once

#include <unordered_map>

#include <libxml/tree.h>

namespace ingestor::extract {

/// Tells the article of a web page from what stands around it, by signals that pages of many makers
/// share: what browsers hide, landmarks and roles, the share of text that is links, and words in
/// class and id where the text does not speak against them. One pass over the tree measures each
/// element; questions are answered from that.
class Boilerplate {
public:
    explicit Boilerplate(const xmlNode* root);

    /// Never text: scripts, styles, hidden elements, controls. Holds within articles, too.
    [[nodiscard]] static bool is_hidden(const xmlNode* element);
    /// Navigation, menus, footers, sidebars and their like.
    [[nodiscard]] bool is_boilerplate(const xmlNode* element) const;
    /// The element that holds the article: a `main`, the one `article`, or the body.
    [[nodiscard]] const xmlNode* article() const { return article_; }
    /// The page's first level-one heading that is not hidden, or nullptr.
    [[nodiscard]] const xmlNode* title_heading() const { return title_heading_; }

private:
    struct Measure {
        std::size_t text = 0;
        std::size_t link_text = 0;
        std::size_t links = 0;
        bool holds_article = false;
        bool prose = false;  ///< Has a paragraph that is no link and no label.
    };

    void measure(const xmlNode* root);
    void choose_article(const xmlNode* root);

    std::unordered_map<const xmlNode*, Measure> measures_;
    const xmlNode* article_ = nullptr;
    const xmlNode* title_heading_ = nullptr;
    std::size_t text_total_ = 0;
};

}  // namespace ingestor::extract
