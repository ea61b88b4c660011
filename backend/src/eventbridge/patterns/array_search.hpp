#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// The values of an event that stand in elements of arrays, and the question whether values can be
/// chosen for some conditions so that all of them agree on the element of every array that they
/// share ("array consistency" of Event Ruler).
class ArraySearch {
public:
    /// A list of values, by its last; kNone is the empty one.
    using Chain = std::uint32_t;
    static constexpr Chain kNone = std::numeric_limits<Chain>::max();
    /// An element of an array, within those around it; kNone is outside all arrays.
    using Element = std::uint32_t;

    /// Forgets everything.
    void clear();

    // The way of the reader through the event.
    [[nodiscard]] Element element() const { return element_; }
    /// Returns the number of the new array.
    [[nodiscard]] std::uint32_t enter_array() { return arrays_++; }
    void enter_element(std::uint32_t array, std::uint32_t index);
    void leave_element();
    [[nodiscard]] bool any_array() const { return arrays_ > 0; }

    /// `chain` with the value `number` (of its field), which stands in the current element.
    [[nodiscard]] Chain add_value(Chain chain, std::uint32_t number);

    /// What a condition asks for. Steps are taken in their order, which is that of the paths.
    struct Step {
        Chain met = kNone;         ///< Values that meet it.
        bool met_outside = false;  ///< So does one outside of all arrays.
        Chain values = kNone;      ///< All values of its field.
        bool any_value = false;    ///< Each of those meets it.
        bool no_value = false;     ///< It is met where none of them fits in with the steps before.
        /// Each list: with the values that an anything-but excludes. All others meet it.
        std::vector<Chain> excluded = {};
    };
    void begin_steps() { steps_.clear(); }
    [[nodiscard]] Step& add_step() { return steps_.emplace_back(); }
    [[nodiscard]] bool succeeds();

private:
    struct ElementInfo {
        Element parent;
        std::uint32_t array;
        std::uint32_t index;
    };
    struct Value {
        Chain previous;
        std::uint32_t number;
        Element element;
    };
    static constexpr std::uint32_t kFree = std::numeric_limits<std::uint32_t>::max();

    void collect_candidates(const Step& step, std::vector<Element>& candidates) const;
    [[nodiscard]] bool fits(Element element) const;
    void bind(Element element);
    void unbind(std::size_t kept);
    [[nodiscard]] bool succeeds_from(std::size_t at);
    [[nodiscard]] bool is_known_to_fail(std::size_t at);
    void find_last_steps();

    std::vector<ElementInfo> elements_;
    Element element_ = kNone;
    std::uint32_t arrays_ = 0;
    std::vector<Value> values_;

    std::vector<Step> steps_;
    std::vector<std::vector<Element>> candidates_;  ///< By step.
    std::vector<std::uint32_t> bound_;              ///< By array: its element, or kFree.
    std::vector<std::uint32_t> trail_;              ///< Arrays in the order of their binding.
    // Most searches are short. A long one begins again and remembers from where it failed: the
    // step, and the elements chosen so far of those arrays that this step or a later one looks
    // into.
    using Choices = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    std::size_t tries_ = 0;
    bool remembers_ = false;
    std::vector<std::size_t> last_step_;  ///< By array: one more than that of the last to look in.
    std::set<std::pair<std::size_t, Choices>> failed_;
};

}  // namespace ingestor::eventbridge::patterns
