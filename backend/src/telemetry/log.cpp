#include "telemetry/log.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include "telemetry/log_line.hpp"

namespace ingestor::telemetry {
namespace {

constexpr std::size_t kQueueBytesMax = std::size_t{1} << 20;
constexpr std::chrono::seconds kStalledReaderTimeout{2};

TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string_view key_of(const LogField& field) {
    return field.key;
}

std::string_view key_of(const LogScope::Fields::value_type& field) {
    return field.first;
}

template <class Fields>
bool names(const Fields& fields, std::string_view key) {
    return std::ranges::any_of(fields, [key](const auto& field) { return key_of(field) == key; });
}

}  // namespace

struct Log::Sink {
    Sink(LogFormat form, int to)
        : format(form),
          descriptor(to),
          colours(isatty(to) == 1 ? Colours::on : Colours::off),
          writer([this] { run(); }) {}

    ~Sink() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
            drain_deadline = std::chrono::steady_clock::now() + kStalledReaderTimeout;
        }
        queued.notify_one();
        writer.join();
    }

    void append_line(std::string& out, LogLevel level, std::string_view message,
                     std::span<const LogField> fields) const {
        switch (format) {
            case LogFormat::json:
                append_json_line(out, now(), level, message, fields);
                return;
            case LogFormat::human:
                append_human_line(out, now(), level, message, fields, colours);
                return;
        }
    }

    void enqueue(std::string_view line) {
        bool was_empty = false;
        {
            const std::lock_guard lock(mutex);
            if (queue.size() + line.size() > kQueueBytesMax) {
                ++dropped;
                return;
            }
            was_empty = queue.empty();
            queue.append(line);
            ++appended;
        }
        if (was_empty) queued.notify_one();
    }

    /// Null where no scope is open, which a server's lines learn without the lock.
    std::shared_ptr<const LogScope::Fields> scope_now() {
        if (!is_scoped) return nullptr;
        const std::lock_guard lock(mutex);
        return scope;
    }

    /// Under a lock of its own: whoever takes a reader away may then end it.
    void hand_over(LogLevel level, std::string_view message, std::span<const LogField> fields) {
        if (!has_reader) return;
        const std::shared_lock lock(reader_mutex);
        if (reader == nullptr || !reader->wants(level, fields)) return;
        thread_local std::string line;
        line.clear();
        append_json_line(line, now(), level, message, fields);
        reader->hear(line);
    }

    void set_scope(std::shared_ptr<const LogScope::Fields> fields) {
        const std::lock_guard lock(mutex);
        is_scoped = fields != nullptr;
        scope = std::move(fields);
    }

    void run() {
        std::string taken;
        std::unique_lock lock(mutex);
        while (true) {
            queued.wait(lock, [this] { return stopping || !queue.empty(); });
            if (queue.empty()) return;
            taken.swap(queue);
            if (const auto lost = dropped - dropped_told; lost > 0) {
                dropped_told = dropped;
                const LogField fields[] = {{"dropped", lost}};
                append_line(taken, LogLevel::warn, "log lines dropped: the reader is too slow",
                            fields);
            }
            const auto upto = appended;
            lock.unlock();
            write_out(taken);
            taken.clear();
            lock.lock();
            written = upto;
            drained.notify_all();
        }
    }

    /// Pieces no larger than what a pipe that polls as writable takes at once, so that a reader
    /// that stalls for ever cannot hold up the end of the process.
    void write_out(std::string_view bytes) {
        constexpr std::size_t kPieceBytes = 4096;
        while (!bytes.empty()) {
            pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
            if (poll(&wait, 1, 100) == 0) {
                const std::lock_guard lock(mutex);
                if (stopping && std::chrono::steady_clock::now() >= drain_deadline) return;
                continue;
            }
            const auto count =
                ::write(descriptor, bytes.data(), std::min(bytes.size(), kPieceBytes));
            if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
            // A reader that has gone for good: there is nowhere left to say so.
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    const LogFormat format;
    const int descriptor;
    const Colours colours;

    std::mutex mutex;
    std::condition_variable queued;
    std::condition_variable drained;
    std::string queue;
    std::uint64_t appended = 0;
    std::uint64_t written = 0;
    std::uint64_t dropped = 0;
    std::uint64_t dropped_told = 0;
    std::shared_ptr<const LogScope::Fields> scope;
    std::atomic<bool> is_scoped = false;
    std::shared_mutex reader_mutex;
    LogReader* reader = nullptr;
    std::atomic<bool> has_reader = false;
    bool stopping = false;
    std::chrono::steady_clock::time_point drain_deadline{};

    std::thread writer;
};

Log::Log(LogFormat format, LogLevel least, int descriptor)
    : least_(least), sink_(std::make_unique<Sink>(format, descriptor)) {}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message, std::span<const LogField> fields) {
    if (!enabled(level)) return;
    thread_local std::string line;
    line.clear();
    const auto scope = sink_->scope_now();
    if (!scope) {
        sink_->append_line(line, level, message, fields);
        sink_->hand_over(level, message, fields);
    } else {
        std::vector<LogField> all(fields.begin(), fields.end());
        for (const auto& [key, value] : *scope) {
            if (!names(fields, key)) all.emplace_back(key, value);
        }
        sink_->append_line(line, level, message, all);
        sink_->hand_over(level, message, all);
    }
    sink_->enqueue(line);
}

void Log::tee(LogReader* reader) {
    const std::unique_lock lock(sink_->reader_mutex);
    sink_->has_reader = reader != nullptr;
    sink_->reader = reader;
}

void Log::write_line(std::string_view line) {
    sink_->enqueue(line);
}

void Log::flush() {
    std::unique_lock lock(sink_->mutex);
    const auto upto = sink_->appended;
    sink_->drained.wait_for(lock, kStalledReaderTimeout,
                            [this, upto] { return sink_->written >= upto; });
}

std::uint64_t Log::dropped() const {
    const std::lock_guard lock(sink_->mutex);
    return sink_->dropped;
}

LogScope::LogScope(Log& log, Fields fields) : log_(log), outer_(log.sink_->scope_now()) {
    if (outer_) {
        for (const auto& field : *outer_) {
            if (!names(fields, field.first)) fields.push_back(field);
        }
    }
    log.sink_->set_scope(std::make_shared<const Fields>(std::move(fields)));
}

LogScope::~LogScope() {
    log_.sink_->set_scope(outer_);
}

}  // namespace ingestor::telemetry
