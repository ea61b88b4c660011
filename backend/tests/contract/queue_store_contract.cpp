#include <gmock/gmock.h>

#include "contract/harness.hpp"
#include "contract/run.hpp"

namespace ingestor::contract {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

ports::OutgoingMessage message(std::string id, std::string body = "b") {
    return {.id = std::move(id), .body = std::move(body)};
}

}  // namespace

TEST_P(QueueStoreContract, QueuesArePutReplacedAndRemoved) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ports::QueueRecord queue{.name = "q", .created_at = now, .modified_at = now + 1s};
    queue.settings = {.delay = 1s,
                      .retention = 60s,
                      .receive_wait = 2s,
                      .visibility_timeout = 3s,
                      .message_bytes_max = 1'024,
                      .redrive = ports::RedrivePolicy{"arn:dead", 7},
                      .policy = "{}",
                      .redrive_allow_policy = "[]"};
    queue.tags = {{"a", "1"}};
    const ports::QueueRecord other{.name = "a", .created_at = now, .modified_at = now};
    ASSERT_TRUE(run(io, queues_->put_queue(queue)));
    ASSERT_TRUE(run(io, queues_->put_queue(other)));
    EXPECT_THAT(run(io, queues_->queues()).value(), ElementsAre(other, queue));
    ASSERT_TRUE(run(io, queues_->send("q", {message("m")}, now)));
    queue.settings.redrive.reset();
    ASSERT_TRUE(run(io, queues_->put_queue(queue)));
    EXPECT_EQ(
        run(io, queues_->depth("q", now))->delayed + run(io, queues_->depth("q", now))->visible,
        1U);
    ASSERT_TRUE(run(io, queues_->remove_queue("a")));
    EXPECT_THAT(run(io, queues_->queues()).value(), ElementsAre(queue));
}

TEST_P(QueueStoreContract, AMessageComesAsItWasSent) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ASSERT_TRUE(run(io, queues_->put_queue({.name = "q", .created_at = now, .modified_at = now})));
    auto sent = message("m", "body \xC3\xA9");
    sent.attributes = {{"b", {"Binary", std::string("\0\xff", 2)}}, {"s", {"String.x", "t"}}};
    sent.trace_header = "Root=1";
    ASSERT_TRUE(run(io, queues_->send("q", {sent}, now)));
    const auto answer =
        run(io, queues_->receive({.queue = "q", .now = now + 1s, .visibility_timeout = 5s}))
            .value();
    ASSERT_EQ(answer.messages.size(), 1U);
    const auto& got = answer.messages[0];
    EXPECT_EQ(got.body, sent.body);
    EXPECT_EQ(got.attributes, sent.attributes);
    EXPECT_EQ(got.trace_header, "Root=1");
    EXPECT_EQ(got.receipt.message_id, "m");
    EXPECT_EQ(got.sent_at, now);
    EXPECT_EQ(got.first_received_at, now + 1s);
    EXPECT_EQ(got.source, "");
    EXPECT_EQ(run(io, queues_->next_visible("q", now + 1s)).value(), now + 6s);
}

TEST_P(QueueStoreContract, ThoseThatHaveBeenVisibleForLongestComeFirst) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    ASSERT_TRUE(run(io, queues_->put_queue({.name = "q", .created_at = now, .modified_at = now})));
    auto late = message("late");
    late.delay = 10s;
    ASSERT_TRUE(run(io, queues_->send("q", {late, message("1")}, now)));
    ASSERT_TRUE(run(io, queues_->send("q", {message("2")}, now + 1s)));
    const auto answer =
        run(io, queues_->receive({.queue = "q", .now = now + 1min, .messages_max = 10})).value();
    std::vector<std::string> ids;
    for (const auto& each : answer.messages) ids.push_back(each.receipt.message_id);
    EXPECT_THAT(ids, ElementsAre("1", "2", "late"));
}

TEST_P(QueueStoreContract, MovedMessagesAreFreshOnes) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    for (const auto* name : {"q", "dead"}) {
        ASSERT_TRUE(
            run(io, queues_->put_queue({.name = name, .created_at = now, .modified_at = now})));
    }
    ASSERT_TRUE(run(io, queues_->send("q", {message("m")}, now)));
    const ports::ReceiveRequest receive{.queue = "q",
                                        .now = now,
                                        .visibility_timeout = 0s,
                                        .dead_letter_queue = "dead",
                                        .receives_max = 1};
    EXPECT_EQ(run(io, queues_->receive(receive))->messages.size(), 1U);
    const auto second = run(io, queues_->receive(receive)).value();
    EXPECT_THAT(second.messages, IsEmpty());
    EXPECT_EQ(second.dead_letters, 1U);
    EXPECT_THAT(run(io, queues_->move({.from = "dead", .to = "", .now = now + 1h})).value(),
                ElementsAre("q"));
    const auto fresh = run(io, queues_->receive({.queue = "q", .now = now + 1h}))->messages.at(0);
    EXPECT_NE(fresh.receipt.message_id, "m");
    EXPECT_EQ(fresh.receipt.receive_count, 1U);
    EXPECT_EQ(fresh.sent_at, now + 1h);
    EXPECT_EQ(fresh.source, "");
    EXPECT_THAT(run(io, queues_->move({.from = "dead", .to = "", .now = now})).value(), IsEmpty());
}

TEST_P(QueueStoreContract, AQueueThatIsNotThereIsSaidSo) {
    auto& io = surroundings_.io;
    const auto now = surroundings_.clock.now();
    EXPECT_EQ(run(io, queues_->send("q", {message("m")}, now)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->receive({.queue = "q", .now = now})).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->remove("q", {})).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->change_visibility("q", {}, now, now)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->purge("q")).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->depth("q", now)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->next_visible("q", now)).error().code, Errc::not_found);
    EXPECT_EQ(run(io, queues_->move({.from = "q", .to = "", .now = now})).error().code,
              Errc::not_found);
    EXPECT_EQ(run(io, queues_->remove_queue("q")).error().code, Errc::not_found);
}

}  // namespace ingestor::contract
