#include "progress_bar.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "base/printable.hpp"

namespace ingestor::cli {

constexpr std::uint64_t kWidth = 28;

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    finish();
}

void ProgressBar::show(const std::string& label, std::uint64_t done, std::uint64_t total) {
    if (!terminal_) return;
    const auto filled = total == 0 ? 0 : std::min(kWidth, done * kWidth / total);
    std::string bar;
    for (std::uint64_t i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
    auto line = fmt::format("{} {}", bar, printable(label));
    if (line == last_) return;
    last_ = std::move(line);
    fmt::print(stderr, "\r\x1b[2K{}", last_);
    std::fflush(stderr);
    open_ = true;
}

void ProgressBar::finish() {
    if (open_) fmt::print(stderr, "\r\x1b[2K");
    std::fflush(stderr);
    open_ = false;
    last_.clear();
}

}  // namespace ingestor::cli
