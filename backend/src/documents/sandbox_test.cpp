#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "documents/sandbox_status.hpp"
#include "documents/testing/pool_fixture.hpp"

// What a captured parser may do, tried from inside one.

namespace ingestor::documents {

using namespace testing;
namespace {

using ::testing::HasSubstr;

TEST(Sandbox, ReportsEveryLayer) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto& status = test.pool.sandbox_status();
    EXPECT_EQ(status.layers.size(), 7U);
    EXPECT_EQ(status.layers.at(0).state, LayerState::active) << status.summary();
}

/// Whether the kernel that the test runs on offers what keeps a thing from happening.
bool is_active(const HelperPool& pool, SandboxLayer wanted) {
    for (const auto& [layer, state, words] : pool.sandbox_status().layers) {
        if (layer == wanted) return state == LayerState::active;
    }
    return false;
}

struct Kernel {
    const char* name;
    const char* program;
};

void PrintTo(const Kernel& row, std::ostream* out) {
    *out << row.name;
}

constexpr Kernel kKernels[] = {{"AsItIs", TEST_HELPER}, {"WithoutLandlock", TEST_WITHOUT_LANDLOCK}};

using Trial = std::tuple<Kernel, const char*>;

std::string name_of(const ::testing::TestParamInfo<Trial>& row) {
    return std::string(std::get<0>(row.param).name) + "_" + std::get<1>(row.param);
}

class Forbidden : public ::testing::TestWithParam<Trial> {};

TEST_P(Forbidden, IsRefused) {
    const auto& [kernel, what] = GetParam();
    PoolFixture test({.program = kernel.program, .slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    if (!is_active(test.pool, SandboxLayer::system_calls)) GTEST_SKIP() << "no seccomp";
    const auto answer = test.extract(std::string("attempt ") + what);
    ASSERT_TRUE(answer) << code_of(answer);
    EXPECT_THAT(std::string(answer->of(formats::OutputKind::markdown)),
                ::testing::StartsWith(what));
    EXPECT_THAT(std::string(answer->of(formats::OutputKind::markdown)),
                ::testing::Not(HasSubstr("allowed")));
    EXPECT_THAT(std::string(answer->of(formats::OutputKind::markdown)),
                ::testing::Not(HasSubstr("what is that")));
}

INSTANTIATE_TEST_SUITE_P(
    Sandbox, Forbidden,
    ::testing::Combine(::testing::ValuesIn(kKernels),
                       ::testing::Values("open", "shadow", "list", "path", "openat2", "proc",
                                         "reopen", "server_memory", "server_files", "fonts",
                                         "write", "append", "tmpfile", "memory_file", "stat",
                                         "lstat", "stat_nothing", "access", "readlink", "getcwd",
                                         "chdir", "inotify", "handle", "mkdir", "unlink", "socket",
                                         "unix_socket", "connect", "fork", "kill", "kill_self",
                                         "signal_server", "pidfd", "raise_limit", "raise_memory",
                                         "limit_server", "become_root", "dumpable", "write_code",
                                         "run_memory", "run_document", "shared_memory")),
    name_of);

class Deadly : public ::testing::TestWithParam<Trial> {};

TEST_P(Deadly, EndsTheHelper) {
    const auto& [kernel, what] = GetParam();
    PoolFixture test({.program = kernel.program, .slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    if (!is_active(test.pool, SandboxLayer::system_calls)) GTEST_SKIP() << "no seccomp";
    const auto answer = test.extract(std::string("attempt ") + what);
    ASSERT_FALSE(answer) << answer->of(formats::OutputKind::markdown);
    EXPECT_EQ(answer.error().file_error.code, "crashed");
    EXPECT_THAT(answer.error().file_error.message, HasSubstr("sandbox"));
}

INSTANTIATE_TEST_SUITE_P(Sandbox, Deadly,
                         ::testing::Combine(::testing::ValuesIn(kKernels),
                                            ::testing::Values("execve", "ptrace", "io_uring",
                                                              "keyctl", "process_vm_readv",
                                                              "pidfd_getfd", "userfaultfd",
                                                              "unshare")),
                         name_of);

/// Whatever is asked for, the answer says nothing of what is there.
TEST(Sandbox, TellsTheSameOfWhatIsThereAndOfWhatIsNot) {
    PoolFixture test({.program = TEST_WITHOUT_LANDLOCK, .slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    if (!is_active(test.pool, SandboxLayer::system_calls)) GTEST_SKIP() << "no seccomp";
    const std::string there(test.extract("attempt stat").value().of(formats::OutputKind::markdown));
    const std::string nowhere(
        test.extract("attempt stat_nothing").value().of(formats::OutputKind::markdown));
    EXPECT_EQ(there.substr(there.find(':')), nowhere.substr(nowhere.find(':')));
}

TEST(Sandbox, PreloadedFilesCanBeReadAndNoOthers) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto tables = std::filesystem::path(TEST_HELPER).parent_path() / "documents_test_tables";
    const auto order = "preloaded " + (tables / "table").string();
    EXPECT_EQ(test.extract(order).value().of(formats::OutputKind::markdown), "preloaded\n");
    EXPECT_THAT(
        std::string(
            test.extract("preloaded /etc/hostname").value().of(formats::OutputKind::markdown)),
        ::testing::AnyOf("Permission denied", "No such file or directory"));
}

/// A line of /proc/PID/status, without what is around the value.
std::string status_of(pid_t pid, const std::string& field) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(field + ":\t")) continue;
        const auto value = line.substr(field.size() + 2);
        return value.substr(0, value.find_last_not_of(" \n") + 1);
    }
    return "no such field";
}

TEST(Sandbox, HelpersHaveNoRightsAndAreTheFirstToGo) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    for (const auto pid : {test.pool.helpers().at(0), *test.pool.zygote()}) {
        EXPECT_EQ(status_of(pid, "NoNewPrivs"), "1");
        for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
            EXPECT_EQ(status_of(pid, set), "0000000000000000") << set;
        }
        std::ifstream adjustment("/proc/" + std::to_string(pid) + "/oom_score_adj");
        int score = 0;
        adjustment >> score;
        EXPECT_EQ(score, 1000);
        if (::geteuid() != 0 || !is_active(test.pool, SandboxLayer::privileges)) continue;
        EXPECT_EQ(status_of(pid, "Uid"), "65534\t65534\t65534\t65534");
        EXPECT_EQ(status_of(pid, "Gid"), "65534\t65534\t65534\t65534");
        EXPECT_EQ(status_of(pid, "Groups"), "");
        EXPECT_EQ(status_of(pid, "CapBnd"), "0000000000000000");
    }
}

TEST(Sandbox, RequiredLeavesDocumentsWaitingWhereALayerIsMissing) {
    PoolFixture test(
        {.program = TEST_WITHOUT_LANDLOCK, .slots = 1, .sandbox = SandboxPolicy::required});
    EXPECT_FALSE(test.finish(test.pool.start()));
    EXPECT_THAT(test.pool.unavailable_reason(), ::testing::Optional(HasSubstr("file_system")));
    const auto answer = test.extract("echo x");
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().retryable);
    EXPECT_THAT(answer.error().file_error.message, HasSubstr("file_system"));
}

TEST(Sandbox, BestEffortGoesOnAndSaysWhatIsMissing) {
    for (const auto policy : {SandboxPolicy::automatic, SandboxPolicy::best_effort}) {
        PoolFixture test({.program = TEST_WITHOUT_LANDLOCK, .slots = 1, .sandbox = policy});
        ASSERT_TRUE(test.finish(test.pool.start()));
        EXPECT_EQ(test.extract("echo x").value().of(formats::OutputKind::markdown), "x");
        EXPECT_THAT(test.pool.sandbox_warning(), HasSubstr("file_system"));
    }
}

TEST(Sandbox, ShowsNothingOfTheServersEnvironment) {
    ASSERT_EQ(::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1), 0);
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    EXPECT_EQ(test.extract("environment").value().of(formats::OutputKind::markdown),
              "LC_ALL=C.UTF-8");
}

TEST(Sandbox, TheDocumentCannotBeWritten) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    EXPECT_EQ(test.extract("write_document").value().of(formats::OutputKind::markdown),
              "write: Bad file descriptor\n");
}

}  // namespace
}  // namespace ingestor::documents
