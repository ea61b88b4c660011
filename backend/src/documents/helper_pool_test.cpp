#include "documents/helper_pool.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <functional>
#include <list>
#include <numeric>
#include <sstream>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "documents/testing/pool_fixture.hpp"

namespace ingestor::documents {

using namespace testing;
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(HelperPool, ReturnsWhatTheHelperMade) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto answer = test.extract("echo größer");
    ASSERT_TRUE(answer) << code_of(answer);
    EXPECT_EQ(answer->of(formats::OutputKind::markdown), "größer");
    EXPECT_EQ(answer->of(formats::OutputKind::sidecar), "{}");
    EXPECT_EQ(answer->of(formats::OutputKind::chunks), "");
    EXPECT_EQ(answer->format, "text");
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->pages, 3U);
    EXPECT_EQ(answer->words, 7U);
    EXPECT_THAT(answer->warnings, ::testing::ElementsAre("made for a test"));
}

TEST(HelperPool, TellsTheHelperNameAndSource) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto answer = test.extract("name");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->of(formats::OutputKind::markdown), "a.txt s3://bucket/a.txt");
}

TEST(HelperPool, ReadsLargeOutputsWhole) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    for (int round = 0; round < 3; ++round) {
        const auto answer = test.extract("flood 5000000");
        ASSERT_TRUE(answer) << code_of(answer);
        EXPECT_EQ(answer->of(formats::OutputKind::markdown).size(), 5'000'000U);
        EXPECT_EQ(test.extract("echo small").value().of(formats::OutputKind::markdown), "small");
    }
}

TEST(HelperPool, HearsOfPagesDone) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::vector<std::uint32_t> heard;
    auto tell = [&heard](std::uint32_t pages) { heard.push_back(pages); };
    ASSERT_TRUE(test.finish(test.pool.extract(request_for("pages"), {}, tell)));
    EXPECT_THAT(heard, ::testing::ElementsAre(2U));
}

struct Misdeed {
    const char* name;
    const char* order;
    const char* code;
    const char* message;
};

void PrintTo(const Misdeed& row, std::ostream* out) {
    *out << row.name;
}

constexpr Misdeed kMisdeeds[] = {
    {"FailsOnPurpose", "fail", "encrypted", "needs a password"},
    {"Throws", "throw", "internal", "a parser's own exception"},
    {"ClaimsWhatItMayNot", "unlikely", "crashed", "makes no sense"},
    // A sanitizer turns the signal into a report and an exit.
    {"Crashes", "crash", "crashed", kBuiltWithSanitizer ? ": exit " : "signal 11"},
    {"Aborts", "abort", "crashed", "signal 6"},
    {"Leaves", "leave", "crashed", "exit 3"},
    {"SendsGarbage", "garbage", "crashed", "makes no sense"},
    {"GreetsAgain", "hello_again", "crashed", "makes no sense"},
    {"LiesAboutLengths", "lie", "crashed", "makes no sense"},
    {"ReturnsNoUtf8", "no_utf8", "internal", "UTF-8"},
    {"ReturnsNoJson", "no_json", "internal", "JSON"},
    {"FloodsTheOutput", "flood 70000000", "too_large", "allowed"},
};

class Misbehaviour : public ::testing::TestWithParam<Misdeed> {};

TEST_P(Misbehaviour, FailsTheDocumentAndNotTheService) {
    const auto& row = GetParam();
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto answer = test.extract(row.order);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().file_error.code, row.code);
    EXPECT_THAT(answer.error().file_error.message, HasSubstr(row.message));
    EXPECT_FALSE(answer.error().retryable);
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

INSTANTIATE_TEST_SUITE_P(HelperPool, Misbehaviour, ::testing::ValuesIn(kMisdeeds),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(HelperPool, EndsADocumentThatHangs) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto answer = test.extract("hang", {.wall_time_max = 1s});
    EXPECT_EQ(code_of(answer), "timed_out");
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, EndsADocumentThatSpins) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto answer = test.extract("spin", {.cpu_time_max = 1s});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().file_error.code, "timed_out");
    EXPECT_THAT(answer.error().file_error.message, HasSubstr("processor"));
}

TEST(HelperPool, EndsADocumentThatEatsMemory) {
    if (kBuiltWithSanitizer) GTEST_SKIP() << "memory is not limited under a sanitizer";
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    for (const auto* order : {"eat", "eat_and_crash"}) {
        const auto answer = test.extract(order, {.memory_bytes_max = 200 << 20});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().file_error.code, "too_large");
        EXPECT_EQ(answer.error().file_error.message, "needs more than 200 MB of memory");
    }
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, RefusesADocumentOverTheLimitWithoutAHelper) {
    PoolFixture test;
    EXPECT_EQ(code_of(test.extract("echo", {.input_bytes_max = 3})), "too_large");
}

TEST(HelperPool, StopsAtOnceWhenTheUserCancels) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::stop_source source;
    std::optional<Answer> running;
    std::optional<Answer> waiting;
    test.begin("hang", running, source.get_token());
    test.begin("echo never", waiting, source.get_token());
    test.io.poll();
    std::jthread user([&source] { source.request_stop(); });
    test.run_until([&] { return running && waiting; });
    EXPECT_EQ(code_of(*running), "cancelled");
    EXPECT_EQ(code_of(*waiting), "cancelled");
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, ServesThoseWhoWaitInTheirOrder) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::vector<int> expected(50);
    std::iota(expected.begin(), expected.end(), 0);
    std::vector<int> served;
    // Each coroutine refers to its lambda, which has to stay where it is.
    std::list<std::function<asio::awaitable<void>()>> notes;
    for (const int i : expected) {
        auto note = [&test, &served, i]() -> asio::awaitable<void> {
            EXPECT_TRUE(co_await test.pool.extract(request_for("echo x"), {}, {}));
            served.push_back(i);
        };
        notes.push_back(note);
        async::testing::spawn_for_test(test.io, notes.back()(), [](const std::exception_ptr&) {});
    }
    test.run_until([&] { return served.size() == expected.size(); });
    EXPECT_EQ(served, expected);
}

TEST(HelperPool, ASecondSlotWorksBesideOneThatHangs) {
    PoolFixture test({.slots = 2});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::stop_source source;
    std::optional<Answer> hanging;
    test.begin("hang", hanging, source.get_token());
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(test.extract("echo x").value().of(formats::OutputKind::markdown), "x");
    EXPECT_FALSE(hanging);
    source.request_stop();
    test.run_until([&] { return hanging.has_value(); });
}

TEST(HelperPool, ReplacesAHelperAfterItsShareOfDocuments) {
    PoolFixture test({.slots = 1, .documents_max = 2});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto first = test.pool.helpers();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(test.extract("echo x"));
    ASSERT_EQ(first.size(), 1U);
    EXPECT_NE(test.pool.helpers(), first);
}

TEST(HelperPool, ReplacesAHelperThatHasGrown) {
    PoolFixture test({.slots = 1, .resident_bytes_max = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto first = test.pool.helpers();
    // Brief documents are looked after now and then.
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(test.extract("echo x"));
    EXPECT_NE(test.pool.helpers(), first);
}

TEST(HelperPool, ReplacesAnIdleHelperThatIsKilled) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto first = test.pool.helpers();
    ASSERT_EQ(::kill(first.at(0), SIGKILL), 0);
    test.run_until([&] { return !test.pool.helpers().empty() && test.pool.helpers() != first; });
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, AHelperKilledFromOutsideIsNotTheDocumentsFault) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::optional<Answer> answer;
    test.begin("hang", answer);
    test.io.poll();
    ASSERT_EQ(::kill(test.pool.helpers().at(0), SIGKILL), 0);
    test.run_until([&] { return answer.has_value(); });
    ASSERT_FALSE(*answer);
    EXPECT_TRUE(answer->error().retryable);
}

TEST(HelperPool, AHelperThatComplainsWithoutEndIsNotHeldUp) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    EXPECT_EQ(test.extract("complain").value().of(formats::OutputKind::markdown), "complained");
}

TEST(HelperPool, AHelperServesOneUserOnly) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    EXPECT_EQ(test.extract_for("ann", "remember first").value().of(formats::OutputKind::markdown),
              "");
    const auto of_ann = test.pool.helpers();
    EXPECT_EQ(test.extract_for("ann", "remember second").value().of(formats::OutputKind::markdown),
              "first");
    EXPECT_EQ(test.pool.helpers(), of_ann);
    EXPECT_EQ(test.extract_for("bob", "remember third").value().of(formats::OutputKind::markdown),
              "");
    EXPECT_NE(test.pool.helpers(), of_ann);
    EXPECT_EQ(test.extract_for("ann", "remember fourth").value().of(formats::OutputKind::markdown),
              "");
}

TEST(HelperPool, KeepsAHelperReadyThatNobodyHasUsed) {
    PoolFixture test({.slots = 1, .reserve = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    test.run_until([&] { return test.pool.helpers().size() == 2; });
    const auto first = test.pool.helpers();
    EXPECT_TRUE(test.extract_for("ann", "echo x"));
    EXPECT_TRUE(test.extract_for("ann", "echo x"));
    EXPECT_EQ(test.pool.helpers(), first);
    // Bob takes the one that is ready; ann's makes room for the next.
    EXPECT_TRUE(test.extract_for("bob", "echo x"));
    test.run_until([&] {
        const auto now = test.pool.helpers();
        return now.size() == 2 && (now.at(0) == first.at(0)) != (now.at(1) == first.at(1));
    });
}

TEST(HelperPool, ServesManyUsersWhoTakeTurns) {
    PoolFixture test({.slots = 2, .reserve = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::vector<std::optional<Answer>> answers(40);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto work = test.pool.extract(
            request_for("remember x", {}, "user " + std::to_string(i % 7)), {}, {});
        async::testing::spawn_for_test(test.io, PoolFixture::keep(std::move(work), answers[i]),
                                       [](const std::exception_ptr&) {});
    }
    test.run_until(
        [&] { return std::ranges::all_of(answers, [](auto& a) { return a.has_value(); }); });
    for (const auto& answer : answers) EXPECT_TRUE(answer->has_value()) << code_of(*answer);
}

TEST(HelperPool, AFrozenHelperIsTheMachinesFault) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::optional<Answer> answer;
    auto work =
        test.pool.extract(request_for("spin", {.cpu_time_max = 60s, .wall_time_max = 2s}), {}, {});
    async::testing::spawn_for_test(test.io, PoolFixture::keep(std::move(work), answer),
                                   [](const std::exception_ptr&) {});
    test.io.poll();
    ASSERT_EQ(::kill(test.pool.helpers().at(0), SIGSTOP), 0);
    test.run_until([&] { return answer.has_value(); });
    ASSERT_FALSE(*answer);
    EXPECT_TRUE(answer->error().retryable);
    EXPECT_EQ(answer->error().file_error.code, "unavailable");
    EXPECT_THAT(answer->error().file_error.message, HasSubstr("held"));
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, WallTimeWithProcessorTimeIsTheDocumentsFault) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    // Next to nothing of it has to be used for this to be work.
    const auto answer = test.extract("spin", {.cpu_time_max = 0s, .wall_time_max = 1s});
    EXPECT_EQ(code_of(answer), "timed_out");
}

TEST(HelperPool, ADocumentThatCannotBeReadIsTheMachinesFault) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    for (const std::uint64_t size : {100ULL, 1ULL << 20}) {
        auto request = request_for("echo x");
        request.size_bytes = size;  // More than there is.
        const auto answer = test.finish(test.pool.extract(std::move(request), {}, {}));
        ASSERT_FALSE(answer);
        EXPECT_TRUE(answer.error().retryable);
        EXPECT_EQ(answer.error().file_error.code, "unavailable");
    }
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, AZygoteThatIsKilledIsReplacedAndItsHelpersGoOn) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    const auto helpers = test.pool.helpers();
    const auto zygote = test.pool.zygote();
    ASSERT_TRUE(zygote);
    ASSERT_EQ(::kill(*zygote, SIGKILL), 0);
    test.run_until([&] { return test.pool.zygote() && test.pool.zygote() != zygote; });
    EXPECT_EQ(test.extract("echo same").value().of(formats::OutputKind::markdown), "same");
    EXPECT_EQ(test.pool.helpers(), helpers);
    EXPECT_EQ(code_of(test.extract("leave")), "crashed");
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

/// Lets the process open nothing more while it lives.
class NoDescriptors {
public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
};

TEST(HelperPool, WithoutDescriptorsDocumentsWaitAndThenGoOn) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    auto request = request_for("echo x");
    {
        const NoDescriptors none;
        // No memory file for the outputs.
        auto answer = test.finish(test.pool.extract(std::move(request), {}, {}));
        ASSERT_FALSE(answer);
        EXPECT_TRUE(answer.error().retryable);
        // No socket for a helper.
        ASSERT_EQ(::kill(test.pool.helpers().at(0), SIGKILL), 0);
        test.run_until([&] { return test.pool.unavailable_reason().has_value(); });
        EXPECT_THAT(*test.pool.unavailable_reason(), HasSubstr("Too many open files"));
    }
    test.run_until([&] { return !test.pool.unavailable_reason(); });
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

TEST(HelperPool, WithoutProcessesDocumentsWaitAndThenGoOn) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NPROC, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NPROC, &none), 0);
    PoolFixture test({.slots = 1});
    const auto started = test.finish(test.pool.start());
    ASSERT_EQ(::setrlimit(RLIMIT_NPROC, &before), 0);
    if (started) GTEST_SKIP() << "this user may have any number of processes";
    EXPECT_THAT(*test.pool.unavailable_reason(), HasSubstr("Resource temporarily unavailable"));
    const auto answer = test.extract("echo x");
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().retryable);
    // One that was started under the limit keeps it.
    if (const auto zygote = test.pool.zygote()) ::kill(*zygote, SIGKILL);
    test.run_until([&] { return !test.pool.unavailable_reason(); });
    EXPECT_EQ(test.extract("echo next").value().of(formats::OutputKind::markdown), "next");
}

std::vector<std::string> open_files(pid_t pid) {
    std::vector<std::string> names;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
        names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

TEST(HelperPool, HelpersInheritNothing) {
    // Forgotten to be marked close-on-exec, as a listener might be.
    const FileDescriptor forgotten(::open("/etc/hostname", O_RDONLY));
    PoolFixture test({.slots = 2});
    ASSERT_TRUE(test.finish(test.pool.start()));
    test.run_until([&] { return test.pool.helpers().size() == 2; });
    if (::geteuid() != 0) GTEST_SKIP() << "the files of a process that is not dumpable are root's";
    const std::vector<std::string> own = {"0", "1", "2", "3"};
    // A helper that was made this moment has yet to close what is the zygote's, and the zygote what
    // it gave to the helper.
    test.run_until([&] { return open_files(*test.pool.zygote()) == own; });
    for (const auto helper : test.pool.helpers()) {
        test.run_until([&] { return open_files(helper) == own; });
    }
}

struct MemoryCase {
    std::uint64_t size_bytes;
    std::uint64_t memory_bytes;
};

TEST(ExtractionLimits, MemoryIsInProportionToSizeWithAFloorAndACeiling) {
    const ports::ExtractionLimits limits{
        .memory_bytes_max = 1000, .memory_per_input_byte = 10, .memory_bytes_floor = 200};
    for (const auto& row : {MemoryCase{0, 200}, {1, 210}, {80, 1000}, {81, 1000}, {~0ULL, 1000}}) {
        EXPECT_EQ(limits.memory_bytes_for(row.size_bytes), row.memory_bytes) << row.size_bytes;
    }
}

class BadProgram : public ::testing::TestWithParam<const char*> {};

TEST_P(BadProgram, IsARetryableErrorAtOnce) {
    PoolFixture test({.program = GetParam(), .slots = 2});
    const auto started = test.finish(test.pool.start());
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, Errc::unavailable);
    EXPECT_THAT(started.error().message, HasSubstr(GetParam()));
    const auto answer = test.extract("echo x");
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().retryable);
    EXPECT_THAT(answer.error().file_error.message, HasSubstr(GetParam()));
    EXPECT_THAT(test.pool.unavailable_reason(), ::testing::Optional(HasSubstr(GetParam())));
}

TEST(HelperPool, NamesNoReasonWhileItHasAHelper) {
    PoolFixture test;
    ASSERT_TRUE(test.finish(test.pool.start()));
    EXPECT_EQ(test.pool.unavailable_reason(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(HelperPool, BadProgram,
                         ::testing::Values("/nowhere/agent2-ingestor-extract", "/bin/true",
                                           "/etc/passwd"));

TEST(HelperPool, StopFailsWhatRunsAndWhatWaitsAsRetryable) {
    PoolFixture test({.slots = 1});
    ASSERT_TRUE(test.finish(test.pool.start()));
    std::optional<Answer> running;
    std::optional<Answer> waiting;
    test.begin("hang", running);
    test.begin("echo x", waiting);
    test.io.poll();
    test.finish(test.pool.stop());
    test.run_until([&] { return running && waiting; });
    EXPECT_TRUE(!*running && running->error().retryable);
    EXPECT_TRUE(!*waiting && waiting->error().retryable);
    EXPECT_TRUE(test.pool.helpers().empty());
    EXPECT_TRUE(!test.extract("echo x"));
}

TEST(HelperPool, StopDuringTheStartEndsTheStart) {
    PoolFixture test({.program = TEST_MUTE});
    std::optional<Result<std::monostate>> started;
    async::testing::spawn_for_test(test.io, PoolFixture::keep(test.pool.start(), started),
                                   [](const std::exception_ptr&) {});
    test.run_until([&] { return test.pool.zygote().has_value(); });
    test.finish(test.pool.stop());
    test.run_until([&] { return started.has_value(); });
    EXPECT_FALSE(*started);
    EXPECT_FALSE(test.pool.zygote());
}

TEST(HelperPool, DoesNotWaitForEverForAHello) {
    PoolFixture test({.program = TEST_MUTE, .slots = 1, .hello_time_max = 50ms});
    EXPECT_FALSE(test.finish(test.pool.start()));
}

/// Waits for a process to be gone, also one that is not a child.
bool goes_away(pid_t pid) {
    const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) return true;
    pollfd wait{.fd = process.get(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 30'000) == 1;
}

TEST(HelperPool, AKilledServerLeavesNoHelper) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const FileDescriptor from_server(pipe[0]);
    FileDescriptor to_test(pipe[1]);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to_test.get(), STDOUT_FILENO);
    std::string server_program = TEST_SERVER;
    std::string helper_program = TEST_HELPER;
    std::array<char*, 3> words = {server_program.data(), helper_program.data(), nullptr};
    pid_t server = 0;
    ASSERT_EQ(::posix_spawn(&server, TEST_SERVER, &actions, nullptr, words.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    to_test.reset();

    std::array<char, 256> line{};
    ASSERT_GT(::read(from_server.get(), line.data(), line.size() - 1), 0);
    std::istringstream pids(line.data());
    std::vector<pid_t> helpers;
    for (pid_t pid = 0; pids >> pid;) helpers.push_back(pid);
    ASSERT_FALSE(helpers.empty());

    ASSERT_EQ(::kill(server, SIGKILL), 0);
    ASSERT_EQ(::waitpid(server, nullptr, 0), server);
    for (const auto helper : helpers) EXPECT_TRUE(goes_away(helper)) << helper;
}

}  // namespace
}  // namespace ingestor::documents
