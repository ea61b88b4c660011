#include "files/log_group_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "base/testing/temporary_directory.hpp"

namespace ingestor::files {
namespace {

using namespace std::chrono_literals;

class LogGroupDirectoryTest : public testing::Test {
protected:
    LogGroupDirectory open() { return {directory_.path() / "groups", pool_, clock_}; }

    template <class Value>
    Value run(boost::asio::awaitable<Value> task) {
        return async::testing::run_to_end(io_, std::move(task));
    }
    std::vector<std::string> lines_of(const LogGroupDirectory& groups, const std::string& name) {
        std::vector<std::string> messages;
        const auto page = run(groups.find(name)->lines->read({}));
        for (const auto& line : page->lines) messages.push_back(line.message);
        return messages;
    }

    boost::asio::io_context io_;
    boost::asio::thread_pool pool_{1};
    TemporaryDirectory directory_;
    ports::SystemClock clock_;
};

TEST_F(LogGroupDirectoryTest, GroupsAndTheirLinesOutliveTheProcess) {
    {
        auto groups = open();
        ASSERT_TRUE(run(groups.create("/aws/events/b")));
        ASSERT_TRUE(run(groups.create("a")));
        ASSERT_TRUE(run(groups.retain("a", 7)));
        EXPECT_TRUE(groups.find("a")->lines->append("s", clock_.now(), "first"));
        EXPECT_TRUE(groups.find("/aws/events/b")->lines->append("s", clock_.now(), "other"));
    }
    auto groups = open();
    const auto found = groups.groups();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].name, "/aws/events/b");
    EXPECT_EQ(found[0].retention_days, std::nullopt);
    EXPECT_EQ(found[1].name, "a");
    EXPECT_EQ(found[1].retention_days, 7);
    EXPECT_EQ(lines_of(groups, "a"), std::vector<std::string>{"first"});
    ASSERT_TRUE(run(groups.retain("a", std::nullopt)));
    EXPECT_EQ(groups.find("a")->retention_days, std::nullopt);
}

TEST_F(LogGroupDirectoryTest, WhatIsRemovedIsGoneAndItsNameFree) {
    auto groups = open();
    ASSERT_TRUE(run(groups.create("a")));
    EXPECT_EQ(run(groups.create("a")).error().code, Errc::conflict);
    EXPECT_TRUE(groups.find("a")->lines->append("s", clock_.now(), "old"));
    ASSERT_TRUE(run(groups.remove("a")));
    EXPECT_FALSE(groups.find("a"));
    EXPECT_EQ(run(groups.remove("a")).error().code, Errc::not_found);
    EXPECT_EQ(run(groups.retain("a", 1)).error().code, Errc::not_found);
    ASSERT_TRUE(run(groups.create("a")));
    EXPECT_TRUE(lines_of(groups, "a").empty());
}

TEST_F(LogGroupDirectoryTest, ThereAreNoMoreThanTheLimit) {
    auto groups = open();
    for (std::size_t n = 0; n < ports::kLogGroupsMax; ++n) {
        ASSERT_TRUE(run(groups.create(fmt::format("{}", n))));
    }
    EXPECT_EQ(run(groups.create("one more")).error().code, Errc::too_large);
    ASSERT_TRUE(run(groups.remove("0")));
    EXPECT_TRUE(run(groups.create("one more")));
}

TEST_F(LogGroupDirectoryTest, WhatACrashLeftOfAGroupGoes) {
    {
        auto groups = open();
        ASSERT_TRUE(run(groups.create("a")));
    }
    const auto half = directory_.path() / "groups" / "half";
    std::filesystem::create_directories(half / "lines");
    auto groups = open();
    EXPECT_EQ(groups.groups().size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(half));
}

}  // namespace
}  // namespace ingestor::files
