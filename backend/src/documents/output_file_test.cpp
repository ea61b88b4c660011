#include "documents/output_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ingestor::documents {
namespace {

TEST(OutputFile, CannotGrow) {
    const auto file = make_output_file(4096);
    ASSERT_TRUE(file);
    EXPECT_EQ(::pwrite(file->get(), "x", 1, 4095), 1);
    EXPECT_EQ(::pwrite(file->get(), "x", 1, 4096), -1);
    EXPECT_EQ(::ftruncate(file->get(), 8192), -1);
    EXPECT_EQ(::ftruncate(file->get(), 0), -1);
}

TEST(OutputFile, NoLengthsAddUpToMoreThanItHolds) {
    EXPECT_TRUE(fits(Done{.markdown_bytes = 5, .sidecar_bytes = 3, .chunks_bytes = 2}, 10));
    EXPECT_FALSE(fits(Done{.markdown_bytes = 5, .sidecar_bytes = 3, .chunks_bytes = 3}, 10));
    EXPECT_FALSE(fits(Done{.markdown_bytes = ~0ULL, .sidecar_bytes = 1}, 10));
    EXPECT_FALSE(fits(Done{.markdown_bytes = 1ULL << 63, .sidecar_bytes = 1ULL << 63}, 10));
}

}  // namespace
}  // namespace ingestor::documents
