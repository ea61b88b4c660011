#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/event_bus.hpp"
#include "domain/names.hpp"
#include "ports/archive_store.hpp"

namespace ingestor::bus::archive {

/// The archives of the buses, in the store for good and in memory for speed. Each has a rule on its
/// bus, as EventBridge makes one: `Events-Archive-NAME`, which takes what the archive's pattern
/// takes but for what is replayed, and whose target is the archive. The rule is not stored; it is
/// made from the archive at every start. Use from the I/O executor only.
class Archives {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// Both outlive it.
    Archives(EventBus& bus, ports::ArchiveStore& store, domain::Names names)
        : bus_(bus), store_(store), names_(std::move(names)) {}

    /// Reads what there is. Call after EventBus::open() and before anything is published.
    Answer<std::monostate> open();

    /// Who changes what an archive was holds the lock of the bus's rules from the look at it on.
    /// Errors: invalid_argument (the pattern).
    Answer<std::monostate> put(ports::Archive archive);
    /// Errors: not_found.
    Answer<std::monostate> remove(std::string name);

    /// Without their counts, which the store has. nullptr: there is none.
    [[nodiscard]] const ports::Archive* find(const std::string& name) const;
    [[nodiscard]] std::size_t size() const { return archives_.size(); }

private:
    Result<std::monostate> install(const ports::Archive& archive);

    EventBus& bus_;
    ports::ArchiveStore& store_;
    domain::Names names_;
    std::map<std::string, ports::Archive> archives_;
};

/// The pattern of an archive's rule: its own, of events that are no replays. Empty `pattern`: all.
[[nodiscard]] std::string rule_pattern(std::string_view pattern);
[[nodiscard]] std::string rule_name(std::string_view archive);

}  // namespace ingestor::bus::archive
