#include "duration.hpp"

#include <charconv>

namespace ingestor::cli {

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    constexpr std::int64_t kCountMax = 1'000'000'000;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, text.data() + text.size());
    if (error == std::errc{} && count > 0 && count <= kCountMax) {
        if (unit == "s") return std::chrono::seconds{count};
        if (unit == "m") return std::chrono::minutes{count};
        if (unit == "h") return std::chrono::hours{count};
        if (unit == "d") return std::chrono::days{count};
    }
    return fail(Errc::invalid_argument,
                "'" + std::string(text) + "' is no duration: write 90s, 15m, 1h or 30d");
}

}  // namespace ingestor::cli
