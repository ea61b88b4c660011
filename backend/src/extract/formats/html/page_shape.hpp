#pragma once

#include <cstdint>
#include <vector>

#include "extract/formats/html/dom.hpp"
#include "extract/formats/html/part_features.hpp"
#include "extract/formats/html/part_measures.hpp"

namespace ingestor::extract::html {

/// Where a part stands, seen from the element that holds nearly all of the text (the root).
enum class Side : std::uint8_t { inside, before, after };

/// How the parts of a page lie around its text, and what is known of each as numbers. `parts` has
/// to outlive it.
class PageShape {
public:
    PageShape(const PartMeasures& parts, const Node* body, const Node* root);

    [[nodiscard]] Side side_of(const Node* node) const { return sides_[node->index]; }
    /// True for the root and what it stands in.
    [[nodiscard]] bool on_path(const Node* node) const { return on_path_[node->index]; }
    /// Behind the last line of prose within the root.
    [[nodiscard]] bool behind_prose(const Node* node) const { return behind_prose_[node->index]; }
    /// Below a heading that says that it leads to other pages.
    [[nodiscard]] bool other_pages(const Node* node) const { return other_pages_[node->index]; }
    /// The last line of prose within the root, or nullptr.
    [[nodiscard]] const Node* last_prose() const { return last_prose_; }
    /// Letters of prose within the root.
    [[nodiscard]] std::uint32_t root_prose() const;

    [[nodiscard]] PartFeatures features(const Node* part) const;

private:
    [[nodiscard]] const Measure& of(const Node* node) const { return parts_.of(node); }
    void place(const Node* body);
    void find_last_prose();
    void mark_other_pages(const Node* parent);
    void put_place(const Measure& size, PartFeatures& out) const;
    void put_kind(const Node* part, PartFeatures& out) const;

    const PartMeasures& parts_;
    const Node* root_;
    const Node* last_prose_ = nullptr;
    std::vector<bool> on_path_, behind_prose_, other_pages_;
    std::vector<bool> headed_;  ///< Within what stands below such a heading.
    std::vector<Side> sides_;
    std::vector<std::uint16_t> off_path_;        ///< Levels below the path to the root.
    std::vector<std::uint32_t> around_;          ///< What the elements around are, as bits.
    std::vector<std::uint32_t> shapes_;          ///< Elements that are as this one.
    std::vector<std::uint32_t> prose_to_;        ///< Of the lines before.
    std::size_t root_begin_ = 0, root_end_ = 0;  ///< Lines.
};

}  // namespace ingestor::extract::html
