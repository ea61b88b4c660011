#include "eventbridge/patterns/wildcard.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ingestor::eventbridge::patterns {

namespace {

// The values are told apart with their quotes, as they stand in an event. States that may be
// explored before a pattern counts as too complex.
constexpr std::size_t kExploredMax = 20'000;

struct Symbol {
    bool star = false;
    char byte = 0;
};

/// The automata of all wildcards as one row of symbols. A state is a set of symbols that have just
/// been consumed; each wildcard's start stands before its first symbol.
class Automaton {
public:
    using State = std::vector<std::uint32_t>;  ///< Ascending.

    explicit Automaton(std::span<const Wildcard> wildcards) {
        for (const auto& wildcard : wildcards) {
            starts_.push_back(static_cast<std::uint32_t>(symbols_.size()));
            symbols_.push_back({});  // The start, consumed before anything.
            symbols_.push_back({.byte = '"'});
            const auto& pieces = wildcard.pieces();
            for (std::size_t i = 0; i < pieces.size(); ++i) {
                if (i > 0) symbols_.push_back({.star = true});
                for (const char c : pieces[i]) symbols_.push_back({.byte = c});
            }
            symbols_.push_back({.byte = '"'});
            ends_.push_back(static_cast<std::uint32_t>(symbols_.size() - 1));
        }
    }

    [[nodiscard]] const State& start() const { return starts_; }

    /// The bytes that lead to different states, and one that stands for all others.
    [[nodiscard]] std::vector<char> alphabet() const {
        std::set<char> bytes;
        for (const auto& symbol : symbols_) bytes.insert(symbol.byte);
        for (int byte = 1; byte < 256; ++byte) {
            if (bytes.insert(static_cast<char>(byte)).second) break;
        }
        return {bytes.begin(), bytes.end()};
    }

    [[nodiscard]] State after(const State& state, char byte) const {
        State next;
        for (const auto at : state) {
            if (symbols_[at].star) next.push_back(at);
            if (is_end(at)) continue;
            const auto follower = at + 1;
            if (symbols_[follower].star) {
                next.push_back(follower);
                if (!is_end(follower) && symbols_[follower + 1].byte == byte) {
                    next.push_back(follower + 1);
                }
            } else if (symbols_[follower].byte == byte) {
                next.push_back(follower);
            }
        }
        std::ranges::sort(next);
        const auto [from, to] = std::ranges::unique(next);
        next.erase(from, to);
        return next;
    }

    [[nodiscard]] std::size_t size(const State& state) const {
        const auto awaits_star = [&](std::uint32_t at) {
            return !is_end(at) && symbols_[at + 1].star &&
                   !std::ranges::binary_search(state, at + 1);
        };
        return state.size() + static_cast<std::size_t>(std::ranges::count_if(state, awaits_star));
    }

private:
    [[nodiscard]] bool is_end(std::uint32_t at) const {
        return std::ranges::binary_search(ends_, at);
    }

    std::vector<Symbol> symbols_;
    State starts_;
    State ends_;
};

}  // namespace

std::expected<Wildcard, std::string> Wildcard::parse(std::string_view text) {
    Wildcard wildcard;
    wildcard.pieces_.emplace_back();
    for (std::size_t at = 0; at < text.size(); ++at) {
        // Places count from the opening quote.
        if (text[at] == '*') {
            if (text.substr(at + 1).starts_with('*')) {
                return std::unexpected(
                    fmt::format("Consecutive wildcard characters at pos {}", at + 1));
            }
            wildcard.pieces_.emplace_back();
            continue;
        }
        if (text[at] == '\\') {
            const auto escaped = text.substr(at + 1, 1);
            if (escaped != "*" && escaped != "\\") {
                return std::unexpected(fmt::format("Invalid escape character at pos {}", at + 1));
            }
            ++at;
        }
        wildcard.pieces_.back() += text[at];
    }
    return wildcard;
}

bool Wildcard::matches(std::string_view value) const {
    const auto& first = pieces_.front();
    const auto& last = pieces_.back();
    if (pieces_.size() == 1) return value == first;
    if (value.size() < first.size() + last.size()) return false;
    if (!value.starts_with(first) || !value.ends_with(last)) return false;
    auto rest = value.substr(first.size(), value.size() - first.size() - last.size());
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
        const auto found = rest.find(pieces_[i]);
        if (found == std::string_view::npos) return false;
        rest.remove_prefix(found + pieces_[i].size());
    }
    return true;
}

bool is_simple(std::span<const Wildcard> wildcards, std::size_t states_max) {
    const Automaton automaton(wildcards);
    const auto alphabet = automaton.alphabet();
    std::set<Automaton::State> known{automaton.start()};
    std::vector<Automaton::State> open{automaton.start()};
    while (!open.empty()) {
        const auto state = std::move(open.back());
        open.pop_back();
        if (automaton.size(state) > states_max || known.size() > kExploredMax) return false;
        for (const char byte : alphabet) {
            auto next = automaton.after(state, byte);
            if (!next.empty() && known.insert(next).second) open.push_back(std::move(next));
        }
    }
    return true;
}

}  // namespace ingestor::eventbridge::patterns
