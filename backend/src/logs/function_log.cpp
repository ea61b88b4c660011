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

void FunctionLog::write(std::string_view line) {
    store_.append(stream_, clock_.now(), line);
}

FunctionLog::Run::Run(FunctionLog& log, std::string request_id)
    : log_(log), request_id_(std::move(request_id)), begun_(log.monotonic_.now()) {
    log_.write(fmt::format("START RequestId: {} Version: $LATEST\n", request_id_));
}

FunctionLog::Run::~Run() {
    const std::chrono::duration<double, std::milli> duration = log_.monotonic_.now() - begun_;
    const auto memory = resident_megabytes();
    log_.write(fmt::format("END RequestId: {}\n", request_id_));
    log_.write(
        fmt::format("REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\t"
                    "Memory Size: {} MB\tMax Memory Used: {} MB\t\n",
                    request_id_, duration.count(), static_cast<long>(std::ceil(duration.count())),
                    memory, memory));
}

}  // namespace ingestor::logs
