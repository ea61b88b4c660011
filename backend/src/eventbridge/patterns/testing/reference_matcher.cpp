#include "eventbridge/patterns/testing/reference_matcher.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "eventbridge/patterns/case_folding.hpp"
#include "eventbridge/patterns/json_scanner.hpp"
#include "eventbridge/patterns/number.hpp"

namespace ingestor::eventbridge::patterns::testing {

namespace {

using Token = JsonScanner::Token;

/// A scalar of the event: a string, or the text of a number or a word.
struct Leaf {
    std::string path;
    bool is_string = false;
    std::string text;
    std::vector<std::pair<int, int>> elements;  ///< Array and index, from the outside in.
};

class Flattener {
public:
    explicit Flattener(std::string_view event) : scanner_(event) {}

    std::vector<Leaf> flatten() {
        scanner_.next().value();  // The bracket of the event.
        add_object("");
        return std::move(leaves_);
    }

private:
    void add(const std::string& path, Token token) {
        if (token == Token::begin_object) return add_object(path + ".");
        if (token == Token::begin_array) return add_array(path);
        const bool is_string = token == Token::string;
        leaves_.push_back(
            {.path = path,
             .is_string = is_string,
             .text = is_string ? scanner_.string().value() : std::string(scanner_.word()),
             .elements = elements_});
    }

    void add_object(const std::string& prefix) {
        for (auto token = scanner_.next().value(); token != Token::end_object;
             token = scanner_.next().value()) {
            if (token == Token::comma) continue;
            const auto name = scanner_.string().value();
            scanner_.next().value();  // The colon.
            add(prefix + name, scanner_.next().value());
        }
    }

    void add_array(const std::string& path) {
        elements_.emplace_back(arrays_++, 0);
        for (auto token = scanner_.next().value(); token != Token::end_array;
             token = scanner_.next().value()) {
            if (token == Token::comma) continue;
            add(path, token);
            ++elements_.back().second;
        }
        elements_.pop_back();
    }

    JsonScanner scanner_;
    std::vector<Leaf> leaves_;
    std::vector<std::pair<int, int>> elements_;
    int arrays_ = 0;
};

bool matches_wildcard(std::string_view wildcard, std::string_view value) {
    if (wildcard.empty()) return value.empty();
    if (wildcard.front() == '*') {
        return matches_wildcard(wildcard.substr(1), value) ||
               (!value.empty() && matches_wildcard(wildcard, value.substr(1)));
    }
    if (wildcard.front() == '\\') wildcard.remove_prefix(1);
    return !value.empty() && wildcard.front() == value.front() &&
           matches_wildcard(wildcard.substr(1), value.substr(1));
}

std::optional<double> comparable(const Leaf& leaf) {
    if (leaf.is_string) return std::nullopt;
    const auto value = parse_number(leaf.text);
    return value && is_comparable(leaf.text, *value) ? value : std::nullopt;
}

struct Test {
    const Leaf& leaf;

    bool operator()(Literal literal) const {
        const std::string_view word = literal == Literal::null  ? "null"
                                      : literal == Literal::yes ? "true"
                                                                : "false";
        return !leaf.is_string && leaf.text == word;
    }
    bool operator()(const Text& text) const {
        if (!leaf.is_string) return false;
        std::string value = leaf.text;
        if (text.ignore_case) fold_case(leaf.text, value);
        switch (text.test) {
            case Text::Test::equals:
                return value == text.operand;
            case Text::Test::prefix:
                return value.starts_with(text.operand);
            case Text::Test::suffix:
                return value.ends_with(text.operand);
            case Text::Test::wildcard:
                return matches_wildcard(text.operand, value);
        }
        return false;
    }
    bool operator()(const Number& number) const {
        const auto value = comparable(leaf);
        return value && !(*value < number.value) && !(number.value < *value);
    }
    bool operator()(const NumberText& number) const {
        return !leaf.is_string && !comparable(leaf) && leaf.text == number.text;
    }
    bool operator()(const NumberRange& range) const {
        const auto value = comparable(leaf);
        return value && (range.low_included ? *value >= range.low : *value > range.low) &&
               (range.high_included ? *value <= range.high : *value < range.high);
    }
    bool operator()(const AddressRange& range) const {
        const auto address = leaf.is_string ? parse_address(leaf.text) : std::nullopt;
        return address && range.low <= *address && *address <= range.high;
    }
    bool operator()(const Exists& exists) const { return exists.wanted; }
    bool operator()(const AnythingBut& but) const {
        return std::ranges::none_of(but.excluded,
                                    [this](const auto& each) { return std::visit(*this, each); });
    }
};

class Search {
public:
    Search(const Conjunction& conjunction, const std::vector<Leaf>& leaves)
        : conjunction_(conjunction), leaves_(leaves) {}

    bool succeeds_from(std::size_t at) {
        if (at == conjunction_.size()) return true;
        const auto& condition = conjunction_[at];
        bool any_fits = false;
        for (const auto& leaf : leaves_) {
            if (leaf.path != condition.path || !fits(leaf)) continue;
            any_fits = true;
            const auto met = [&leaf](const Alternative& alternative) {
                return std::visit(Test{leaf}, alternative);
            };
            if (std::ranges::none_of(condition.alternatives, met)) continue;
            const auto kept = bound_;
            for (const auto& [array, index] : leaf.elements) bound_[array] = index;
            if (succeeds_from(at + 1)) return true;
            bound_ = kept;
        }
        const auto asks_absence = [](const Alternative& alternative) {
            const auto* exists = std::get_if<Exists>(&alternative);
            return exists != nullptr && !exists->wanted;
        };
        return !any_fits && std::ranges::any_of(condition.alternatives, asks_absence) &&
               succeeds_from(at + 1);
    }

private:
    bool fits(const Leaf& leaf) const {
        return std::ranges::all_of(leaf.elements, [this](const auto& element) {
            const auto known = bound_.find(element.first);
            return known == bound_.end() || known->second == element.second;
        });
    }

    const Conjunction& conjunction_;
    const std::vector<Leaf>& leaves_;
    std::map<int, int> bound_;
};

}  // namespace

bool matches(const Pattern& pattern, std::string_view event) {
    const auto leaves = Flattener(event).flatten();
    return std::ranges::any_of(pattern.conjunctions, [&leaves](const Conjunction& conjunction) {
        return Search(conjunction, leaves).succeeds_from(0);
    });
}

}  // namespace ingestor::eventbridge::patterns::testing
