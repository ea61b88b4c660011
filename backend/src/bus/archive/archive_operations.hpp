#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/archive/archives.hpp"
#include "bus/event_bus.hpp"
#include "ports/archive_store.hpp"
#include "ports/clock.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::archive {

/// More archives than anybody has; EventBridge names no number.
inline constexpr std::size_t kArchivesMax = 100;

/// What of an archive is changed; nullopt: it stays.
struct ArchiveSettings {
    std::optional<std::string> description = {};
    std::optional<std::string> event_pattern = {};  ///< Empty: every event.
    std::optional<std::int64_t> retention_days = {};
};

/// The use cases of archives, with the words of EventBridge where it refuses. All are for
/// operators. Errors of all: permission_denied, not_found (the archive, the bus), unavailable.
class ArchiveOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// All outlive this.
    ArchiveOperations(EventBus& bus, Archives& archives, ports::ArchiveStore& store,
                      const ports::Clock& clock)
        : bus_(bus), archives_(archives), store_(store), clock_(clock) {}

    /// Errors: conflict (the name is taken), too_large (kArchivesMax), invalid_argument (field
    /// EventPattern).
    Answer<ports::Archive> create(ports::Principal who, std::string name, std::string bus,
                                  ArchiveSettings settings);
    /// Errors: invalid_argument (nothing to change, the pattern).
    Answer<ports::Archive> update(ports::Principal who, std::string name, ArchiveSettings settings);
    Answer<std::monostate> remove(ports::Principal who, std::string name);
    /// With its counts.
    Answer<ports::Archive> find(ports::Principal who, std::string name);
    /// By name, with their counts.
    Answer<std::vector<ports::Archive>> list(ports::Principal who);

private:
    EventBus& bus_;
    Archives& archives_;
    ports::ArchiveStore& store_;
    const ports::Clock& clock_;
};

}  // namespace ingestor::bus::archive
