#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ports/archive_store.hpp"
#include "sqlite/database.hpp"

namespace ingestor::sqlite {

/// The ArchiveStore of the embedded engine.
class SqliteArchiveStore final : public ports::ArchiveStore {
public:
    /// `database` outlives this.
    explicit SqliteArchiveStore(Database& database) : database_(database) {}

    Answer<std::vector<ports::Archive>> archives() override;
    Answer<std::monostate> put_archive(ports::Archive archive) override;
    Answer<std::monostate> delete_archive(std::string name) override;
    Answer<std::monostate> append(std::string archive, eventbridge::Event event,
                                  TimePoint now) override;
    Answer<std::vector<eventbridge::Event>> events(std::string archive, TimePoint from,
                                                   TimePoint to,
                                                   std::optional<ports::ArchivePosition> after,
                                                   std::size_t count) override;
    Answer<std::vector<ports::Replay>> replays() override;
    Answer<std::monostate> put_replay(ports::Replay replay) override;
    Answer<std::size_t> sweep(TimePoint now, std::uint64_t bytes_max, TimePoint ended_before,
                              std::size_t count) override;

private:
    Database& database_;
};

}  // namespace ingestor::sqlite
