#include "extract/formats/html/active_formatting.hpp"

#include <algorithm>

namespace ingestor::extract::html {
namespace {

constexpr std::size_t kEntriesMax = 512;
/// Behind the last marker: what may be opened anew for a piece of text.
constexpr std::size_t kOpenedAnewMax = 64;
/// Elements alike that are kept ("Noah's Ark clause").
constexpr std::size_t kAlikeMax = 3;

bool alike(const Node& a, const Node& b) {
    return a.tag == b.tag && std::ranges::equal(a.attributes, b.attributes,
                                                [](const Attribute& x, const Attribute& y) {
                                                    return x.name == y.name && x.value == y.value;
                                                });
}

}  // namespace

std::size_t ActiveFormatting::behind_marker() const {
    std::size_t i = entries_.size();
    while (i > 0 && entries_[i - 1] != nullptr) --i;
    return i;
}

void ActiveFormatting::push(Node& node) {
    const std::size_t begin = behind_marker();
    std::size_t count = 0, oldest = begin;
    for (std::size_t i = entries_.size(); i-- > begin;) {
        if (!alike(*entries_[i], node)) continue;
        ++count;
        oldest = i;
    }
    if (count >= kAlikeMax) {
        remove_at(oldest);
    } else if (entries_.size() - begin >= kOpenedAnewMax) {
        remove_at(begin);
    }
    entries_.push_back(&node);
    if (entries_.size() > kEntriesMax) remove_at(0);
}

void ActiveFormatting::push_marker() {
    entries_.push_back(nullptr);
    if (entries_.size() > kEntriesMax) remove_at(0);
}

void ActiveFormatting::clear_to_marker() {
    entries_.resize(behind_marker());
    if (!entries_.empty()) entries_.pop_back();
}

void ActiveFormatting::remove(const Node& node) {
    std::erase(entries_, &node);
}

void ActiveFormatting::remove_at(std::size_t i) {
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
}

void ActiveFormatting::insert_at(std::size_t i, Node& node) {
    entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(std::min(i, entries_.size())),
                    &node);
}

std::size_t ActiveFormatting::find(const Node& node) const {
    return static_cast<std::size_t>(std::ranges::find(entries_, &node) - entries_.begin());
}

std::size_t ActiveFormatting::find_last(Tag tag) const {
    for (std::size_t i = entries_.size(); i > 0 && entries_[i - 1] != nullptr; --i) {
        if (entries_[i - 1]->tag == tag) return i - 1;
    }
    return entries_.size();
}

}  // namespace ingestor::extract::html
