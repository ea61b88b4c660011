#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory/manual_clock.hpp"
#include "ports/testing/all_due.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {

using testing::run;

namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::Engine;

/// So much that an event goes on in pages of its own.
constexpr std::size_t kDetailBytes = 20'000;
constexpr std::size_t kPageBytes = 4'096;

class CorruptEventTest : public ::testing::Test {
protected:
    CorruptEventTest() {
        engine_ = std::make_unique<Engine>(directory_.path(), clock_);
        for (const auto* user : {"ada", "bob", "cyd"}) {
            auto job = testing::job_of(clock_.now(), user);
            jobs_.push_back(job.job_id);
            auto event = testing::event_of(job, kDetailBytes);
            EXPECT_TRUE(
                run(io_, engine_->jobs.create(std::move(job), std::nullopt, std::move(event))));
        }
        due_ = run(io_, ports::testing::all_due(engine_->log, clock_.now())).value();
        EXPECT_EQ(due_.size(), 3U);
    }

    void reopen() { engine_ = std::make_unique<Engine>(directory_.path(), clock_); }
    void execute(const std::string& sql) {
        auto unit = [sql](Connection& connection) -> Result<std::monostate> {
            connection.execute(sql);
            return std::monostate{};
        };
        EXPECT_TRUE(run(io_, engine_->database->write(std::move(unit))));
    }
    /// Makes the second page of the event that is due as the n-th lead nowhere.
    void break_page_chain(std::size_t n) {
        const auto file = engine_->database->file();
        engine_.reset();
        std::fstream pages(file, std::ios::binary | std::ios::in | std::ios::out);
        const std::string bytes{std::istreambuf_iterator<char>(pages), {}};
        // The name of the job stands in the first page of the event; what follows is padding.
        const auto start = bytes.find(R"({"job_id":")" + jobs_[n].value());
        ASSERT_NE(start, std::string::npos);
        const auto page = start / kPageBytes;
        // The number of the next page is the last thing of the event in its first page; in the
        // pages that follow it is the first.
        const auto padding = bytes.find(std::string(kPageBytes - 4, 'x'), (page + 1) * kPageBytes);
        ASSERT_NE(padding, std::string::npos);
        pages.clear();
        pages.seekp(static_cast<std::streamoff>(padding - padding % kPageBytes));
        pages.write("\xff\xff\xff\xf0", 4);
        pages.close();
        reopen();
    }
    ports::FoundDeliveries read_all() {
        std::vector<std::int64_t> ids;
        ids.reserve(due_.size());
        for (const auto& delivery : due_) ids.push_back(delivery.id);
        auto found = run(io_, engine_->log.read(std::move(ids)));
        EXPECT_TRUE(found) << found.error().message;
        return found.value_or(ports::FoundDeliveries{});
    }
    std::vector<domain::JobId> orphaned() {
        const auto later = clock_.now() + 1h;
        return run(io_, engine_->jobs.find_orphaned(later, later, 100)).value();
    }
    /// What is to hold once one event cannot be read.
    void expect_set_aside(const ports::FoundDeliveries& found) {
        ASSERT_EQ(found.corrupt.size(), 1U);
        ASSERT_EQ(found.deliveries.size(), 2U);
        for (const auto& delivery : found.deliveries) {
            EXPECT_GT(delivery.event->detail.size(), kDetailBytes);
        }
        const auto corrupt = found.corrupt[0];
        const auto now = clock_.now() + 5s;
        ASSERT_TRUE(run(io_, engine_->log.set_aside(corrupt, now)));
        EXPECT_TRUE(run(io_, engine_->log.set_aside(corrupt, now)));
        EXPECT_EQ(run(io_, engine_->log.depth()).value(), 2U);

        const auto letters = run(io_, engine_->log.dead_letters(100)).value();
        ASSERT_EQ(letters.size(), 1U);
        EXPECT_EQ(letters[0].id, corrupt);
        EXPECT_EQ(letters[0].error_code, ports::kEventCorrupt);
        EXPECT_EQ(letters[0].dead_at, now);
        ASSERT_TRUE(letters[0].delivery.event);
        EXPECT_EQ(letters[0].delivery.event->detail, "");
        EXPECT_THAT(run(io_, engine_->log.redrive({corrupt}, now)).value(), IsEmpty());
        EXPECT_EQ(run(io_, engine_->log.depth()).value(), 2U);

        // The others go on, and so does the job, with another event.
        for (const auto& delivery : found.deliveries) {
            EXPECT_TRUE(run(io_, engine_->log.acknowledge(delivery.id)));
        }
        const auto left = orphaned();
        const auto place = static_cast<std::size_t>(
            std::ranges::find(due_, corrupt, &ports::Delivery::id) - due_.begin());
        EXPECT_THAT(left, ::testing::Contains(jobs_[place]));
        auto job = run(io_, engine_->jobs.get(jobs_[place])).value();
        auto event = testing::event_of(job);
        ASSERT_TRUE(run(io_, engine_->jobs.republish(job.job_id, std::move(event), now)));
        const auto due = run(io_, ports::testing::all_due(engine_->log, now + 1s)).value();
        ASSERT_EQ(due.size(), 1U);
        EXPECT_EQ(due[0].event->subject, jobs_[place].value());
    }

    TemporaryDirectory directory_;
    asio::io_context io_;
    memory::ManualClock clock_;
    std::unique_ptr<Engine> engine_;
    std::vector<domain::JobId> jobs_;
    std::vector<ports::Delivery> due_;
};

TEST_F(CorruptEventTest, OfWhichPagesAreDamagedIsSetAsideAlone) {
    break_page_chain(1);
    expect_set_aside(read_all());
}

TEST_F(CorruptEventTest, ThatIsGoneIsSetAsideAlone) {
    execute("DELETE FROM events WHERE seq = " + std::to_string(due_[2].id >> 12));
    expect_set_aside(read_all());
}

TEST_F(CorruptEventTest, WhoseRouteIsGoneIsSetAsideToo) {
    execute("DELETE FROM routes");
    EXPECT_EQ(read_all().corrupt.size(), 3U);
}

TEST_F(CorruptEventTest, ADeliveryThatIsDoneIsNotCorrupt) {
    ASSERT_TRUE(run(io_, engine_->log.acknowledge(due_[0].id)));
    EXPECT_THAT(read_all().corrupt, IsEmpty());
}

TEST_F(CorruptEventTest, ADeadLetterWhoseEventIsDamagedLaterIsListedWithTheOthers) {
    for (const auto& delivery : due_) {
        ports::GivenUp reason;
        reason.error_code = "RetriesExhausted";
        reason.at = clock_.now();
        ASSERT_TRUE(run(io_, engine_->log.move_to_dead_letters(delivery.id, std::move(reason))));
    }
    break_page_chain(1);
    const auto listed = run(io_, engine_->log.dead_letters(100));
    ASSERT_TRUE(listed) << listed.error().message;
    const auto& letters = *listed;
    ASSERT_EQ(letters.size(), 3U);
    std::size_t readable = 0;
    for (const auto& letter : letters) readable += letter.delivery.event->detail.empty() ? 0 : 1;
    EXPECT_EQ(readable, 2U);
    // What can be redriven is.
    std::vector<std::int64_t> ids{due_[0].id, due_[1].id, due_[2].id};
    EXPECT_EQ(run(io_, engine_->log.redrive(ids, clock_.now())).value().size(), 2U);
}

}  // namespace
}  // namespace ingestor::sqlite
