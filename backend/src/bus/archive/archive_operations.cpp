#include "bus/archive/archive_operations.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "bus/operators.hpp"

namespace ingestor::bus::archive {

namespace {

std::unexpected<Error> no_archive(const std::string& name) {
    return fail(Errc::not_found, fmt::format("Archive {} does not exist.", name));
}

void apply(ArchiveSettings settings, ports::Archive& archive) {
    if (settings.description) archive.description = std::move(*settings.description);
    if (settings.event_pattern) archive.event_pattern = std::move(*settings.event_pattern);
    if (settings.retention_days) archive.retention_days = *settings.retention_days;
}

}  // namespace

auto ArchiveOperations::create(ports::Principal who, std::string name, std::string bus,
                               ArchiveSettings settings) -> Answer<ports::Archive> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    if (bus_.find_bus(bus) == nullptr) {
        co_return fail(Errc::not_found, fmt::format("Event bus {} does not exist.", bus));
    }
    if (archives_.find(name) != nullptr) {
        co_return fail(Errc::conflict, fmt::format("Archive {} already exists.", name));
    }
    if (archives_.size() >= kArchivesMax) {
        co_return fail(Errc::too_large,
                       "The requested resource exceeds the maximum number allowed.");
    }
    ports::Archive archive{.name = std::move(name), .bus = std::move(bus)};
    archive.created_at = clock_.now();
    apply(std::move(settings), archive);
    const auto put = co_await archives_.put(archive);
    if (!put) co_return std::unexpected(put.error());
    co_return archive;
}

auto ArchiveOperations::update(ports::Principal who, std::string name, ArchiveSettings settings)
    -> Answer<ports::Archive> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    if (!settings.description && !settings.event_pattern && !settings.retention_days) {
        co_return fail(Errc::invalid_argument,
                       "At least one of EventPattern, RetentionDays or Description must be "
                       "provided.");
    }
    const auto lock = co_await bus_.lock_rules();
    const auto* const known = archives_.find(name);
    if (known == nullptr) co_return no_archive(name);
    auto archive = *known;
    apply(std::move(settings), archive);
    const auto put = co_await archives_.put(archive);
    if (!put) co_return std::unexpected(put.error());
    co_return archive;
}

auto ArchiveOperations::remove(ports::Principal who, std::string name) -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await bus_.lock_rules();
    co_return co_await archives_.remove(std::move(name));
}

auto ArchiveOperations::find(ports::Principal who, std::string name) -> Answer<ports::Archive> {
    auto archives = co_await list(std::move(who));
    if (!archives) co_return std::unexpected(std::move(archives.error()));
    const auto found = std::ranges::find(*archives, name, &ports::Archive::name);
    if (found == archives->end()) co_return no_archive(name);
    co_return std::move(*found);
}

auto ArchiveOperations::list(ports::Principal who) -> Answer<std::vector<ports::Archive>> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    co_return co_await store_.archives();
}

}  // namespace ingestor::bus::archive
