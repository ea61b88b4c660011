#include "sqlite/sqlite_job_directory.hpp"

#include <gmock/gmock.h>

#include "memory/manual_clock.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using testing::Engine;
using testing::job_of;
using testing::run;

TEST(SqliteJobDirectory, GoesThroughAUsersJobsInTheOrderOfTheirIds) {
    const TemporaryDirectory directory;
    memory::ManualClock clock;
    boost::asio::io_context io;
    Engine engine(directory.path(), clock);
    std::vector<std::string> ids;
    for (int number = 0; number < 7; ++number) {
        clock.advance(std::chrono::milliseconds(5));
        const auto job = job_of(clock.now(), number % 2 == 0 ? "ada" : "bob");
        ASSERT_TRUE(engine.submit(io, job));
        if (number % 2 == 0) ids.push_back(job.job_id.value());
    }
    SqliteJobDirectory jobs(*engine.database);
    const auto from = [&](const std::string& text, std::size_t count = 10) {
        std::vector<std::string> found;
        const auto page = run(io, jobs.jobs_of(domain::UserId("ada"), text, count)).value();
        for (const auto& id : page) found.push_back(id.value());
        return found;
    };
    EXPECT_EQ(from(""), ids);
    EXPECT_EQ(from(ids[1]), std::vector(ids.begin() + 1, ids.end()));
    EXPECT_EQ(from(ids[1] + "/0-a.md"), std::vector(ids.begin() + 1, ids.end()));
    EXPECT_EQ(from(ids[2].substr(0, 4)), ids);
    EXPECT_EQ(from("", 2), std::vector(ids.begin(), ids.begin() + 2));
    EXPECT_TRUE(from("ffff").empty());
    // No beginning of an id: some before it may come along, none behind it is left out.
    EXPECT_EQ(from("0!"), ids);
    EXPECT_TRUE(run(io, jobs.jobs_of(domain::UserId("eve"), "", 10)).value().empty());
}

}  // namespace
}  // namespace ingestor::sqlite
