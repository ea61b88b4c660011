#include "telemetry/lasting_state.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ingestor::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr Deadline kStart{1'000s};

class LastingStateTest : public ::testing::Test {
protected:
    LastingStateTest() {
        EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK), 0);
        log_ = std::make_unique<Log>(LogFormat::json, LogLevel::debug, ends_[1]);
        state_ = std::make_unique<LastingState>(*log_, LogLevel::error, "disk does not answer");
    }
    ~LastingStateTest() override {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    /// What was logged since the last call, without the time of each line.
    std::vector<std::string> lines() {
        log_->flush();
        std::array<char, 65536> piece{};
        const auto count = ::read(ends_[0], piece.data(), piece.size());
        std::vector<std::string> found;
        std::string_view text(piece.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
            auto line = text.substr(0, end);
            found.emplace_back(line.substr(line.find(R"("level")")));
            text.remove_prefix(end + 1);
        }
        return found;
    }

    std::array<int, 2> ends_{};
    std::unique_ptr<Log> log_;
    std::unique_ptr<LastingState> state_;
};

using Lines = std::vector<std::string>;

TEST_F(LastingStateTest, IsSaidAtOnceThenOnceAMinuteAndWhenItIsOver) {
    for (int n = 0; n <= 120; ++n) state_->report(kStart + n * 1s, "EIO");
    EXPECT_EQ(lines(),
              (Lines{R"("level":"error","msg":"disk does not answer","error":"EIO","times":1})",
                     R"("level":"error","msg":"disk does not answer","error":"EIO","times":60})",
                     R"("level":"error","msg":"disk does not answer","error":"EIO","times":60})"}));
    state_->report(kStart + 121s, "EIO");
    state_->over(kStart + 125s);
    EXPECT_EQ(
        lines(),
        (Lines{
            R"("level":"info","msg":"disk does not answer: over","times":1,"duration_ms":125000})"}));
    state_->over(kStart + 126s);
    EXPECT_TRUE(lines().empty());
}

TEST_F(LastingStateTest, AStateThatComesAndGoesSaysNoMore) {
    std::size_t said = 0;
    for (int n = 0; n < 34'640; ++n) {
        const auto now = kStart + n * 3ms;
        state_->report(now, "EIO");
        state_->over(now + 1ms);
        said += lines().size();
    }
    EXPECT_EQ(said, 4U);
}

}  // namespace
}  // namespace ingestor::telemetry
