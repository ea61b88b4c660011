#pragma once

#include <cstddef>
#include <vector>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// The list of active formatting elements (HTML, 13.2.4.3): what is opened anew where it was left
/// open. A marker is a null pointer. Bounded: the oldest go first.
class ActiveFormatting {
public:
    void push(Node& node);
    void push_marker();
    void clear_to_marker();

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    /// nullptr for a marker.
    [[nodiscard]] Node* operator[](std::size_t i) const { return entries_[i]; }
    void replace(std::size_t i, Node& node) { entries_[i] = &node; }
    void remove(const Node& node);
    void remove_at(std::size_t i);
    void insert_at(std::size_t i, Node& node);

    /// The place of the node, or size().
    [[nodiscard]] std::size_t find(const Node& node) const;
    /// The place of the last element with the name behind the last marker, or size().
    [[nodiscard]] std::size_t find_last(Tag tag) const;

private:
    [[nodiscard]] std::size_t behind_marker() const;

    std::vector<Node*> entries_;
};

}  // namespace ingestor::extract::html
