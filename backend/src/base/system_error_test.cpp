#include "base/system_error.hpp"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor {
namespace {

struct Row {
    std::string_view name;
    int error;
    Errc code;
    bool retryable;
};

constexpr Row kRows[] = {
    {"NoBytesOrInodesLeft", ENOSPC, Errc::out_of_space, true},
    {"QuotaUsedUp", EDQUOT, Errc::out_of_space, true},
    {"ProcessOutOfDescriptors", EMFILE, Errc::unavailable, true},
    {"SystemOutOfDescriptors", ENFILE, Errc::unavailable, true},
    {"OutOfMemory", ENOMEM, Errc::unavailable, true},
    {"DiskError", EIO, Errc::unavailable, true},
    {"ReadOnlyDisk", EROFS, Errc::unavailable, true},
    {"DirectoryGone", ENOENT, Errc::unavailable, true},
    {"NoPermission", EACCES, Errc::unavailable, true},
    {"OurOwnFault", EBADF, Errc::internal, false},
};

class SystemError : public testing::TestWithParam<Row> {};

TEST_P(SystemError, IsClassified) {
    const auto& row = GetParam();
    const auto error = system_error("write a.pdf", row.error);
    EXPECT_EQ(error.code, row.code);
    EXPECT_EQ(is_retryable(error.code), row.retryable);
    EXPECT_THAT(error.message, testing::StartsWith("write a.pdf: "));
}

INSTANTIATE_TEST_SUITE_P(Errno, SystemError, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SystemErrorMessage, SaysWhatToDo) {
    EXPECT_THAT(system_error("write", ENOSPC).message, testing::HasSubstr("make room"));
    EXPECT_THAT(system_error("open", EMFILE).message, testing::HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace ingestor
