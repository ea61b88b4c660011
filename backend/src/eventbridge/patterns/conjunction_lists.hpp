#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ingestor::eventbridge::patterns {

/// Lists of conjunctions, each with its conditions and rules, in one row of memory: what is looked
/// at together stands together, since with many rules each look elsewhere waits for memory.
class ConjunctionLists {
public:
    /// One more than the place of the list; zero for the empty one.
    using List = std::uint32_t;

    struct Conjunction {
        std::span<const std::uint32_t> conditions;  ///< By path.
        std::span<const std::uint32_t> rules;
        bool joint;  ///< Some of its conditions lie within one object.
    };

    [[nodiscard]] List add(std::span<const Conjunction> conjunctions) {
        if (conjunctions.empty()) return 0;
        const auto list = static_cast<List>(words_.size() + 1);
        words_.push_back(static_cast<std::uint32_t>(conjunctions.size()));
        for (const auto& [conditions, rules, joint] : conjunctions) {
            words_.push_back(static_cast<std::uint32_t>(conditions.size()) << 1 | (joint ? 1 : 0));
            words_.push_back(static_cast<std::uint32_t>(rules.size()));
            words_.insert(words_.end(), conditions.begin(), conditions.end());
            words_.insert(words_.end(), rules.begin(), rules.end());
        }
        return list;
    }
    void shrink() { words_.shrink_to_fit(); }

    /// Has the processor fetch a list that is going to be visited.
    void prefetch(List list) const { __builtin_prefetch(words_.data() + (list - 1)); }

    template <class Visit>
    void visit(List list, const Visit& visit) const {
        if (list == 0) return;
        const auto* at = words_.data() + (list - 1);
        for (auto left = *at++; left > 0; --left) {
            const bool joint = (at[0] & 1) != 0;
            const std::size_t conditions = at[0] >> 1;
            const std::size_t rules = at[1];
            at += 2;
            visit(Conjunction{{at, conditions}, {at + conditions, rules}, joint});
            at += conditions + rules;
        }
    }

private:
    std::vector<std::uint32_t> words_;
};

}  // namespace ingestor::eventbridge::patterns
