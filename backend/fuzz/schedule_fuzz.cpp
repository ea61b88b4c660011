#include <string>

#include "eventbridge/schedules/schedule.hpp"
#include "fuzz.hpp"

/// A schedule that is taken fires later than it is asked for, and on whole minutes where it is
/// cron.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using ingestor::TimePoint;
    using ingestor::fuzz::require;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto schedule = ingestor::eventbridge::schedules::Schedule::parse(text);
    if (!schedule) return 0;
    const TimePoint since{std::chrono::milliseconds(1'780'000'000'123)};
    auto time = std::optional(since);
    for (int i = 0; i < 5; ++i) {
        const auto next = schedule->next(*time, since);
        if (!next) break;
        require(*next > *time, "a schedule goes on");
        if (text.starts_with("cron")) {
            require(std::chrono::floor<std::chrono::minutes>(*next) == *next,
                    "cron fires on minutes");
        }
        time = next;
    }
    return 0;
}
