#include "bus/archive/replays.hpp"

#include <gmock/gmock.h>

#include "bus/archive/testing/archive_world.hpp"

namespace ingestor::bus::archive {
namespace {

using ports::ReplayState;
using testing::ArchiveWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kAll = R"({"source":["scale"]})";

ports::Replay replay_of(const std::string& archive, int from, int to) {
    return {.name = "r",
            .archive = archive,
            .bus = "depot",
            .from = ArchiveWorld::noon() + std::chrono::seconds(from),
            .to = ArchiveWorld::noon() + std::chrono::seconds(to)};
}

class ReplaysTest : public ::testing::Test {
protected:
    ReplaysTest() : world({.page = 3, .under_way_max = 4}) {}
    ~ReplaysTest() override {
        replays().stop();
        world.settle();
    }

    Replays& replays() { return world.process->replays; }
    void start() {
        async::testing::spawn_for_test(world.io, replays().run(), [](const std::exception_ptr&) {});
        world.settle();
    }
    void add(ports::Replay replay) {
        ASSERT_TRUE(world.wait_for(replays().add(std::move(replay))));
    }
    /// Delivers what is under way and turns the clock until the replay has ended.
    void run_to_end() {
        for (int turns = 0; turns < 100 && is_active(replays().find("r")->state); ++turns) {
            world.settle();
            world.acknowledge_all();
            world.monotonic.advance(std::chrono::seconds(1));
        }
    }

    ArchiveWorld world;
};

TEST_F(ReplaysTest, PutTheEventsOfTheTimeBackOnTheirBus) {
    world.archive("a", 9);
    world.rule("all", kAll);
    start();
    add(replay_of("a", 2, 5));
    run_to_end();
    EXPECT_THAT(world.take_deliveries(),
                ElementsAre("all event-002 of r", "all event-003 of r", "all event-004 of r"));
    const auto replay = *replays().find("r");
    EXPECT_EQ(replay.state, ReplayState::completed);
    EXPECT_EQ(replay.ended_at, world.clock.now());
    EXPECT_EQ(replay.replayed->time, ArchiveWorld::noon() + std::chrono::seconds(4));
    EXPECT_THAT(world.wait_for(world.process->store.replays()).value(), ElementsAre(replay));
}

TEST_F(ReplaysTest, GiveEventsToTheRulesThatWereNamedAlone) {
    world.archive("a", 1);
    world.rule("all", kAll);
    world.rule("other", kAll);
    world.rule("third", kAll);
    start();
    auto replay = replay_of("a", 0, 9);
    replay.rules = {"other", "third", "nowhere"};
    add(std::move(replay));
    run_to_end();
    EXPECT_THAT(world.take_deliveries(),
                ElementsAre("other event-000 of r", "third event-000 of r"));
}

TEST_F(ReplaysTest, OfNothingAreCompleteAtOnce) {
    world.archive("a", 1);
    start();
    add(replay_of("a", 5, 9));
    run_to_end();
    EXPECT_EQ(replays().find("r")->state, ReplayState::completed);
    EXPECT_FALSE(replays().find("r")->replayed);
}

TEST_F(ReplaysTest, WaitWhileTheBusHasEnoughUnderWay) {
    world.archive("a", 12);
    world.rule("all", kAll);
    start();
    add(replay_of("a", 0, 12));
    // Two pages: the second makes it more than four.
    EXPECT_THAT(world.delivered, SizeIs(6));
    world.monotonic.advance(std::chrono::seconds(1));
    world.settle();
    EXPECT_THAT(world.delivered, SizeIs(6));
    run_to_end();
    EXPECT_THAT(world.delivered, SizeIs(12));
}

TEST_F(ReplaysTest, GoOnWhereTheyWereAfterARestart) {
    world.archive("a", 12);
    world.rule("all", kAll);
    start();
    add(replay_of("a", 0, 12));
    EXPECT_THAT(world.delivered, SizeIs(6));
    world.acknowledge_all();
    static_cast<void>(world.take_deliveries());
    world.restart();
    start();
    run_to_end();
    EXPECT_EQ(replays().find("r")->state, ReplayState::completed);
    const auto rest = world.take_deliveries();
    ASSERT_THAT(rest, SizeIs(6));
    EXPECT_EQ(rest.front(), "all event-006 of r");
}

TEST_F(ReplaysTest, StopWhenTheyAreCancelled) {
    world.archive("a", 12);
    world.rule("all", kAll);
    start();
    add(replay_of("a", 0, 12));
    const auto cancelled = world.wait_for(replays().cancel("r"));
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->state, ReplayState::cancelling);
    run_to_end();
    EXPECT_EQ(replays().find("r")->state, ReplayState::cancelled);
    EXPECT_THAT(world.delivered, SizeIs(6));
    const auto again = world.wait_for(replays().cancel("r"));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().field, "state");
    EXPECT_EQ(again.error().message, "Replay r is not in a valid state for this operation.");
    EXPECT_EQ(world.wait_for(replays().cancel("q")).error().code, Errc::not_found);
}

TEST_F(ReplaysTest, FailWhereTheirArchiveIsGone) {
    world.archive("a", 12);
    world.rule("all", kAll);
    start();
    add(replay_of("a", 0, 12));
    ASSERT_TRUE(world.wait_for(world.process->archives.remove("a")));
    run_to_end();
    EXPECT_EQ(replays().find("r")->state, ReplayState::failed);
    EXPECT_EQ(replays().find("r")->state_reason, "Archive a does not exist.");
}

TEST_F(ReplaysTest, AreTenAtOnceAndHaveNamesOfTheirOwn) {
    world.archive("a", 1);
    for (int i = 0; i < 10; ++i) {
        auto replay = replay_of("a", 0, 9);
        replay.name = fmt::format("r{}", i);
        add(std::move(replay));
    }
    auto taken = replay_of("a", 0, 9);
    taken.name = "r3";
    const auto twice = world.wait_for(replays().add(taken));
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().message, "Replay r3 already exists.");
    const auto eleventh = world.wait_for(replays().add(replay_of("a", 0, 9)));
    ASSERT_FALSE(eleventh);
    EXPECT_EQ(eleventh.error().code, Errc::too_large);
    start();
    add(replay_of("a", 0, 9));
    EXPECT_THAT(replays().list(), SizeIs(11));
}

TEST_F(ReplaysTest, AreForgottenWhenTheirTimeIsUp) {
    world.archive("a", 1);
    start();
    add(replay_of("a", 0, 9));
    run_to_end();
    replays().forget_ended_before(world.clock.now());
    EXPECT_THAT(replays().list(), SizeIs(1));
    replays().forget_ended_before(world.clock.now() + std::chrono::milliseconds(1));
    EXPECT_THAT(replays().list(), IsEmpty());
}

}  // namespace
}  // namespace ingestor::bus::archive
