#include "base/memory_file.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ingestor {
namespace {

TEST(MemoryFile, HoldsItsBytesAndIsSealed) {
    const std::string bytes(100'000, 'x');
    const auto file = memory_file(bytes).value();
    std::string read(bytes.size() + 1, '\0');
    ASSERT_EQ(::pread(file.get(), read.data(), read.size(), 0), std::ssize(bytes));
    EXPECT_EQ(read.substr(0, bytes.size()), bytes);
    EXPECT_TRUE(is_sealed(file));
    EXPECT_EQ(::pwrite(file.get(), "y", 1, 0), -1);
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(::ftruncate(file.get(), 1), -1);
    EXPECT_EQ(::mmap(nullptr, 1, PROT_WRITE, MAP_SHARED, file.get(), 0), MAP_FAILED);
}

TEST(MemoryFile, OthersAreNotSealed) {
    const FileDescriptor file(::memfd_create("other", MFD_CLOEXEC));
    EXPECT_FALSE(is_sealed(file));
    const FileDescriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_FALSE(is_sealed(null));
}

}  // namespace
}  // namespace ingestor
