#include "telemetry/service_state.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ingestor::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ServiceStateTest : public testing::Test {
protected:
    ServiceStateTest() {
        state_.add([this] { return found_; });
    }
    /// How many lines of the log name the reason so far.
    std::ptrdiff_t logged(const std::string& text) {
        log_.flush();
        std::string all(1 << 16, '\0');
        const auto count = ::pread(::fileno(file_), all.data(), all.size(), 0);
        all.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        std::ptrdiff_t lines = 0;
        for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
            ++lines;
        return lines;
    }

    std::FILE* file_ = std::tmpfile();
    Log log_{LogFormat::json, LogLevel::debug, ::fileno(file_)};
    Metrics metrics_;
    ServiceState state_{log_, metrics_};
    std::vector<UnavailableReason> found_;
    const ServiceState::Time start_ = std::chrono::steady_clock::now();
};

TEST_F(ServiceStateTest, TellsWhatHoldsWorkUpUntilItIsGone) {
    state_.refresh(start_);
    EXPECT_TRUE(state_.reasons().empty());
    EXPECT_THAT(metrics_.expose(), HasSubstr("agent2_ingestor_ready 1"));

    found_ = {{.code = "storage_full", .message = "no room", .detail = "/srv/data: no room"}};
    state_.refresh(start_ + 1s);
    ASSERT_EQ(state_.reasons().size(), 1U);
    EXPECT_THAT(metrics_.expose(), HasSubstr("agent2_ingestor_ready 0"));
    EXPECT_THAT(metrics_.expose(),
                HasSubstr("agent2_ingestor_unavailable{reason=\"storage_full\"} 1"));
    EXPECT_EQ(logged("/srv/data: no room"), 1);

    found_.clear();
    state_.refresh(start_ + 2s);
    EXPECT_TRUE(state_.reasons().empty());
    EXPECT_THAT(metrics_.expose(),
                HasSubstr("agent2_ingestor_unavailable{reason=\"storage_full\"} 0"));
    EXPECT_EQ(logged("work proceeds again"), 1);
}

TEST_F(ServiceStateTest, AStateThatLastsIsALineAMinute) {
    found_ = {{.code = "no_helper", .message = "none", .detail = {}}};
    for (int second = 0; second < 120; ++second) {
        state_.refresh(start_ + std::chrono::seconds{second});
    }
    EXPECT_EQ(logged("no_helper"), 2);
    state_.refresh(start_ + 121s);
    EXPECT_EQ(logged("no_helper"), 3);
}

TEST_F(ServiceStateTest, AReasonThatTwoChecksFindIsOne) {
    state_.add([] {
        return std::vector<UnavailableReason>{
            {.code = "storage_full", .message = "b", .detail = {}}};
    });
    found_ = {{.code = "storage_full", .message = "a", .detail = {}}};
    state_.refresh(start_);
    ASSERT_EQ(state_.reasons().size(), 1U);
    EXPECT_EQ(state_.reasons().front().message, "a");
}

}  // namespace
}  // namespace ingestor::telemetry
