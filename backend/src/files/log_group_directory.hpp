#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include <boost/asio/thread_pool.hpp>

#include "files/log_segments.hpp"
#include "ports/clock.hpp"
#include "ports/log_groups.hpp"

namespace ingestor::files {

/// LogGroups on a directory: each group is a directory in it, with a file `group.json` that says
/// which, and its lines in LogSegments. What has no such file, or one that cannot be read, is what
/// a crash has left of a group that was being made or removed, and goes at the next start.
class LogGroupDirectory final : public ports::LogGroups {
public:
    static constexpr LogSegments::Limits kLimits{.segment_bytes = std::uint64_t{1} << 20,
                                                 .segments = 16,
                                                 .buffered_bytes = std::size_t{1} << 20};

    /// Makes the directory if need be, and reads what is there. Throws std::system_error. `pool`
    /// and `clock` outlive it.
    LogGroupDirectory(std::filesystem::path directory, boost::asio::thread_pool& pool,
                      const ports::Clock& clock);

    Answer<std::monostate> create(std::string name) override;
    Answer<std::monostate> remove(std::string name) override;
    Answer<std::monostate> retain(std::string name, std::optional<int> days) override;
    [[nodiscard]] std::vector<ports::LogGroup> groups() const override;
    [[nodiscard]] std::optional<ports::LogGroup> find(const std::string& name) const override;

private:
    struct Entry {
        ports::LogGroup group;
        std::filesystem::path directory = {};
        std::shared_ptr<LogSegments> segments = {};  ///< nullptr: it is being made.
    };

    void open(Entry entry);
    Answer<std::monostate> write(std::filesystem::path directory, ports::LogGroup group);

    std::filesystem::path directory_;
    boost::asio::thread_pool& pool_;
    const ports::Clock& clock_;
    std::map<std::string, Entry> entries_;
};

}  // namespace ingestor::files
