#include "logs/function_log.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/uuid.hpp"

namespace ingestor::logs {

namespace {

/// `YYYY/MM/DD/[$LATEST]` and 32 hexadecimal digits.
std::string stream_name(TimePoint now) {
    auto date = to_rfc3339_seconds(now).substr(0, 10);
    for (char& c : date) c = c == '-' ? '/' : c;
    auto id = uuid_v4();
    std::erase(id, '-');
    return fmt::format("{}/[$LATEST]{}", date, id);
}

long resident_megabytes() {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

}  // namespace

FunctionLog::FunctionLog(ports::LogStore& store, const ports::Clock& clock,
                         async::MonotonicClock& monotonic)
    : store_(store), clock_(clock), monotonic_(monotonic), stream_(stream_name(clock.now())) {}

bool FunctionLog::admit(std::uint32_t lines) {
    std::uint64_t told = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto now = monotonic_.now();
        if (now >= second_end_) {
            second_end_ = now + std::chrono::seconds(1);
            admitted_ = 0;
            told = std::exchange(left_out_, 0);
        }
        if (admitted_ + lines > kLinesASecondMax) {
            left_out_ += lines;
            return false;
        }
        admitted_ += lines;
    }
    if (told > 0) {
        write(fmt::format("LEFT OUT: {} lines, beyond {} in a second\n", told, kLinesASecondMax));
    }
    return true;
}

void FunctionLog::write(std::string_view line) {
    static_cast<void>(store_.append(stream_, clock_.now(), line));
}

FunctionLog::Run::Run(FunctionLog& log, std::string_view request_id)
    : log_(log.admit(3) ? &log : nullptr) {
    if (log_ == nullptr) return;
    request_id_ = request_id;
    begun_ = log.monotonic_.now();
    write(fmt::format("START RequestId: {} Version: $LATEST\n", request_id_));
}

FunctionLog::Run::~Run() {
    finish();
}

void FunctionLog::Run::write(std::string line) {
    log_->write(line);
    lines_ += line;
}

std::string FunctionLog::Run::finish() {
    if (log_ == nullptr) return {};
    const std::chrono::duration<double, std::milli> duration = log_->monotonic_.now() - begun_;
    const auto memory = resident_megabytes();
    write(fmt::format("END RequestId: {}\n", request_id_));
    write(
        fmt::format("REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\t"
                    "Memory Size: {} MB\tMax Memory Used: {} MB\t\n",
                    request_id_, duration.count(), static_cast<long>(std::ceil(duration.count())),
                    memory, memory));
    log_ = nullptr;
    return std::move(lines_);
}

}  // namespace ingestor::logs
