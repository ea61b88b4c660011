#include "eventbridge/patterns/rule_set.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

namespace ingestor::eventbridge::patterns {

namespace {

template <class Value>
std::string_view bytes_of(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

void append_counted(std::string& key, std::string_view part) {
    const auto size = static_cast<std::uint32_t>(part.size());
    key += bytes_of(size);
    key += part;
}

/// Bytes that are equal where the alternatives are.
struct Serializer {
    std::string& key;

    void operator()(Literal literal) const { key += static_cast<char>(literal); }
    void operator()(const Text& text) const {
        key += static_cast<char>(text.test);
        key += text.ignore_case ? '\1' : '\0';
        append_counted(key, text.operand);
    }
    void operator()(const Number& number) const { key += bytes_of(number.value); }
    void operator()(const NumberText& number) const { append_counted(key, number.text); }
    void operator()(const NumberRange& range) const {
        key += bytes_of(range.low);
        key += bytes_of(range.high);
        key += range.low_included ? '\1' : '\0';
        key += range.high_included ? '\1' : '\0';
    }
    void operator()(const AddressRange& range) const {
        key += bytes_of(range.low);
        key += bytes_of(range.high);
    }
    void operator()(const Exists& exists) const { key += exists.wanted ? '\1' : '\0'; }
    void operator()(const AnythingBut& but) const {
        for (const auto& excluded : but.excluded) {
            key += static_cast<char>(excluded.index());
            std::visit(*this, excluded);
        }
    }
};

std::string serialize(std::uint32_t field, const std::vector<Alternative>& alternatives) {
    std::vector<std::string> parts;
    for (const auto& alternative : alternatives) {
        auto& part = parts.emplace_back(1, static_cast<char>(alternative.index()));
        std::visit(Serializer{part}, alternative);
    }
    std::ranges::sort(parts);
    const auto [from, to] = std::ranges::unique(parts);
    parts.erase(from, to);
    std::string key(bytes_of(field));
    for (const auto& part : parts) append_counted(key, part);
    return key;
}

}  // namespace

class RuleSet::Builder::Impl {
public:
    Impl() { add_node(0, ""); }

    std::uint32_t add(const Pattern& pattern) {
        const auto rule = static_cast<std::uint32_t>(set_.rules_++);
        for (const auto& conjunction : pattern.conjunctions) {
            std::vector<std::uint32_t> conditions;
            std::vector<std::uint32_t> nodes;
            for (const auto& condition : conjunction) {
                nodes.push_back(node_of(condition.path));
                conditions.push_back(condition_of(nodes.back(), condition.alternatives));
            }
            const auto number = conjunction_of(conditions);
            if (joins(nodes)) joint_[number] = true;
            rules_.emplace_back(number, rule);
        }
        return rule;
    }

    RuleSet build() {
        const auto triggered = list_conjunctions();
        std::vector<EffectTable::Place> places;
        const auto effects = words_of(effects_, texts_.size(), triggered);
        set_.effects_ = EffectTable(std::move(texts_), effects, places);
        set_.wildcard_effects_ = words_of(wildcard_effects_, set_.wildcards_.size(), triggered);
        build_tree();
        for (std::size_t i = 0; i < set_.fields_.size(); ++i) finish_field(i, places);
        return std::move(set_);
    }

private:
    struct Edge {
        std::uint32_t parent;
        std::uint32_t node;
        std::string name;
    };

    /// Each code becomes the words of an effect.
    static PostingLists words_of(const PostingLists::Pairs& codes, std::size_t lists,
                                 std::span<const ConjunctionLists::List> triggered) {
        PostingLists::Pairs words;
        words.reserve(codes.size() * Effect::kWords);
        for (const auto& [list, code] : codes) {
            const Effect effect(code, 0);
            words.emplace_back(list, code);
            words.emplace_back(list,
                               effect.kind == Effect::Kind::meets ? triggered[effect.number] : 0);
        }
        return {words, lists};
    }

    /// What was told the numbers of texts is told their places.
    void finish_field(std::size_t number, std::span<const EffectTable::Place> places) {
        auto& field = set_.fields_[number];
        for (auto& literal : field.literals) {
            if (literal != kNone) literal = places[literal];
        }
        for (auto& tests : field.texts) tests.set_places(places);
        for (auto& tests : field.folded_texts) tests.set_places(places);
        field.numbers.set_places(places);
        for (auto& range : number_ranges_[number]) range.number = places[range.number];
        for (auto& range : address_ranges_[number]) range.number = places[range.number];
        field.number_ranges = IntervalIndex<double>(std::move(number_ranges_[number]));
        field.address_ranges = IntervalIndex<Address>(std::move(address_ranges_[number]));
    }

    std::uint32_t add_node(std::uint32_t parent, std::string_view name) {
        const auto node = static_cast<std::uint32_t>(set_.nodes_.size());
        set_.nodes_.emplace_back();
        parents_.push_back(parent);
        if (node > 0) edges_.push_back({.parent = parent, .node = node, .name = std::string(name)});
        return node;
    }

    std::uint32_t node_of(std::string_view path) {
        std::uint32_t node = 0;
        while (true) {
            const auto dot = path.find('.');
            const auto name = path.substr(0, dot);
            const auto known = texts_.size();
            const auto number = texts_.insert(in(Space::child, node), name);
            if (number == known) {
                const auto child = add_node(node, name);
                effects_.emplace_back(number, Effect::encode(Effect::Kind::leads, child));
                children_.resize(number + 1, kNone);
                children_[number] = child;
            }
            node = children_[number];
            if (dot == std::string_view::npos) return node;
            path.remove_prefix(dot + 1);
        }
    }

    std::uint32_t field_of(std::uint32_t node) {
        auto& field = set_.nodes_[node].field;
        if (field == kNone) {
            field = static_cast<std::uint32_t>(set_.fields_.size());
            set_.fields_.emplace_back();
            number_ranges_.emplace_back();
            address_ranges_.emplace_back();
        }
        return field;
    }

    std::uint32_t condition_of(std::uint32_t node, const std::vector<Alternative>& alternatives) {
        const auto field = field_of(node);
        const auto known = known_.size();
        const auto condition = known_.insert(0, serialize(field, alternatives));
        if (condition != known) return condition;
        auto& info = set_.conditions_.emplace_back();
        info.field = field;
        info.anything_but_begin = static_cast<std::uint32_t>(set_.anything_buts_);
        const auto effect = Effect::encode(Effect::Kind::meets, condition);
        bool can_be_met = false;
        const auto add = [&]<class Tested>(const Tested& tested) {
            if constexpr (std::is_same_v<Tested, Exists>) {
                (tested.wanted ? info.exists : info.absent) = true;
            } else if constexpr (std::is_same_v<Tested, AnythingBut>) {
                add_anything_but(field, tested);
            } else {
                can_be_met = true;
                add_test(field, tested, effect);
            }
        };
        for (const auto& alternative : alternatives) std::visit(add, alternative);
        info.anything_but_end = static_cast<std::uint32_t>(set_.anything_buts_);
        if (can_be_met) ++set_.fields_[field].conditions;
        return condition;
    }

    void add_anything_but(std::uint32_t field, const AnythingBut& but) {
        const auto number = static_cast<std::uint32_t>(set_.anything_buts_++);
        const auto effect = Effect::encode(Effect::Kind::excludes, number);
        set_.fields_[field].has_anything_but = true;
        for (const auto& excluded : but.excluded) {
            std::visit([&](const auto& tested) { add_test(field, tested, effect); }, excluded);
        }
    }

    std::uint32_t add_text(Space space, std::uint32_t field, std::string_view text,
                           std::uint32_t effect) {
        const auto number = texts_.insert(in(space, field), text);
        effects_.emplace_back(number, effect);
        return number;
    }

    void add_test(std::uint32_t field, Literal literal, std::uint32_t effect) {
        const char byte = static_cast<char>(literal);
        set_.fields_[field].literals.at(static_cast<std::size_t>(literal)) =
            add_text(Space::literal, field, {&byte, 1}, effect);
    }

    void add_test(std::uint32_t field, const Number& number, std::uint32_t effect) {
        set_.fields_[field].has_numbers = true;
        const auto text = bytes_of(number.value);
        const auto known = texts_.size();
        const auto place = add_text(Space::number, field, text, effect);
        if (place == known) set_.fields_[field].numbers.add(text, place);
    }

    void add_test(std::uint32_t field, const NumberText& number, std::uint32_t effect) {
        set_.fields_[field].has_number_texts = true;
        add_text(Space::number_text, field, number.text, effect);
    }

    void add_test(std::uint32_t field, const NumberRange& range, std::uint32_t effect) {
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        set_.fields_[field].has_numbers = true;
        std::string key;
        Serializer{key}(range);
        const auto known = texts_.size();
        const auto number = add_text(Space::number_range, field, key, effect);
        if (number != known) return;
        number_ranges_[field].push_back(
            {.low = range.low_included ? range.low : std::nextafter(range.low, kInfinity),
             .high = range.high_included ? range.high : std::nextafter(range.high, -kInfinity),
             .number = number});
    }

    void add_test(std::uint32_t field, const AddressRange& range, std::uint32_t effect) {
        set_.fields_[field].has_addresses = true;
        if (range.low == range.high) {
            add_text(Space::address, field, bytes_of(range.low), effect);
            return;
        }
        std::string key;
        Serializer{key}(range);
        const auto known = texts_.size();
        const auto number = add_text(Space::address_range, field, key, effect);
        if (number != known) return;
        address_ranges_[field].push_back({.low = range.low, .high = range.high, .number = number});
    }

    void add_test(std::uint32_t field, const Text& text, std::uint32_t effect) {
        switch (text.test) {
            case Text::Test::equals:
                return add_part(field, Part::whole, text.ignore_case, text.operand, effect);
            case Text::Test::prefix:
                return add_part(field, Part::front, text.ignore_case, text.operand, effect);
            case Text::Test::suffix:
                return add_part(field, Part::back, text.ignore_case, text.operand, effect);
            case Text::Test::wildcard:
                return add_wildcard(field, Wildcard::parse(text.operand).value(), effect);
        }
    }

    void add_part(std::uint32_t field, Part part, bool ignore_case, std::string_view text,
                  std::uint32_t effect) {
        const auto known = texts_.size();
        const auto number = add_text(text_space(part, ignore_case), field, text, effect);
        if (number != known) return;
        auto& info = set_.fields_[field];
        if (ignore_case) info.has_folded = true;
        (ignore_case ? info.folded_texts : info.texts)
            .at(static_cast<std::size_t>(part))
            .add(text, number);
    }

    /// What a simpler test can say is left to it; of the others those values are tried that begin
    /// or end as the wildcard does.
    void add_wildcard(std::uint32_t field, Wildcard wildcard, std::uint32_t effect) {
        const auto& pieces = wildcard.pieces();
        const std::string first = pieces.front();
        const std::string last = pieces.back();
        const auto add = [&](Part part, std::string_view text, std::uint32_t what) {
            add_part(field, part, false, text, what);
        };
        if (pieces.size() == 1) return add(Part::whole, first, effect);
        if (pieces.size() == 2 && last.empty()) return add(Part::front, first, effect);
        if (pieces.size() == 2 && first.empty()) return add(Part::back, last, effect);
        const auto number = static_cast<std::uint32_t>(set_.wildcards_.size());
        set_.wildcards_.push_back(std::move(wildcard));
        wildcard_effects_.emplace_back(number, effect);
        const auto trying = Effect::encode(Effect::Kind::tries, number);
        if (!first.empty()) return add(Part::front, first, trying);
        if (!last.empty()) return add(Part::back, last, trying);
        set_.fields_[field].wildcards.push_back(number);
    }

    std::uint32_t conjunction_of(const std::vector<std::uint32_t>& conditions) {
        const std::string_view key(reinterpret_cast<const char*>(conditions.data()),
                                   conditions.size() * sizeof conditions.front());
        const auto known = known_conjunctions_.size();
        const auto number = known_conjunctions_.insert(0, key);
        if (number == known) {
            joint_.push_back(false);
            for (const auto condition : conditions) members_.emplace_back(number, condition);
        }
        return number;
    }

    /// Whether any of the nodes share more than the root; marks what they share.
    bool joins(const std::vector<std::uint32_t>& nodes) {
        bool any = false;
        std::vector<std::uint32_t> seen;
        for (const auto leaf : nodes) {
            for (auto node = leaf; node != 0; node = parents_[node]) {
                if (std::ranges::find(seen, node) == seen.end()) {
                    seen.push_back(node);
                    continue;
                }
                // What stands above was marked with the first that it shares.
                for (; node != 0; node = parents_[node]) set_.nodes_[node].joint = true;
                any = true;
                break;
            }
        }
        return any;
    }

    void build_tree() {
        std::ranges::stable_sort(edges_, {}, &Edge::parent);
        for (const auto& edge : edges_) {
            auto& parent = set_.nodes_[edge.parent];
            const auto place = static_cast<std::uint32_t>(set_.children_.size());
            if (parent.children_begin == parent.children_end) parent.children_begin = place;
            parent.children_end = place + 1;
            parent.first_bytes |= first_bytes_of(edge.name);
            const auto name_begin = static_cast<std::uint32_t>(set_.names_.size());
            set_.children_.push_back(
                {.key = NameKey::of_any(edge.name), .node = edge.node, .name_begin = name_begin});
            set_.names_ += edge.name;
        }
    }

    /// Those that a name in an event begins with where it is `name`, or where that is what stands
    /// before its first dot.
    static std::uint64_t first_bytes_of(std::string_view name) {
        const auto bit = [](char byte) { return std::uint64_t{1} << (byte & 63); };
        // Any character may be written with an escape.
        return bit('\\') | (name.empty() ? bit('"') | bit('.') : bit(name.front()));
    }

    /// Each conjunction stands with what has to be the case for it to be looked at: the rarest of
    /// its conditions is met, there is a value of a field, or nothing. Returns the lists of the
    /// conditions.
    std::vector<ConjunctionLists::List> list_conjunctions() {
        const auto count = joint_.size();
        const PostingLists conditions(members_, count);
        std::vector<std::uint32_t> combinations(set_.rules_);
        for (const auto& [conjunction, rule] : rules_) ++combinations[rule];
        for (auto& [conjunction, rule] : rules_) {
            rule = RuleInList::encode(rule, combinations[rule] > 1);
        }
        const PostingLists rules(rules_, count);
        std::vector<std::uint32_t> uses(set_.conditions_.size());
        for (const auto& [conjunction, condition] : members_) ++uses[condition];
        PostingLists::Pairs by_condition;
        PostingLists::Pairs by_field;
        PostingLists::Pairs always;
        for (std::uint32_t number = 0; number < count; ++number) {
            // One that an event without the field meets is no trigger, and one that most values of
            // the field meet is a bad one.
            constexpr std::uint64_t kMostValues = 8;
            const auto rank = [&](std::uint32_t condition) {
                const auto& info = set_.conditions_[condition];
                return std::pair(info.absent,
                                 uses[condition] * (info.by_presence() ? kMostValues : 1));
            };
            const auto best = std::ranges::min(conditions[number], {}, rank);
            const auto& info = set_.conditions_[best];
            if (info.absent) {
                always.emplace_back(0, number);
            } else if (info.by_presence()) {
                by_field.emplace_back(info.field, number);
            } else {
                by_condition.emplace_back(best, number);
            }
        }
        const auto lists_of = [&](const PostingLists::Pairs& pairs, std::size_t lists) {
            const PostingLists postings(pairs, lists);
            std::vector<ConjunctionLists::List> result;
            std::vector<ConjunctionLists::Conjunction> conjunctions;
            for (std::uint32_t list = 0; list < lists; ++list) {
                conjunctions.clear();
                for (const auto number : postings[list]) {
                    conjunctions.push_back({conditions[number], rules[number], joint_[number]});
                }
                result.push_back(set_.conjunctions_.add(conjunctions));
            }
            return result;
        };
        auto triggered = lists_of(by_condition, set_.conditions_.size());
        const auto of_fields = lists_of(by_field, set_.fields_.size());
        for (std::size_t i = 0; i < of_fields.size(); ++i) {
            set_.fields_[i].conjunctions = of_fields[i];
        }
        set_.always_ = lists_of(always, 1).front();
        set_.conjunctions_.shrink();
        return triggered;
    }

    RuleSet set_;
    std::vector<std::uint32_t> parents_;  ///< By node.
    std::vector<Edge> edges_;
    std::vector<std::uint32_t> children_;  ///< Nodes, by number of the text.
    TextTable texts_;
    TextTable known_;  ///< Conditions.
    TextTable known_conjunctions_;
    PostingLists::Pairs effects_;
    PostingLists::Pairs wildcard_effects_;
    PostingLists::Pairs members_;  ///< Conjunction and condition.
    PostingLists::Pairs rules_;    ///< Conjunction and rule.
    std::vector<bool> joint_;      ///< By conjunction.
    std::vector<std::vector<IntervalIndex<double>::Interval>> number_ranges_;
    std::vector<std::vector<IntervalIndex<Address>::Interval>> address_ranges_;
};

RuleSet::Builder::Builder() : impl_(std::make_unique<Impl>()) {}
RuleSet::Builder::~Builder() = default;

std::uint32_t RuleSet::Builder::add(const Pattern& pattern) {
    return impl_->add(pattern);
}
RuleSet RuleSet::Builder::build() {
    return impl_->build();
}

}  // namespace ingestor::eventbridge::patterns
