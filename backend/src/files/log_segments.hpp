#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/file_descriptor.hpp"
#include "ports/log_store.hpp"

namespace ingestor::files {

/// LogStore on files of one directory. How it works: lines go to a buffer, which a pool thread
/// writes to the end of the newest file, a segment. A segment is named after the number of its
/// first line, and a line's number is the count of bytes before it in all segments there ever were;
/// so that a number leads to its place. A full segment is followed by a new one, and the oldest is
/// deleted when there are too many. What finds no room on the disk waits in the buffer. Nothing is
/// synced. One process at a time.
class LogSegments final : public ports::LogStore {
public:
    struct Limits {
        std::uint64_t segment_bytes = std::uint64_t{8} << 20;
        std::size_t segments = 8;
        std::size_t buffered_bytes = std::size_t{4} << 20;  ///< Beyond it lines are dropped.
    };

    /// Makes the directory if need be. Throws std::system_error where it cannot be used. `pool`
    /// outlives it.
    LogSegments(std::filesystem::path directory, boost::asio::thread_pool& pool, Limits limits);
    LogSegments(std::filesystem::path directory, boost::asio::thread_pool& pool)
        : LogSegments(std::move(directory), pool, Limits{}) {}
    ~LogSegments() override;

    bool append(std::string_view stream, TimePoint at, std::string_view message) override;
    Answer<std::monostate> flush() override;
    Answer<ports::LogPage> read(ports::LogQuery query) override;
    Answer<std::vector<ports::LogStream>> streams() override;
    [[nodiscard]] TimePoint created_at() const override { return created_at_; }
    [[nodiscard]] std::uint64_t bytes() const override;
    /// Deletes the segments all of whose lines are older, but for the newest.
    Answer<std::monostate> drop_before(TimePoint oldest);
    /// Lines that found the buffer full.
    [[nodiscard]] std::uint64_t dropped() const;

private:
    struct Files;
    std::shared_ptr<Files> files_;
    boost::asio::thread_pool& pool_;
    TimePoint created_at_;
};

}  // namespace ingestor::files
