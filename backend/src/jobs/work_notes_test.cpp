#include "jobs/work_notes.hpp"

#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "jobs/testing/world.hpp"

namespace ingestor::jobs {

using namespace testing;
namespace {

using Documents = std::vector<std::uint32_t>;

/// Its notes arrive when the test says so.
class SlowNotes final : public memory::FaultyJobStore {
public:
    SlowNotes(ports::JobStore& store, memory::FaultPlan& plan,
              const boost::asio::any_io_executor& executor)
        : memory::FaultyJobStore(store, plan), arrival_(executor) {}

    Answer<std::monostate> note_at_work(domain::Lease,
                                        std::vector<std::uint32_t> documents) override {
        sent.push_back(documents);
        co_await arrival_.wait(Deadline::max());
        if (refuses) co_return fail(Errc::unavailable, "the store is away");
        arrived.push_back(std::move(documents));
        co_return std::monostate{};
    }
    void arrive() { arrival_.notify(); }

    std::vector<Documents> sent;
    std::vector<Documents> arrived;
    bool refuses = false;

private:
    async::Notifier arrival_;
};

class WorkNotesTest : public ::testing::Test {
protected:
    using AtWork = WorkNotes::AtWork;
    using Written = std::unique_ptr<async::testing::SpawnedTask<Result<std::monostate>>>;

    Written write() {
        auto written = std::make_unique<async::testing::SpawnedTask<Result<std::monostate>>>(
            world.io, notes.write());
        settle();
        return written;
    }
    void arrive() {
        store.arrive();
        settle();
    }
    void settle() {
        world.io.restart();
        while (world.io.poll() > 0) world.io.restart();
    }

    World world;
    memory::FaultPlan plan{1, {}};
    SlowNotes store{world.jobs, plan, world.io.get_executor()};
    domain::Lease lease{.job_id = domain::JobId("job"), .owner = "owner", .fence = 1};
    WorkNotes notes{store, lease};
};

TEST_F(WorkNotesTest, AreWrittenOneAfterTheOther) {
    const AtWork first(notes, 0);
    const auto of_first = write();
    const AtWork second(notes, 1);
    const auto of_second = write();
    EXPECT_EQ(store.sent, (std::vector<Documents>{{0}}));
    EXPECT_FALSE(of_first->done());
    arrive();
    EXPECT_TRUE(of_first->done());
    EXPECT_FALSE(of_second->done()) << "begun without a note of it";
    EXPECT_EQ(store.sent.back(), (Documents{0, 1}));
    arrive();
    EXPECT_TRUE(of_second->done());
    EXPECT_EQ(store.arrived.back(), (Documents{0, 1}));
}

TEST_F(WorkNotesTest, ThatComeTogetherAreOne) {
    std::vector<std::unique_ptr<AtWork>> at_work;
    std::vector<Written> written;
    for (std::uint32_t document = 0; document < 8; ++document) {
        at_work.push_back(std::make_unique<AtWork>(notes, document));
        written.push_back(write());
    }
    arrive();
    arrive();
    for (const auto& one : written) EXPECT_TRUE(one->done());
    EXPECT_EQ(store.arrived, (std::vector<Documents>{{0}, {0, 1, 2, 3, 4, 5, 6, 7}}));
}

TEST_F(WorkNotesTest, LeaveOutWhatHasEnded) {
    auto first = std::make_unique<AtWork>(notes, 0);
    const auto begun = write();
    arrive();
    first.reset();
    const auto ended = write();
    arrive();
    EXPECT_TRUE(ended->done());
    EXPECT_EQ(store.arrived, (std::vector<Documents>{{0}, {}}));
}

TEST_F(WorkNotesTest, ThatChangeNothingAreNotWritten) {
    EXPECT_TRUE(write()->done());
    EXPECT_TRUE(store.sent.empty());
}

TEST_F(WorkNotesTest, OneThatFailsSaysNothingOfWhatIsOnRecord) {
    store.refuses = true;
    auto first = std::make_unique<AtWork>(notes, 0);
    const auto begun = write();
    arrive();
    ASSERT_TRUE(begun->done());
    EXPECT_EQ(begun->get().error().code, Errc::unavailable);
    store.refuses = false;
    first.reset();
    // It may be there all the same.
    const auto ended = write();
    arrive();
    EXPECT_TRUE(ended->done());
    EXPECT_EQ(store.arrived, (std::vector<Documents>{{}}));
}

}  // namespace
}  // namespace ingestor::jobs
