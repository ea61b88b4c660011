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

using formats::OutputKind;

Done of_sizes(std::uint64_t markdown, std::uint64_t sidecar) {
    return {.outputs = {{OutputKind::markdown, markdown}, {OutputKind::sidecar, sidecar}}};
}

TEST(OutputFile, NoLengthsAddUpToMoreThanItHolds) {
    const std::vector wanted = {OutputKind::markdown, OutputKind::sidecar};
    EXPECT_TRUE(fits(of_sizes(7, 3), wanted, 10));
    EXPECT_FALSE(fits(of_sizes(8, 3), wanted, 10));
    EXPECT_FALSE(fits(of_sizes(~0ULL, 1), wanted, 10));
    EXPECT_FALSE(fits(of_sizes(1ULL << 63, 1ULL << 63), wanted, 10));
}

TEST(OutputFile, OnlyWhatWasAskedForIsTaken) {
    EXPECT_FALSE(fits(of_sizes(1, 1), {OutputKind::markdown}, 10));
    EXPECT_FALSE(fits(of_sizes(1, 1), {OutputKind::sidecar, OutputKind::markdown}, 10));
    EXPECT_FALSE(fits(Done{}, {OutputKind::markdown}, 10));
}

}  // namespace
}  // namespace ingestor::documents
