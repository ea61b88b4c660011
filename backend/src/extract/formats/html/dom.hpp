#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>

#include "extract/formats/html/tags.hpp"

namespace ingestor::extract::html {

enum class NodeKind : std::uint8_t { element, text };
enum class Namespace : std::uint8_t { html, svg, mathml };

struct Attribute {
    std::string_view name;  ///< In small letters.
    std::string_view value;
};

/// An element or a run of text of a page. Comments and document types are not kept; what a
/// `template` holds are its children.
struct Node {
    NodeKind kind = NodeKind::element;
    Namespace space = Namespace::html;
    Tag tag = Tag::other;
    std::uint32_t index = 0;  ///< In the order of making, below Tree::size().
    std::string_view text;    ///< Of an element its name, in small letters.
    std::span<const Attribute> attributes;
    Node* parent = nullptr;
    Node* first = nullptr;
    Node* last = nullptr;
    Node* previous = nullptr;
    Node* next = nullptr;

    [[nodiscard]] bool is_element() const { return kind == NodeKind::element; }
    [[nodiscard]] bool is_text() const { return kind == NodeKind::text; }
    /// An element of HTML with this tag.
    [[nodiscard]] bool is(Tag wanted) const {
        return kind == NodeKind::element && space == Namespace::html && tag == wanted;
    }
};

/// The nodes of a page and their text. Names and values point into its memory or into the text that
/// was parsed, which has to outlive it.
class Tree {
public:
    Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    /// The `html` element.
    [[nodiscard]] Node& root() { return *root_; }
    [[nodiscard]] const Node& root() const { return *root_; }
    [[nodiscard]] std::uint32_t size() const { return size_; }

    Node& make_element(Tag tag, std::string_view name, Namespace space,
                       std::span<const Attribute> attributes);
    Node& make_text(std::string_view text);
    /// A copy that lives as long as the tree.
    [[nodiscard]] std::string_view keep(std::string_view text);
    [[nodiscard]] std::span<const Attribute> keep(std::span<const Attribute> attributes);

private:
    Node& make();

    std::pmr::monotonic_buffer_resource memory_;
    std::uint32_t size_ = 0;
    Node* root_;
};

/// Puts a node that stands nowhere before `before`, or at the end where that is nullptr.
void insert(Node& parent, Node& node, Node* before = nullptr);
/// Takes the node from where it stands, with all below it.
void detach(Node& node);

/// The value of an attribute; empty where there is none.
[[nodiscard]] std::string_view attribute(const Node* node, std::string_view name);
[[nodiscard]] std::string_view attribute(std::span<const Attribute> attributes,
                                         std::string_view name);
[[nodiscard]] bool has_attribute(const Node* node, std::string_view name);
/// The first child element of HTML with this tag, or nullptr.
[[nodiscard]] const Node* child(const Node* node, Tag tag);
/// All text below the node.
[[nodiscard]] std::string text_of(const Node* node);
/// True where an ancestor is an element of this tag.
[[nodiscard]] bool inside(const Node* node, Tag tag);

/// Calls `enter(node)` for the node and all below it, in the page's order, and `leave(node)` behind
/// what stands in it. Where `enter` says false, nothing below is visited. Without recursion.
template <class AnyNode, class Enter, class Leave>
void walk(AnyNode* root, Enter enter, Leave leave) {
    AnyNode* at = root;
    while (true) {
        if (enter(at) && at->first != nullptr) {
            at = at->first;
            continue;
        }
        leave(at);
        while (at != root && at->next == nullptr) {
            at = at->parent;
            leave(at);
        }
        if (at == root) return;
        at = at->next;
    }
}

template <class AnyNode, class Enter>
void walk(AnyNode* root, Enter enter) {
    walk(root, enter, [](const Node*) {});
}

}  // namespace ingestor::extract::html
