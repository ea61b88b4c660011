#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace ingestor::fuzz {

/// Ends the program where a property does not hold, which libFuzzer and the replay take for a
/// crash.
inline void require(bool holds, std::string_view property) {
    if (holds) return;
    std::fprintf(stderr, "this does not hold: %.*s\n", static_cast<int>(property.size()),
                 property.data());
    std::abort();
}

/// An input, taken apart from its front. Most seeds are text, so that people can read and write
/// them: what a parser gets besides its bytes stands in lines before them.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size)
        : rest_(reinterpret_cast<const char*>(data), size) {}

    /// 0 where nothing is left.
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    /// Up to a line feed, which is taken too.
    std::string_view line() {
        const auto end = rest_.find('\n');
        const auto line = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return line;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

}  // namespace ingestor::fuzz
