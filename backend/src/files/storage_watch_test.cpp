#include "files/storage_watch.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <latch>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/file_descriptor.hpp"
#include "base/testing/temporary_directory.hpp"

namespace ingestor::files {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class StorageWatchTest : public testing::Test {
protected:
    /// The code that the watch comes to, once it has looked again.
    static std::string next(const StorageWatch& watch) {
        // One look may have been under way already.
        const auto enough = watch.looks() + 2;
        while (watch.looks() < enough) std::this_thread::yield();
        const auto fault = watch.fault();
        return fault ? std::string(fault->code) : "";
    }

    const TemporaryDirectory made_;
    const fs::path& directory_ = made_.path();
    StorageWatchOptions often_{
        .interval = 1ms, .probe_interval = 0ms, .free_bytes_min = 0, .free_inodes_min = 0};
};

TEST_F(StorageWatchTest, FindsNothingWhereWorkProceeds) {
    const StorageWatch watch(directory_, {}, often_);
    EXPECT_EQ(next(watch), "");
    EXPECT_GT(watch.space().free_bytes, 0U);
}

TEST_F(StorageWatchTest, LeavesNothingBehind) {
    {
        const StorageWatch watch(directory_, {}, often_);
    }
    EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(StorageWatchTest, ADirectoryThatIsRemovedAndPutBack) {
    const StorageWatch watch(directory_, {}, often_);
    auto away = directory_;
    away += ".away";
    fs::rename(directory_, away);
    EXPECT_EQ(next(watch), "storage_replaced");
    fs::rename(away, directory_);
    EXPECT_EQ(next(watch), "");
}

TEST_F(StorageWatchTest, TooLittleRoomIsFull) {
    auto options = often_;
    options.free_bytes_min = ~std::uint64_t{0};
    const StorageWatch watch(directory_, {}, options);
    EXPECT_EQ(next(watch), "storage_full");
    EXPECT_THAT(watch.fault()->message, testing::HasSubstr("make room"));
}

TEST_F(StorageWatchTest, FilesThatAreNotInPlace) {
    std::atomic<bool> there = false;
    const auto check = [&there]() -> Result<std::monostate> {
        if (there) return std::monostate{};
        return fail(Errc::unavailable, "moved");
    };
    const StorageWatch watch(directory_, {check}, often_);
    EXPECT_EQ(next(watch), "storage_replaced");
    there = true;
    EXPECT_EQ(next(watch), "");
}

TEST_F(StorageWatchTest, NoDescriptorsLeft) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    // Before the watch starts, which opens and closes some of its own.
    const FileDescriptor lowest_free(::open("/", O_RDONLY | O_CLOEXEC));
    const StorageWatch watch(directory_, {}, often_);
    const rlimit none{static_cast<rlim_t>(lowest_free.get()), before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto found = next(watch);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(found, "descriptors_exhausted");
    EXPECT_EQ(next(watch), "");
}

TEST_F(StorageWatchTest, AFileThatCannotBeWritten) {
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const StorageWatch watch(directory_, {}, often_);
    const rlimit none{0, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
    const auto found = next(watch);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_EQ(found, "storage_failing");
}

TEST_F(StorageWatchTest, ALookThatHangsIsToldWithoutWaitingForIt) {
    std::latch looking(1);
    std::latch release(1);
    const auto hang = [&]() -> Result<std::monostate> {
        looking.count_down();
        release.wait();
        return std::monostate{};
    };
    auto options = often_;
    options.interval = 1h;
    {
        const StorageWatch watch(directory_, {hang}, options);
        looking.wait();
        const auto now = std::chrono::steady_clock::now();
        EXPECT_FALSE(watch.fault(now));
        ASSERT_TRUE(watch.fault(now + 6s));
        EXPECT_EQ(watch.fault(now + 6s)->code, "storage_unresponsive");
        release.count_down();
        while (watch.looks() == 0) std::this_thread::yield();
        EXPECT_FALSE(watch.fault(now + 6s));
    }
}

TEST(StorageFaults, AreNamedByTheirCause) {
    EXPECT_EQ(storage_fault(ENOSPC).code, "storage_full");
    EXPECT_EQ(storage_fault(EDQUOT).code, "storage_full");
    EXPECT_EQ(storage_fault(EROFS).code, "storage_read_only");
    EXPECT_EQ(storage_fault(EMFILE).code, "descriptors_exhausted");
    EXPECT_EQ(storage_fault(ENOMEM).code, "memory_exhausted");
    EXPECT_EQ(storage_fault(EIO).code, "storage_failing");
}

}  // namespace
}  // namespace ingestor::files
