#include "files/log_group_directory.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/offload.hpp"
#include "base/file_descriptor.hpp"
#include "base/uuid.hpp"

namespace ingestor::files {

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kRecord = "group.json";

std::string encode(const ports::LogGroup& group) {
    json::object record{{"name", group.name},
                        {"created_at", group.created_at.time_since_epoch().count()}};
    if (group.retention_days) record["retention_days"] = *group.retention_days;
    return json::serialize(record);
}

/// nullopt: there is no group.
std::optional<ports::LogGroup> read_record(const fs::path& directory) {
    std::ifstream file(directory / kRecord);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto& record = value.get_object();
    const auto* name = record.if_contains("name");
    const auto* created_at = record.if_contains("created_at");
    if (name == nullptr || created_at == nullptr || !name->is_string() || !created_at->is_int64()) {
        return std::nullopt;
    }
    ports::LogGroup group{
        .name = std::string(name->get_string()),
        .created_at = TimePoint(std::chrono::milliseconds(created_at->get_int64()))};
    const auto* days = record.if_contains("retention_days");
    if (days != nullptr && days->is_int64())
        group.retention_days = static_cast<int>(days->get_int64());
    return group;
}

Result<std::monostate> failed(const fs::path& path) {
    return fail(Errc::unavailable,
                fmt::format("{}: {}", path.string(), std::generic_category().message(errno)));
}

bool sync(const fs::path& directory) {
    const FileDescriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened && ::fsync(opened.get()) == 0;
}

/// Makes the directory if need be. Durable on return.
Result<std::monostate> write_record(const fs::path& directory, const std::string& text) {
    if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return failed(directory);
    const auto path = directory / kRecord;
    const auto draft = directory / "group.draft";
    {
        const FileDescriptor file(
            ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (!file ||
            ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
            ::fsync(file.get()) != 0) {
            return failed(draft);
        }
    }
    if (::rename(draft.c_str(), path.c_str()) != 0) return failed(path);
    if (!sync(directory) || !sync(directory.parent_path())) return failed(directory);
    return std::monostate{};
}

std::unexpected<Error> no_group() {
    return fail(Errc::not_found, "The specified log group does not exist.");
}

}  // namespace

LogGroupDirectory::LogGroupDirectory(fs::path directory, boost::asio::thread_pool& pool,
                                     const ports::Clock& clock)
    : directory_(std::move(directory)), pool_(pool), clock_(clock) {
    fs::create_directories(directory_);
    for (const auto& entry : fs::directory_iterator(directory_)) {
        auto group = read_record(entry.path());
        if (group) {
            open({.group = std::move(*group), .directory = entry.path()});
        } else {
            fs::remove_all(entry.path());
        }
    }
}

void LogGroupDirectory::open(Entry entry) {
    entry.segments = std::make_shared<LogSegments>(entry.directory / "lines", pool_, kLimits);
    entry.group.lines = entry.segments;
    const auto name = entry.group.name;
    entries_.insert_or_assign(name, std::move(entry));
}

auto LogGroupDirectory::write(fs::path directory, ports::LogGroup group) -> Answer<std::monostate> {
    auto work = [directory = std::move(directory), text = encode(group)] {
        return write_record(directory, text);
    };
    co_return co_await async::offload(pool_, std::move(work));
}

auto LogGroupDirectory::create(std::string name) -> Answer<std::monostate> {
    if (entries_.contains(name)) {
        co_return fail(Errc::conflict, "The specified log group already exists");
    }
    if (entries_.size() >= ports::kLogGroupsMax) {
        co_return fail(Errc::too_large, "Resource limit exceeded.");
    }
    Entry entry{.group = {.name = name, .created_at = clock_.now()},
                .directory = directory_ / uuid_v4()};
    // The name is taken from now on, though nobody sees the group yet.
    entries_.emplace(name, entry);
    const auto written = co_await write(entry.directory, entry.group);
    if (!written) {
        entries_.erase(name);
        co_return written;
    }
    try {
        open(std::move(entry));
    } catch (const std::system_error& error) {
        entries_.erase(name);
        co_return fail(Errc::unavailable, error.what());
    }
    co_return std::monostate{};
}

auto LogGroupDirectory::remove(std::string name) -> Answer<std::monostate> {
    const auto found = entries_.find(name);
    if (found == entries_.end() || !found->second.segments) co_return no_group();
    auto entry = std::move(found->second);
    entries_.erase(found);
    auto work = [entry = std::move(entry)]() -> Result<std::monostate> {
        std::error_code error;
        // Without its record it is no group, whatever a crash leaves of it.
        fs::remove(entry.directory / kRecord, error);
        if (!error) fs::remove_all(entry.directory, error);
        if (error) {
            return fail(Errc::unavailable,
                        fmt::format("{}: {}", entry.directory.string(), error.message()));
        }
        return std::monostate{};
    };
    co_return co_await async::offload(pool_, std::move(work));
}

auto LogGroupDirectory::retain(std::string name, std::optional<int> days)
    -> Answer<std::monostate> {
    const auto found = entries_.find(name);
    if (found == entries_.end() || !found->second.segments) co_return no_group();
    auto group = found->second.group;
    group.retention_days = days;
    const auto written = co_await write(found->second.directory, group);
    if (!written) co_return written;
    const auto still = entries_.find(name);
    if (still == entries_.end() || !still->second.segments) co_return no_group();
    still->second.group.retention_days = days;
    if (!days) co_return std::monostate{};
    const auto segments = still->second.segments;
    co_return co_await segments->drop_before(clock_.now() - std::chrono::days(*days));
}

std::vector<ports::LogGroup> LogGroupDirectory::groups() const {
    std::vector<ports::LogGroup> found;
    for (const auto& [name, entry] : entries_) {
        if (entry.segments) found.push_back(entry.group);
    }
    return found;
}

std::optional<ports::LogGroup> LogGroupDirectory::find(const std::string& name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end() || !found->second.segments) return std::nullopt;
    return found->second.group;
}

}  // namespace ingestor::files
