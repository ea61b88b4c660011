#include "awsapi/s3/visible_objects.hpp"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "awsapi/s3/testing/fixture.hpp"
#include "jobs/file_keys.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

const domain::UserId kAnn("ann");

/// Ann has every third job.
class VisibleObjectsTest : public S3Fixture {
protected:
    static domain::JobId job(int number) {
        return domain::JobId(fmt::format("019aae1c-0000-7000-8000-{:012x}", number));
    }

    void store_jobs(int count) {
        for (int number = 0; number < count; ++number) {
            for (const auto folder : jobs::output_folders()) {
                for (const auto* name : {"0-a", "1-b"}) {
                    store(fmt::format("{}{}/{}", folder, job(number).value(), name),
                          number % 3 == 0);
                }
            }
            if (number % 3 == 0) own_jobs_.insert(job(number).value());
        }
    }
    void store(const std::string& key, bool own) {
        std::vector<ports::ObjectIndex::Put> puts;
        ports::IndexedObject object{.info = {.key = domain::ObjectKey(key)}};
        object.bytes = "";
        puts.push_back({.object = std::move(object)});
        ASSERT_TRUE(run(index_->put(std::move(puts))));
        if (own) visible_.push_back(key);
    }
    VisibleObjects objects() {
        return {*store_,
                [this](domain::UserId user, std::string from, std::size_t count)
                    -> boost::asio::awaitable<Result<std::vector<domain::JobId>>> {
                    ++asked_;
                    std::vector<domain::JobId> found;
                    if (user != kAnn) co_return found;
                    for (auto at = own_jobs_.lower_bound(from);
                         at != own_jobs_.end() && found.size() < count; ++at) {
                        found.emplace_back(*at);
                    }
                    co_return found;
                }};
    }
    std::vector<std::string> all(ports::ListQuery query) {
        auto listing = objects();
        std::vector<std::string> keys;
        while (true) {
            const auto page = run(listing.list(kAnn, query)).value();
            EXPECT_LE(page.objects.size() + page.groups.size(), query.count);
            for (const auto& object : page.objects) keys.push_back(object.key.value());
            for (const auto& group : page.groups) keys.push_back(group);
            if (!page.next) return keys;
            EXPECT_FALSE(page.objects.empty() && page.groups.empty());
            query.from = *page.next;
        }
    }

    std::set<std::string> own_jobs_;
    std::vector<std::string> visible_;
    int asked_ = 0;
};

TEST_F(VisibleObjectsTest, AreTheSameInPagesOfAnySize) {
    store_jobs(20);
    store("uploads/ann/1/a", true);
    store("uploads/ann/2/b", true);
    store("uploads/bob/1/a", false);
    for (const std::size_t count : {1U, 2U, 3U, 7U, 1'000U}) {
        ports::ListQuery query;
        query.count = count;
        // In the order of the keys: all of `documents/` first.
        auto wanted = visible_;
        std::ranges::sort(wanted);
        EXPECT_EQ(all(query), wanted) << count;
    }
}

TEST_F(VisibleObjectsTest, StandInGroups) {
    store_jobs(6);
    store("uploads/ann/1/a", true);
    ports::ListQuery query;
    query.delimiter = "/";
    query.count = 1;
    EXPECT_THAT(all(query), ::testing::ElementsAre("documents/", "sidecars/", "uploads/"));
    query.prefix = "documents/";
    EXPECT_THAT(all(query), ::testing::ElementsAre("documents/" + job(0).value() + "/",
                                                   "documents/" + job(3).value() + "/"));
}

TEST_F(VisibleObjectsTest, BelowAPrefixAskForFewJobs) {
    store_jobs(1'600);
    ports::ListQuery query;
    query.prefix = "sidecars/" + job(3).value() + "/";
    asked_ = 0;
    EXPECT_EQ(all(query).size(), 2U);
    EXPECT_EQ(asked_, 1);
    query.prefix = "uploads/";
    asked_ = 0;
    EXPECT_TRUE(all(query).empty());
    EXPECT_EQ(asked_, 0);
    // More jobs than are asked for at once.
    query.prefix = "documents/";
    EXPECT_EQ(all(query).size(), 2 * own_jobs_.size());
    query.delimiter = "/";
    query.prefix = "";
    EXPECT_EQ(all(query).size(), 2U);
}

}  // namespace
}  // namespace ingestor::awsapi::s3
