#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sqlite/outbox.hpp"

namespace ingestor::sqlite {

/// Events that go into the transaction of the changes that they tell of; most changes have none.
class RoutedEvents {
public:
    /// Takes the event out of each change. `outbox` outlives this; nullptr: nobody is told. On the
    /// I/O executor. Errors: internal.
    template <class Changes>
    [[nodiscard]] static Result<RoutedEvents> take(Outbox* outbox, Changes&& changes) {
        RoutedEvents routed(outbox);
        for (auto& change : changes) {
            if (const auto added = routed.add(std::move(change.event)); !added) {
                return std::unexpected(added.error());
            }
        }
        return routed;
    }

    /// Returns the ids of their first deliveries. On the writer's thread.
    [[nodiscard]] std::vector<std::int64_t> store(Connection& connection) const;
    /// After the commit, with what store() returned. On the I/O executor.
    void announce(const std::vector<std::int64_t>& first_ids) const;

private:
    explicit RoutedEvents(Outbox* outbox) : outbox_(outbox) {}

    [[nodiscard]] Result<std::monostate> add(std::optional<eventbridge::Event> event);

    Outbox* outbox_;
    std::vector<RoutedEvent> events_;
};

}  // namespace ingestor::sqlite
