#include "extract/formats/html/dom.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace ingestor::extract::html {

Tree::Tree() : root_(&make_element(Tag::html, name_of(Tag::html), Namespace::html, {})) {}

Node& Tree::make() {
    Node* const node = new (memory_.allocate(sizeof(Node), alignof(Node))) Node;
    node->index = size_++;
    return *node;
}

Node& Tree::make_element(Tag tag, std::string_view name, Namespace space,
                         std::span<const Attribute> attributes) {
    Node& node = make();
    node.tag = tag;
    node.text = name;
    node.space = space;
    node.attributes = attributes;
    return node;
}

Node& Tree::make_text(std::string_view text) {
    Node& node = make();
    node.kind = NodeKind::text;
    node.text = text;
    return node;
}

std::string_view Tree::keep(std::string_view text) {
    if (text.empty()) return {};
    char* const memory = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::ranges::copy(text, memory);
    return {memory, text.size()};
}

std::span<const Attribute> Tree::keep(std::span<const Attribute> attributes) {
    if (attributes.empty()) return {};
    auto* const memory =
        static_cast<Attribute*>(memory_.allocate(attributes.size_bytes(), alignof(Attribute)));
    std::ranges::uninitialized_copy(attributes, std::span(memory, attributes.size()));
    return {memory, attributes.size()};
}

void insert(Node& parent, Node& node, Node* before) {
    node.parent = &parent;
    node.next = before;
    node.previous = before == nullptr ? parent.last : before->previous;
    (node.previous == nullptr ? parent.first : node.previous->next) = &node;
    (before == nullptr ? parent.last : before->previous) = &node;
}

void detach(Node& node) {
    if (node.parent == nullptr) return;
    (node.previous == nullptr ? node.parent->first : node.previous->next) = node.next;
    (node.next == nullptr ? node.parent->last : node.next->previous) = node.previous;
    node.parent = node.previous = node.next = nullptr;
}

std::string_view attribute(const Node* node, std::string_view name) {
    return node == nullptr ? std::string_view() : attribute(node->attributes, name);
}

std::string_view attribute(std::span<const Attribute> attributes, std::string_view name) {
    const auto found = std::ranges::find(attributes, name, &Attribute::name);
    return found == attributes.end() ? std::string_view() : found->value;
}

bool has_attribute(const Node* node, std::string_view name) {
    return std::ranges::find(node->attributes, name, &Attribute::name) != node->attributes.end();
}

const Node* child(const Node* node, Tag tag) {
    for (const Node* at = node == nullptr ? nullptr : node->first; at != nullptr; at = at->next) {
        if (at->is(tag)) return at;
    }
    return nullptr;
}

std::string text_of(const Node* node) {
    std::string out;
    walk(node, [&](const Node* at) {
        if (at->is_text()) out += at->text;
        return true;
    });
    return out;
}

bool inside(const Node* node, Tag tag) {
    for (const Node* at = node->parent; at != nullptr; at = at->parent) {
        if (at->is(tag)) return true;
    }
    return false;
}

}  // namespace ingestor::extract::html
