#include "documents/exit_status.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include "documents/messages.hpp"

namespace ingestor::documents {
namespace {

constexpr int by_exit(int code) {
    return code << 8;
}

struct ExitCase {
    const char* name;
    int status;
    KillCause cause;
    const char* code;
    bool retryable;
};

// Shown by name, not by address, where a case fails.
void PrintTo(const ExitCase& row, std::ostream* out) {
    *out << row.name;
}

constexpr ExitCase kExits[] = {
    {"UserStopped", SIGKILL, KillCause::cancelled, "cancelled", false},
    {"TookTooLong", SIGKILL, KillCause::wall_time, "timed_out", false},
    {"TalkedNonsense", SIGKILL, KillCause::protocol, "crashed", false},
    {"ServiceStops", SIGKILL, KillCause::stopping, "unavailable", true},
    {"ProcessorTime", SIGKILL, KillCause::processor_time, "timed_out", false},
    {"HeldUpByTheMachine", SIGKILL, KillCause::held_up, "unavailable", true},
    {"InputUnreadable", by_exit(kExitInputUnreadable), KillCause::none, "unavailable", true},
    {"MemoryRefused", by_exit(kExitOutOfMemory), KillCause::none, "too_large", false},
    {"BadAccess", SIGSEGV, KillCause::none, "crashed", false},
    {"Aborted", SIGABRT, KillCause::none, "crashed", false},
    {"ForbiddenCall", SIGSYS, KillCause::none, "crashed", false},
    {"LeftWithoutAnswer", by_exit(0), KillCause::none, "crashed", false},
    {"KilledByTheKernel", SIGKILL, KillCause::none, "unavailable", true},
};

class ExitStatus : public testing::TestWithParam<ExitCase> {};

TEST_P(ExitStatus, MatchesTable) {
    const auto& row = GetParam();
    const auto error = classify_exit({.status = row.status}, row.cause, ports::ExtractionLimits{});
    EXPECT_EQ(error.file_error.code, row.code);
    EXPECT_EQ(error.retryable, row.retryable);
    EXPECT_FALSE(error.file_error.message.empty());
}

INSTANTIATE_TEST_SUITE_P(Helper, ExitStatus, testing::ValuesIn(kExits),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ExitMessage, NameTheLimit) {
    const ports::ExtractionLimits limits{.memory_bytes_max = 300ULL << 20,
                                         .cpu_time_max = std::chrono::seconds(7)};
    EXPECT_EQ(classify_exit({.status = by_exit(kExitOutOfMemory)}, KillCause::none, limits)
                  .file_error.message,
              "needs more than 300 MB of memory");
    EXPECT_EQ(
        classify_exit({.status = SIGKILL}, KillCause::processor_time, limits).file_error.message,
        "needs more than 7 s of processor time");
}

TEST(ExitMessage, AnAbortNearTheMemoryLimitIsAMatterOfMemory) {
    const ports::ExtractionLimits limits{.memory_bytes_max = 100};
    const ProcessEnd end{.status = SIGABRT, .resident_bytes_peak = 90};
    EXPECT_EQ(classify_exit(end, KillCause::none, limits).file_error.code, "too_large");
}

}  // namespace
}  // namespace ingestor::documents
