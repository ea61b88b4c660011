#include "documents/verdict.hpp"

#include <csignal>

#include <gtest/gtest.h>

#include "documents/messages.hpp"

namespace ingestor::documents {
namespace {

constexpr int by_exit(int code) {
    return code << 8;
}

struct VerdictCase {
    const char* name;
    int status;
    KillCause cause;
    const char* code;
    bool retryable;
};

// Shown by name, not by address, where a case fails.
void PrintTo(const VerdictCase& row, std::ostream* out) {
    *out << row.name;
}

constexpr VerdictCase kVerdicts[] = {
    {"UserStopped", SIGKILL, KillCause::cancelled, "cancelled", false},
    {"TookTooLong", SIGKILL, KillCause::wall_time, "timed_out", false},
    {"TalkedNonsense", SIGKILL, KillCause::protocol, "crashed", false},
    {"ServiceStops", SIGKILL, KillCause::stopping, "unavailable", true},
    {"ProcessorTime", SIGXCPU, KillCause::none, "timed_out", false},
    {"OutputTooLarge", SIGXFSZ, KillCause::none, "too_large", false},
    {"MemoryRefused", by_exit(kExitOutOfMemory), KillCause::none, "too_large", false},
    {"BadAccess", SIGSEGV, KillCause::none, "crashed", false},
    {"Aborted", SIGABRT, KillCause::none, "crashed", false},
    {"ForbiddenCall", SIGSYS, KillCause::none, "crashed", false},
    {"LeftWithoutAnswer", by_exit(0), KillCause::none, "crashed", false},
    {"KilledByTheKernel", SIGKILL, KillCause::none, "unavailable", true},
};

class Verdict : public testing::TestWithParam<VerdictCase> {};

TEST_P(Verdict, MatchesTable) {
    const auto& row = GetParam();
    const auto error = judge({.status = row.status}, row.cause, ExtractionLimits{});
    EXPECT_EQ(error.file_error.code, row.code);
    EXPECT_EQ(error.retryable, row.retryable);
    EXPECT_FALSE(error.file_error.message.empty());
}

INSTANTIATE_TEST_SUITE_P(Helper, Verdict, testing::ValuesIn(kVerdicts),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(VerdictWords, NameTheLimit) {
    const ExtractionLimits limits{.memory_bytes_max = 300ULL << 20,
                                  .cpu_time_max = std::chrono::seconds(7)};
    EXPECT_EQ(
        judge({.status = by_exit(kExitOutOfMemory)}, KillCause::none, limits).file_error.message,
        "needs more than 300 MB of memory");
    EXPECT_EQ(judge({.status = SIGXCPU}, KillCause::none, limits).file_error.message,
              "needs more than 7 s of processor time");
}

TEST(VerdictWords, AnAbortNearTheMemoryLimitIsAMatterOfMemory) {
    const ExtractionLimits limits{.memory_bytes_max = 100};
    const ProcessEnd end{.status = SIGABRT, .resident_bytes_peak = 90};
    EXPECT_EQ(judge(end, KillCause::none, limits).file_error.code, "too_large");
}

}  // namespace
}  // namespace ingestor::documents
