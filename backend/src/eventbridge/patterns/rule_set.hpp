#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/address.hpp"
#include "eventbridge/patterns/conjunction_lists.hpp"
#include "eventbridge/patterns/effect_table.hpp"
#include "eventbridge/patterns/interval_index.hpp"
#include "eventbridge/patterns/name_key.hpp"
#include "eventbridge/patterns/pattern.hpp"
#include "eventbridge/patterns/posting_lists.hpp"
#include "eventbridge/patterns/text_tests.hpp"
#include "eventbridge/patterns/wildcard.hpp"

namespace ingestor::eventbridge::patterns {

/// The patterns of many rules as one index, which does not change any more; a Matcher reads it.
///
/// What rules ask of a field is one condition each, shared by all rules that ask the same, and a
/// conjunction is a set of conditions, shared likewise. A value of an event is looked up once a
/// kind of test (in hash tables and interval trees), whatever the number of rules, and leads to the
/// conditions that it meets. Each conjunction stands with the rarest of its conditions, its
/// trigger, and is looked at only when that one is met.
class RuleSet {
public:
    class Builder;

    [[nodiscard]] std::size_t rules() const { return rules_; }

private:
    friend class Matcher;

    static constexpr std::uint32_t kNone = EffectTable::kNone;

    /// What a text of the table stands for, with the field or the node that it belongs to.
    enum class Space : unsigned char {
        child,
        literal,
        text,
        text_front,
        text_back,
        folded_text,
        folded_text_front,
        folded_text_back,
        number,
        number_text,
        number_range,
        address,
        address_range,
    };
    [[nodiscard]] static constexpr std::uint64_t in(Space space, std::uint32_t owner) {
        return (std::uint64_t{owner} << 8) | static_cast<unsigned char>(space);
    }

    using Part = TextTests::Part;
    static constexpr std::size_t kParts = 3;
    [[nodiscard]] static constexpr Space text_space(Part part, bool ignore_case) {
        const auto first = ignore_case ? Space::folded_text : Space::text;
        return static_cast<Space>(static_cast<unsigned char>(first) +
                                  static_cast<unsigned char>(part));
    }

    /// What a value that was looked up does: it meets a condition, is excluded from an
    /// anything-but, or may match a wildcard. A name leads to its node.
    struct Effect {
        enum class Kind : unsigned char { meets, excludes, tries, leads };
        static constexpr int kShift = 30;
        static constexpr std::size_t kWords = 2;
        [[nodiscard]] static std::uint32_t encode(Kind kind, std::uint32_t number) {
            return (static_cast<std::uint32_t>(kind) << kShift) | number;
        }
        Effect(std::uint32_t code, ConjunctionLists::List conjunctions)
            : kind(static_cast<Kind>(code >> kShift)),
              number(code & ((1U << kShift) - 1)),
              triggered(conjunctions) {}
        Kind kind;
        std::uint32_t number;
        ConjunctionLists::List triggered;  ///< What to look at when this condition is met.
    };
    /// Calls `visit(effect)` for each effect of which those are the words.
    template <class Visit>
    static void visit_effects(std::span<const std::uint32_t> words, const Visit& visit) {
        for (std::size_t i = 0; i < words.size(); i += Effect::kWords) {
            visit(Effect(words[i], words[i + 1]));
        }
    }

    /// A rule of a conjunction, and whether others of its conjunctions can lead to it, too.
    struct RuleInList {
        [[nodiscard]] static std::uint32_t encode(std::uint32_t rule, bool may_repeat) {
            return rule << 1 | (may_repeat ? 1 : 0);
        }
        explicit RuleInList(std::uint32_t code) : rule(code >> 1), may_repeat((code & 1) != 0) {}
        std::uint32_t rule;
        bool may_repeat;
    };

    /// A name on the way to fields.
    struct Node {
        std::uint32_t field = kNone;
        std::uint32_t children_begin = 0;  ///< In children_.
        std::uint32_t children_end = 0;
        /// Some conjunction has several conditions here or below, so that the elements of an array
        /// in this place matter.
        bool joint = false;
        /// The bytes that a name in an event begins with where it may lead to a child: bit `byte %
        /// 64`, set for each of them.
        std::uint64_t first_bytes = 0;
    };
    struct Child {
        NameKey key;
        std::uint32_t node = 0;
        std::uint32_t name_begin = 0;  ///< In names_.
    };

    struct Field {
        /// Conditions that a value can meet; once all of them are met, no more values are looked
        /// at.
        std::uint32_t conditions = 0;
        bool has_anything_but = false;
        bool has_numbers = false;  ///< Or ranges of them.
        bool has_number_texts = false;
        bool has_addresses = false;                                          ///< Or ranges of them.
        std::array<EffectTable::Place, 3> literals = {kNone, kNone, kNone};  ///< By Literal.
        bool has_folded = false;              ///< Any of those that follow.
        std::array<TextTests, kParts> texts;  ///< By part of the value, both.
        std::array<TextTests, kParts> folded_texts;
        TextTests numbers;  ///< By the bytes of the double.
        IntervalIndex<double> number_ranges;
        IntervalIndex<Address> address_ranges;
        std::vector<std::uint32_t> wildcards;     ///< With a star at both ends.
        ConjunctionLists::List conjunctions = 0;  ///< To look at when there is any value.
    };

    struct ConditionInfo {
        std::uint32_t field = 0;
        std::uint32_t anything_but_begin = 0;
        std::uint32_t anything_but_end = 0;
        bool exists = false;  ///< Any value does.
        bool absent = false;  ///< No value does.
        /// Values meet it that nothing leads to.
        [[nodiscard]] bool by_presence() const {
            return exists || anything_but_begin != anything_but_end;
        }
    };

    /// Whether a member of this name, as it stands in an event, can be or lead to a child. The byte
    /// behind an empty name is its quote.
    [[nodiscard]] bool may_lead_to_child(std::uint32_t node, std::string_view name) const {
        return ((nodes_[node].first_bytes >> (*name.data() & 63)) & 1) != 0;
    }

    /// kNone where no rule names it. The name is readable as NameKey wants it.
    [[nodiscard]] std::uint32_t child(std::uint32_t node, std::string_view name) const {
        constexpr std::uint32_t kLinearMax = 16;
        const auto& parent = nodes_[node];
        if (parent.children_end - parent.children_begin > kLinearMax) {
            const auto place = effects_.find(in(Space::child, node), name);
            return place == kNone ? kNone : Effect(effects_.effects(place).front(), 0).number;
        }
        const NameKey key(name);
        for (auto i = parent.children_begin; i < parent.children_end; ++i) {
            const auto& child = children_[i];
            if (child.key == key &&
                (key.is_whole() ||
                 std::memcmp(names_.data() + child.name_begin, name.data(), name.size()) == 0)) {
                return child.node;
            }
        }
        return kNone;
    }

    std::size_t rules_ = 0;
    EffectTable effects_;
    std::vector<Node> nodes_;
    std::vector<Child> children_;
    std::string names_;
    std::vector<Field> fields_;
    std::vector<ConditionInfo> conditions_;
    std::size_t anything_buts_ = 0;
    std::vector<Wildcard> wildcards_;
    PostingLists wildcard_effects_;
    ConjunctionLists conjunctions_;
    ConjunctionLists::List always_ = 0;  ///< Those that an event without values can meet.
};

/// Collects patterns. Takes time in proportion to their text.
class RuleSet::Builder {
public:
    Builder();
    ~Builder();

    /// The number of the rule: 0 for the first, and so on.
    std::uint32_t add(const Pattern& pattern);
    /// Nothing may be added afterwards.
    [[nodiscard]] RuleSet build();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ingestor::eventbridge::patterns
