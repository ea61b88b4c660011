#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "extract/formats/html/dom.hpp"

namespace ingestor::extract::html {

/// How far a search in the stack of open elements goes (HTML, 13.2.4.2).
enum class Scope : std::uint8_t { any, list_item, button, table };

/// True for elements that end a search for what an end tag could close ("special").
[[nodiscard]] bool is_special(const Node& node);
/// Elements of SVG and MathML that hold HTML.
[[nodiscard]] bool is_html_integration_point(const Node& node);
[[nodiscard]] bool is_mathml_text_integration_point(const Node& node);

/// The stack of open elements; the `html` element is never popped.
class OpenElements {
public:
    explicit OpenElements(Node& root) : nodes_{&root} {}

    [[nodiscard]] Node& current() const { return *nodes_.back(); }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] Node& operator[](std::size_t i) const { return *nodes_[i]; }
    void push(Node& node) { nodes_.push_back(&node); }
    void pop() {
        if (nodes_.size() > 1) nodes_.pop_back();
    }

    /// The place of the node in the stack; 0 where it is not open.
    [[nodiscard]] std::size_t find(const Node& node) const;
    /// The place of the last open element with the tag; 0 if none.
    [[nodiscard]] std::size_t find_last(Tag tag) const;
    [[nodiscard]] bool has_in_scope(Tag tag, Scope scope = Scope::any) const;
    [[nodiscard]] bool has_in_scope(const Node& node) const;
    [[nodiscard]] bool has_heading_in_scope() const;

    void resize(std::size_t size) { nodes_.resize(size < 1 ? 1 : size); }
    /// Pops the last element with the tag and all above it; nothing where none is open.
    void pop_through(Tag tag);
    /// Pops what stands above the last of the elements that the test is true for.
    template <class Test>
    void clear_back_to(Test test) {
        while (nodes_.size() > 1 && !test(*nodes_.back())) nodes_.pop_back();
    }
    void remove(const Node& node);
    void insert_behind(std::size_t place, Node& node);
    void replace(std::size_t place, Node& node) { nodes_[place] = &node; }

private:
    template <class Test>
    [[nodiscard]] bool in_scope(Scope scope, Test test) const;

    std::vector<Node*> nodes_;
};

}  // namespace ingestor::extract::html
