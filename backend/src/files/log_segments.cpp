#include "files/log_segments.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "async/offload.hpp"

namespace ingestor::files {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".log";
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

/// `TIME "stream" "message"` and a line feed; the time in milliseconds.
std::string encode(std::string_view stream, TimePoint at, std::string_view message) {
    const auto quoted = [](std::string_view text) {
        return boost::json::serialize(boost::json::string_view(text));
    };
    return fmt::format("{} {} {}\n", at.time_since_epoch().count(), quoted(stream),
                       quoted(message));
}

std::optional<TimePoint> time_of(std::string_view line) {
    std::int64_t milliseconds = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), milliseconds);
    if (error != std::errc{} || end == line.data() + line.size() || *end != ' ') {
        return std::nullopt;
    }
    return TimePoint(std::chrono::milliseconds(milliseconds));
}

std::optional<std::string> unquote(std::string_view quoted) {
    boost::system::error_code error;
    const auto value = boost::json::parse(boost::json::string_view(quoted), error);
    if (error || !value.is_string()) return std::nullopt;
    return std::string(value.get_string());
}

/// What a line is made of, as it stands there.
struct Fields {
    TimePoint at;
    std::string_view stream;
    std::string_view message;
};

/// nullopt: it was cut off by a crash.
std::optional<Fields> split(std::string_view text) {
    const auto at = time_of(text);
    if (!at) return std::nullopt;
    const auto begin = text.find(' ') + 1;
    const auto end = text.find("\" \"", begin);
    if (end == std::string_view::npos) return std::nullopt;
    return Fields{
        .at = *at, .stream = text.substr(begin, end + 1 - begin), .message = text.substr(end + 2)};
}

std::optional<ports::LogLine> decode(std::uint64_t number, std::string_view text) {
    const auto fields = split(text);
    if (!fields) return std::nullopt;
    auto stream = unquote(fields->stream);
    auto message = unquote(fields->message);
    if (!stream || !message) return std::nullopt;
    return ports::LogLine{.number = number,
                          .at = fields->at,
                          .stream = std::move(*stream),
                          .message = std::move(*message)};
}

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

/// Reads a segment line by line.
class LineReader {
public:
    LineReader(int descriptor, std::uint64_t offset) : descriptor_(descriptor), offset_(offset) {}

    /// The next whole line, without its end; nullopt: there is none. `offset` is where it begins.
    std::optional<std::string_view> next(std::uint64_t& offset) {
        while (true) {
            const auto rest = std::string_view(buffer_).substr(taken_);
            if (const auto end = rest.find('\n'); end != std::string_view::npos) {
                offset = offset_;
                offset_ += end + 1;
                taken_ += end + 1;
                return rest.substr(0, end);
            }
            buffer_.erase(0, taken_);
            taken_ = 0;
            const auto kept = buffer_.size();
            buffer_.resize(kept + kPieceBytes);
            const auto count = ::pread(descriptor_, buffer_.data() + kept, kPieceBytes,
                                       static_cast<off_t>(offset_ + kept));
            if (count < 0) throw_errno("a log cannot be read");
            buffer_.resize(kept + static_cast<std::size_t>(count));
            if (count == 0) return std::nullopt;
        }
    }

private:
    int descriptor_;
    std::uint64_t offset_;  ///< Of what is taken next.
    std::string buffer_;
    std::size_t taken_ = 0;
};

}  // namespace

struct LogSegments::Files {
    struct Segment {
        std::uint64_t size = 0;
        bool timed = false;  ///< All its lines lie between the times.
        std::optional<TimePoint> first_at = {};
        std::optional<TimePoint> last_at = {};

        void include(TimePoint first, TimePoint last) {
            first_at = std::min(first_at.value_or(first), first);
            last_at = std::max(last_at.value_or(last), last);
        }
    };

    Files(fs::path where, Limits how_much) : directory(std::move(where)), limits(how_much) {
        fs::create_directories(directory);
        for (const auto& entry : fs::directory_iterator(directory)) {
            const auto name = entry.path().filename().string();
            std::uint64_t number = 0;
            const auto digits = std::string_view(name).substr(0, name.find('.'));
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), number);
            if (error != std::errc{} || end != digits.data() + digits.size() ||
                !name.ends_with(kExtension)) {
                continue;
            }
            segments.emplace(number, Segment{.size = size_of(number)});
        }
        if (!segments.empty()) go_on_with(segments.rbegin()->first, segments.rbegin()->second);
    }

    /// What a crash has cut off ends here, and is no line.
    void go_on_with(std::uint64_t number, Segment& segment) {
        next_number = number + segment.size;
        if (segment.size >= limits.segment_bytes) return;
        const auto path = path_of(number);
        newest = FileDescriptor(::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
        newest_size = segment.size;
        if (!newest || newest_size == 0) return;
        char last = '\n';
        if (::pread(newest.get(), &last, 1, static_cast<off_t>(newest_size - 1)) != 1) return;
        if (last == '\n' || ::write(newest.get(), "\n", 1) != 1) return;
        ++newest_size;
        ++segment.size;
        ++next_number;
    }

    [[nodiscard]] fs::path path_of(std::uint64_t number) const {
        return directory / fmt::format("{:020}{}", number, kExtension);
    }

    [[nodiscard]] std::uint64_t size_of(std::uint64_t number) const {
        struct stat status = {};
        if (::stat(path_of(number).c_str(), &status) != 0) return 0;
        return static_cast<std::uint64_t>(status.st_size);
    }

    /// When the first line was written that is still there.
    [[nodiscard]] std::optional<TimePoint> oldest_at() const {
        if (segments.empty()) return std::nullopt;
        const auto path = path_of(segments.begin()->first);
        const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) return std::nullopt;
        LineReader reader(file.get(), 0);
        std::uint64_t offset = 0;
        const auto line = reader.next(offset);
        return line ? time_of(*line) : std::nullopt;
    }

    /// Finds the times of what earlier processes have written, which no start waits for. On the
    /// pool. What a crash has cut off is passed over. Throws std::system_error.
    void look_at_old() {
        for (const auto& [number, known] : segments_now()) {
            if (known.timed) continue;
            Segment times;
            const FileDescriptor file(::open(path_of(number).c_str(), O_RDONLY | O_CLOEXEC));
            if (!file) continue;
            LineReader reader(file.get(), 0);
            std::uint64_t offset = 0;
            while (const auto line = reader.next(offset)) {
                if (const auto at = time_of(*line)) times.include(*at, *at);
            }
            if (!times.first_at) continue;
            const std::lock_guard lock(mutex);
            const auto segment = segments.find(number);
            if (segment == segments.end()) continue;
            segment->second.include(*times.first_at, *times.last_at);
            segment->second.timed = true;
        }
    }

    /// On the pool, one at a time. False: the disk has no room, and what is left waits in the
    /// buffer.
    bool write_out() {
        const std::lock_guard writing(write_mutex);
        std::string bytes;
        std::optional<TimePoint> first_at;
        std::optional<TimePoint> last_at;
        {
            const std::lock_guard lock(mutex);
            bytes.swap(buffer);
            first_at = std::exchange(buffer_first_at, std::nullopt);
            last_at = std::exchange(buffer_last_at, std::nullopt);
        }
        if (bytes.empty()) return true;
        if (!newest || newest_size >= limits.segment_bytes) begin_segment();
        const auto written = newest ? write_to_newest(bytes) : 0;
        // A line ends with what is not written yet, or is whole.
        const auto whole = written == 0 ? 0 : bytes.rfind('\n', written - 1) + 1;
        const std::lock_guard lock(mutex);
        if (written > 0) {
            auto& segment = segments.rbegin()->second;
            segment.size = newest_size;
            next_number += written;
            segment.include(*first_at, *last_at);
        }
        if (whole == bytes.size()) return true;
        // What was cut off stays the end of its segment, so that it harms no line behind it.
        if (written > whole) newest = FileDescriptor();
        buffer.insert(0, bytes, whole);
        buffer_first_at = std::min(buffer_first_at.value_or(*first_at), *first_at);
        buffer_last_at = std::max(buffer_last_at.value_or(*last_at), *last_at);
        return false;
    }

    /// Returns how many of the bytes found room.
    std::size_t write_to_newest(std::string_view bytes) {
        std::size_t written = 0;
        while (written < bytes.size()) {
            const auto rest = bytes.substr(written);
            const auto count = ::write(newest.get(), rest.data(), rest.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            written += static_cast<std::size_t>(count);
        }
        newest_size += written;
        return written;
    }

    void begin_segment() {
        const auto path = path_of(next_number);
        newest = FileDescriptor(
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (!newest) return;
        newest_size = 0;
        const std::lock_guard lock(mutex);
        segments.try_emplace(next_number, Segment{.timed = true});
        while (segments.size() > limits.segments) {
            ::unlink(path_of(segments.begin()->first).c_str());
            segments.erase(segments.begin());
        }
    }

    void drop_before(TimePoint oldest) {
        write_out();
        look_at_old();
        const std::lock_guard lock(mutex);
        while (segments.size() > 1 && segments.begin()->second.timed &&
               segments.begin()->second.last_at.value_or(oldest) < oldest) {
            ::unlink(path_of(segments.begin()->first).c_str());
            segments.erase(segments.begin());
        }
    }

    std::map<std::uint64_t, Segment> segments_now() {
        const std::lock_guard lock(mutex);
        return segments;
    }

    ports::LogPage read(const ports::LogQuery& query) {
        write_out();
        ports::LogPage page;
        std::size_t bytes = 0;
        for (const auto& [number, segment] : segments_now()) {
            if (number + segment.size <= query.from) continue;
            const bool timed = segment.timed && segment.first_at;
            if (timed && query.begin && *segment.last_at < *query.begin) continue;
            if (timed && query.end && *segment.first_at >= *query.end) continue;
            const FileDescriptor file(::open(path_of(number).c_str(), O_RDONLY | O_CLOEXEC));
            if (!file) continue;  // It has just been deleted.
            std::uint64_t offset = 0;
            LineReader reader(file.get(), query.from > number ? query.from - number - 1 : 0);
            // What is left of the line before the first that counts.
            if (query.from > number) static_cast<void>(reader.next(offset));
            while (const auto text = reader.next(offset)) {
                const auto at = time_of(*text);
                if (!at || (query.begin && *at < *query.begin) ||
                    (query.end && *at >= *query.end)) {
                    continue;
                }
                auto line = decode(number + offset, *text);
                if (!line || (query.wanted && !query.wanted(*line))) continue;
                if (page.lines.size() == query.lines_max ||
                    (!page.lines.empty() && bytes + line->message.size() > query.bytes_max)) {
                    page.next = line->number;
                    return page;
                }
                bytes += line->message.size();
                page.lines.push_back(std::move(*line));
            }
        }
        return page;
    }

    std::vector<ports::LogStream> streams() {
        write_out();
        std::map<std::string, ports::LogStream, std::less<>> found;  // By quoted name.
        for (const auto& [number, segment] : segments_now()) {
            const FileDescriptor file(::open(path_of(number).c_str(), O_RDONLY | O_CLOEXEC));
            if (!file) continue;
            LineReader reader(file.get(), 0);
            std::uint64_t offset = 0;
            while (const auto text = reader.next(offset)) {
                const auto fields = split(*text);
                if (!fields) continue;
                auto place = found.find(fields->stream);
                if (place == found.end()) {
                    auto name = unquote(fields->stream);
                    if (!name) continue;
                    place = found
                                .emplace(fields->stream, ports::LogStream{.name = std::move(*name),
                                                                          .first_at = fields->at,
                                                                          .last_at = fields->at})
                                .first;
                }
                auto& stream = place->second;
                stream.last_at = std::max(stream.last_at, fields->at);
            }
        }
        std::vector<ports::LogStream> list;
        list.reserve(found.size());
        for (auto& [quoted, stream] : found) list.push_back(std::move(stream));
        std::ranges::sort(list, {}, &ports::LogStream::name);
        return list;
    }

    const fs::path directory;
    const Limits limits;

    std::mutex mutex;
    std::string buffer;
    std::optional<TimePoint> buffer_first_at;
    std::optional<TimePoint> buffer_last_at;
    bool write_posted = false;
    std::uint64_t dropped = 0;
    std::map<std::uint64_t, Segment> segments;  ///< By the number of the first line.
    std::uint64_t next_number = 0;

    // Of who writes.
    std::mutex write_mutex;
    FileDescriptor newest;
    std::uint64_t newest_size = 0;
};

LogSegments::LogSegments(fs::path directory, boost::asio::thread_pool& pool, Limits limits)
    : files_(std::make_shared<Files>(std::move(directory), limits)), pool_(pool) {
    struct stat status = {};
    if (::stat(files_->directory.c_str(), &status) != 0) throw_errno("the log's directory");
    created_at_ =
        files_->oldest_at().value_or(TimePoint(std::chrono::seconds(status.st_mtim.tv_sec)));
    if (!files_->segments.empty()) {
        boost::asio::post(pool_, [files = files_] {
            try {
                files->look_at_old();
            } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
                // A query looks into the segment then, and says that it cannot be read.
            }
        });
    }
}

LogSegments::~LogSegments() {
    files_->write_out();
}

bool LogSegments::append(std::string_view stream, TimePoint at, std::string_view message) {
    const auto line = encode(stream, at, message);
    {
        const std::lock_guard lock(files_->mutex);
        if (files_->buffer.size() + line.size() > files_->limits.buffered_bytes) {
            ++files_->dropped;
            return false;
        }
        files_->buffer += line;
        files_->buffer_first_at = std::min(files_->buffer_first_at.value_or(at), at);
        files_->buffer_last_at = std::max(files_->buffer_last_at.value_or(at), at);
        if (std::exchange(files_->write_posted, true)) return true;
    }
    boost::asio::post(pool_, [files = files_] {
        {
            const std::lock_guard lock(files->mutex);
            files->write_posted = false;
        }
        files->write_out();
    });
    return true;
}

auto LogSegments::flush() -> Answer<std::monostate> {
    auto work = [files = files_]() -> Result<std::monostate> {
        if (files->write_out()) return std::monostate{};
        return fail(Errc::unavailable, "a log has no room on the disk");
    };
    co_return co_await async::offload(pool_, std::move(work));
}

auto LogSegments::read(ports::LogQuery query) -> Answer<ports::LogPage> {
    auto work = [files = files_, query = std::move(query)]() -> Result<ports::LogPage> {
        try {
            return files->read(query);
        } catch (const std::system_error& error) {
            return fail(Errc::unavailable, error.what());
        }
    };
    co_return co_await async::offload(pool_, std::move(work));
}

auto LogSegments::streams() -> Answer<std::vector<ports::LogStream>> {
    auto work = [files = files_]() -> Result<std::vector<ports::LogStream>> {
        try {
            return files->streams();
        } catch (const std::system_error& error) {
            return fail(Errc::unavailable, error.what());
        }
    };
    co_return co_await async::offload(pool_, std::move(work));
}

auto LogSegments::drop_before(TimePoint oldest) -> Answer<std::monostate> {
    auto work = [files = files_, oldest]() -> Result<std::monostate> {
        try {
            files->drop_before(oldest);
        } catch (const std::system_error& error) {
            return fail(Errc::unavailable, error.what());
        }
        return std::monostate{};
    };
    co_return co_await async::offload(pool_, std::move(work));
}

std::uint64_t LogSegments::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [number, segment] : files_->segments_now()) sum += segment.size;
    return sum;
}

std::uint64_t LogSegments::dropped() const {
    const std::lock_guard lock(files_->mutex);
    return files_->dropped;
}

}  // namespace ingestor::files
