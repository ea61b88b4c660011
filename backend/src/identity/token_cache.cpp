#include "identity/token_cache.hpp"

namespace ingestor::identity {

TokenCache::TokenCache(std::size_t entries_max) : entries_max_(entries_max) {}

std::optional<ports::Principal> TokenCache::find(std::string_view token, std::uint64_t generation,
                                                 TimePoint now) {
    const auto found = places_.find(token);
    if (found == places_.end()) return std::nullopt;
    const Place place = found->second;
    if (place->generation != generation || now >= place->valid_until) {
        erase(place);
        return std::nullopt;
    }
    entries_.splice(entries_.begin(), entries_, place);
    return place->principal;
}

void TokenCache::put(std::string_view token, ports::Principal principal, std::uint64_t generation,
                     TimePoint valid_until) {
    if (entries_max_ == 0) return;
    if (const auto found = places_.find(token); found != places_.end()) erase(found->second);
    if (entries_.size() >= entries_max_) erase(std::prev(entries_.end()));
    entries_.push_front(Entry{.token = std::string(token),
                              .principal = std::move(principal),
                              .generation = generation,
                              .valid_until = valid_until});
    places_.emplace(entries_.front().token, entries_.begin());
}

void TokenCache::erase(Place place) {
    places_.erase(place->token);
    entries_.erase(place);
}

}  // namespace ingestor::identity
