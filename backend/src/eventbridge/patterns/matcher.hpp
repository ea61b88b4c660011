#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventbridge/patterns/array_search.hpp"
#include "eventbridge/patterns/json_cursor.hpp"
#include "eventbridge/patterns/rule_set.hpp"
#include "eventbridge/patterns/structural_masks.hpp"

namespace ingestor::eventbridge::patterns {

/// Says which rules of a set an event matches. Keeps what it needs from event to event, so that
/// matching allocates nothing in the long run; one thread at a time.
class Matcher {
public:
    explicit Matcher(std::shared_ptr<const RuleSet> rules);

    /// So many bytes behind the event are best readable, whatever they hold: then it is not copied.
    static constexpr std::size_t kPadding = StructuralMasks::kPadding;

    /// The numbers of the rules that match, in no order; they hold until the next call. `event` is
    /// the text of a JSON object, of which `readable` bytes (at least its size) may be read.
    /// nullopt: it is not well-formed, as far as the rules had it looked at.
    [[nodiscard]] std::optional<std::span<const std::uint32_t>> match(std::string_view event,
                                                                      std::size_t readable);
    [[nodiscard]] std::optional<std::span<const std::uint32_t>> match(std::string_view event) {
        return match(event, event.size());
    }

private:
    using Effect = RuleSet::Effect;
    using Space = RuleSet::Space;
    static constexpr std::uint32_t kNone = RuleSet::kNone;

    // What is marked with an earlier event's number counts as untouched. "Outside" is in no element
    // of a joint array.
    struct FieldState {
        std::uint32_t event = 0;
        std::uint32_t values = 0;
        std::uint32_t values_outside = 0;
        std::uint32_t met = 0;  ///< Conditions.
        ArraySearch::Chain in_arrays = ArraySearch::kNone;
    };
    struct ConditionState {
        std::uint32_t met = 0;  ///< In which event, all three.
        std::uint32_t met_outside = 0;
        std::uint32_t met_in_array = 0;
        ArraySearch::Chain in_arrays = ArraySearch::kNone;
    };
    struct AnythingButState {
        std::uint32_t event = 0;
        std::uint32_t excluded = 0;  ///< Values.
        std::uint32_t excluded_outside = 0;
        std::uint32_t last_value = kNone;  ///< Excluded by several tests, it counts once.
        ArraySearch::Chain in_arrays = ArraySearch::kNone;
    };

    void begin_event();

    // Reading.
    [[nodiscard]] JsonCursor cursor_at(std::size_t place) const {
        return {text_, masks_.blocks(), place};
    }
    // Each takes the place of the opening bracket and returns that behind the closing one, or
    // JsonCursor::kFailed.
    [[nodiscard]] std::size_t read_container(std::uint32_t node, std::size_t place);
    [[nodiscard]] std::size_t read_object(std::uint32_t node, std::size_t place);
    [[nodiscard]] std::size_t read_array(std::uint32_t node, std::size_t place);
    [[nodiscard]] std::size_t read_value(std::uint32_t node, std::size_t place,
                                         std::size_t separator, JsonCursor& cursor);
    [[nodiscard]] bool read_scalar(std::uint32_t field, std::size_t place, std::size_t separator,
                                   const JsonCursor& cursor);
    [[nodiscard]] std::uint32_t find_node(std::uint32_t node, std::string_view name);
    [[nodiscard]] std::uint32_t find_unusual(std::uint32_t node, std::string_view name);

    // Looking up what a value leads to.
    /// Whether the value can change anything.
    [[nodiscard]] bool begin_value(std::uint32_t field);
    [[nodiscard]] bool test_literal(std::string_view text);
    [[nodiscard]] bool test_string(std::string_view raw);
    void test_texts(const std::array<TextTests, RuleSet::kParts>& tests, bool ignore_case,
                    std::string_view value);
    void test_number(std::string_view text);
    [[nodiscard]] bool test_word(std::string_view word);
    void apply_found(Space space, std::string_view text);
    void apply(EffectTable::Place place);
    void apply(const Effect& effect);
    [[nodiscard]] bool changes_anything(EffectTable::Place place) const;
    void meet(std::uint32_t condition, ConjunctionLists::List triggered);
    void exclude(std::uint32_t anything_but);

    // Answering.
    void answer_all(ConjunctionLists::List conjunctions);
    void answer(const ConjunctionLists::Conjunction& conjunction);
    [[nodiscard]] bool is_met(std::uint32_t condition) const;
    /// Whether there is a value of its field.
    [[nodiscard]] bool has_values(std::uint32_t condition) const;
    /// Whether there is no value, but for those in some elements of arrays. The field has a value.
    [[nodiscard]] bool is_absent_outside(std::uint32_t condition) const;
    [[nodiscard]] bool is_met_outside(std::uint32_t condition) const;
    [[nodiscard]] bool is_met_consistently(std::span<const std::uint32_t> conditions);
    void add_step(std::uint32_t condition);

    std::shared_ptr<const RuleSet> rules_;
    StructuralMasks masks_;
    std::string padded_;

    std::string_view text_;
    int depth_ = 0;

    std::uint32_t event_ = 0;
    std::vector<FieldState> fields_;
    std::vector<ConditionState> conditions_;
    std::vector<AnythingButState> anything_buts_;
    std::vector<std::uint32_t> matched_;  ///< By rule that may repeat: in which event.
    std::vector<std::uint32_t> fields_with_values_;
    std::vector<ConjunctionLists::List> triggered_;
    std::vector<std::uint32_t> matches_;
    ArraySearch search_;

    // Of the value that is looked up.
    std::uint32_t field_ = 0;
    std::uint32_t value_number_ = 0;  ///< Of the field.
    std::string_view value_;          ///< Where it is a string.
    // With bytes behind them that can be read.
    std::string unescaped_name_;
    std::string unescaped_;
    std::string folded_;
};

}  // namespace ingestor::eventbridge::patterns
