#include "eventbridge/patterns/array_search.hpp"

#include <algorithm>

namespace ingestor::eventbridge::patterns {

void ArraySearch::clear() {
    elements_.clear();
    values_.clear();
    element_ = kNone;
    arrays_ = 0;
}

void ArraySearch::enter_element(std::uint32_t array, std::uint32_t index) {
    elements_.push_back({.parent = element_, .array = array, .index = index});
    element_ = static_cast<Element>(elements_.size() - 1);
}

void ArraySearch::leave_element() {
    element_ = elements_[element_].parent;
}

ArraySearch::Chain ArraySearch::add_value(Chain chain, std::uint32_t number) {
    values_.push_back({.previous = chain, .number = number, .element = element_});
    return static_cast<Chain>(values_.size() - 1);
}

bool ArraySearch::fits(Element element) const {
    for (; element != kNone; element = elements_[element].parent) {
        const auto& [parent, array, index] = elements_[element];
        if (bound_[array] != kFree && bound_[array] != index) return false;
    }
    return true;
}

void ArraySearch::bind(Element element) {
    for (; element != kNone; element = elements_[element].parent) {
        const auto& [parent, array, index] = elements_[element];
        if (bound_[array] != kFree) continue;
        bound_[array] = index;
        trail_.push_back(array);
    }
}

void ArraySearch::unbind(std::size_t kept) {
    for (; trail_.size() > kept; trail_.pop_back()) bound_[trail_.back()] = kFree;
}

void ArraySearch::collect_candidates(const Step& step, std::vector<Element>& candidates) const {
    candidates.clear();
    if (step.met_outside) candidates.push_back(kNone);
    for (auto at = step.met; at != kNone; at = values_[at].previous) {
        candidates.push_back(values_[at].element);
    }
    if (!step.any_value && step.excluded.empty()) return;
    // Lists run from the last value to the first, so that each is walked along once.
    auto excluded = step.excluded;
    for (auto at = step.values; at != kNone; at = values_[at].previous) {
        bool meets = step.any_value;
        for (auto& chain : excluded) {
            const bool is_excluded = chain != kNone && values_[chain].number == values_[at].number;
            if (is_excluded) chain = values_[chain].previous;
            meets = meets || !is_excluded;
        }
        if (meets) candidates.push_back(values_[at].element);
    }
}

bool ArraySearch::succeeds() {
    constexpr std::size_t kTriesMax = 1'000;
    bound_.assign(arrays_, kFree);
    candidates_.resize(std::max(candidates_.size(), steps_.size()));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        collect_candidates(steps_[i], candidates_[i]);
        if (candidates_[i].empty() && !steps_[i].no_value) return false;
    }
    tries_ = kTriesMax;
    remembers_ = false;
    const bool found = succeeds_from(0);
    unbind(0);
    if (found || tries_ > 0) return found;
    find_last_steps();
    failed_.clear();
    remembers_ = true;
    const bool found_at_last = succeeds_from(0);
    unbind(0);
    return found_at_last;
}

bool ArraySearch::succeeds_from(std::size_t at) {
    if (at == steps_.size()) return true;
    if (is_known_to_fail(at)) return false;
    const auto kept = trail_.size();
    for (const auto element : candidates_[at]) {
        if (!remembers_) {
            if (tries_ > 0) --tries_;
            if (tries_ == 0) return false;
        }
        if (!fits(element)) continue;
        bind(element);
        if (succeeds_from(at + 1)) return true;
        unbind(kept);
    }
    const auto& step = steps_[at];
    if (!step.no_value) return false;
    for (auto value = step.values; value != kNone; value = values_[value].previous) {
        if (fits(values_[value].element)) return false;
    }
    return succeeds_from(at + 1);
}

bool ArraySearch::is_known_to_fail(std::size_t at) {
    if (!remembers_ || at == 0) return false;
    Choices choices;
    for (const auto array : trail_) {
        if (last_step_[array] > at) choices.emplace_back(array, bound_[array]);
    }
    std::ranges::sort(choices);
    // What is asked for the first time either succeeds, and with it everything, or fails.
    return !failed_.emplace(at, std::move(choices)).second;
}

void ArraySearch::find_last_steps() {
    last_step_.assign(arrays_, 0);
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        for (auto at = steps_[step].values; at != kNone; at = values_[at].previous) {
            for (auto e = values_[at].element; e != kNone; e = elements_[e].parent) {
                last_step_[elements_[e].array] = step + 1;
            }
        }
    }
}

}  // namespace ingestor::eventbridge::patterns
