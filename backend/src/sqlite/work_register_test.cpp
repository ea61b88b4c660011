#include "sqlite/work_register.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const domain::JobId kJob{"0198c0de-0000-7000-8000-000000000001"};
const domain::JobId kOther{"0198c0de-0000-7000-8000-000000000002"};

class WorkRegisterTest : public ::testing::Test {
protected:
    [[nodiscard]] std::vector<WorkRegister::Entry> left_over() const {
        return WorkRegister(file).left_over();
    }
    [[nodiscard]] std::uintmax_t size() const { return std::filesystem::file_size(file); }

    TemporaryDirectory directory;
    std::filesystem::path file = directory.path() / "at-work";
};

TEST_F(WorkRegisterTest, TheNextProcessReadsWhatThisOneDiedAt) {
    WorkRegister at_work(file);
    EXPECT_THAT(at_work.left_over(), IsEmpty());
    ASSERT_TRUE(at_work.set(kJob, 3, {7, 999}));
    ASSERT_TRUE(at_work.set(kOther, 1, {0}));
    using Entry = WorkRegister::Entry;
    EXPECT_THAT(left_over(),
                UnorderedElementsAre(Entry{kJob, 3, 7}, Entry{kJob, 3, 999}, Entry{kOther, 1, 0}));
}

TEST_F(WorkRegisterTest, ANoteTakesThePlaceOfTheOneBefore) {
    WorkRegister at_work(file);
    ASSERT_TRUE(at_work.set(kJob, 3, {0, 1}));
    ASSERT_TRUE(at_work.set(kJob, 3, {1, 2}));
    using Entry = WorkRegister::Entry;
    EXPECT_THAT(left_over(), UnorderedElementsAre(Entry{kJob, 3, 1}, Entry{kJob, 3, 2}));
    at_work.clear(kJob, 3);
    EXPECT_THAT(left_over(), IsEmpty());
}

TEST_F(WorkRegisterTest, AnEarlierAttemptNeitherNotesNorClears) {
    WorkRegister at_work(file);
    ASSERT_TRUE(at_work.set(kJob, 4, {0}));
    EXPECT_EQ(at_work.set(kJob, 3, {1}).error().code, Errc::conflict);
    at_work.clear(kJob, 3);
    EXPECT_THAT(left_over(), UnorderedElementsAre(WorkRegister::Entry{kJob, 4, 0}));
    ASSERT_TRUE(at_work.set(kJob, 5, {2}));
    EXPECT_THAT(left_over(), UnorderedElementsAre(WorkRegister::Entry{kJob, 5, 2}));
}

TEST_F(WorkRegisterTest, WhatIsLeftOverStaysUntilItIsForgotten) {
    ASSERT_TRUE(WorkRegister(file).set(kJob, 1, {0}));
    {
        WorkRegister next(file);
        ASSERT_TRUE(next.set(kOther, 1, {5}));
        EXPECT_EQ(left_over().size(), 2U);
        next.forget_left_over();
        EXPECT_THAT(next.left_over(), IsEmpty());
    }
    EXPECT_THAT(left_over(), UnorderedElementsAre(WorkRegister::Entry{kOther, 1, 5}));
}

TEST_F(WorkRegisterTest, GrowsWithWhatIsAtWorkAtOnceAndNotWithTime) {
    WorkRegister at_work(file);
    for (std::uint32_t n = 0; n < 1000; ++n) {
        ASSERT_TRUE(at_work.set(kJob, n, {n, n + 1}));
        at_work.clear(kJob, n);
    }
    EXPECT_LE(size(), 4 * 64U);
}

TEST_F(WorkRegisterTest, ReadsNothingIntoATornOrForeignFile) {
    std::ofstream(file) << "no register at all, and no line end either: "
                        << std::string(100, '\xff') << std::string(200, '\0') << "tail";
    EXPECT_THAT(left_over(), IsEmpty());
    WorkRegister at_work(file);
    ASSERT_TRUE(at_work.set(kJob, 1, {0}));
    EXPECT_THAT(left_over(), UnorderedElementsAre(WorkRegister::Entry{kJob, 1, 0}));
}

}  // namespace
}  // namespace ingestor::sqlite
