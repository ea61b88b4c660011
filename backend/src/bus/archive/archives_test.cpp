#include "bus/archive/archives.hpp"

#include <gmock/gmock.h>

#include "bus/archive/testing/archive_world.hpp"

namespace ingestor::bus::archive {
namespace {

using testing::ArchiveWorld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ArchiveRule, HasThePatternOfItsArchiveAndNoReplays) {
    EXPECT_EQ(rule_pattern(""), R"({"replay-name":[{"exists":false}]})");
    EXPECT_EQ(rule_pattern(R"( {"source":["a"]})"),
              R"( {"replay-name":[{"exists":false}],"source":["a"]})");
    // It would be there twice.
    constexpr auto kOwn = R"({"replay-name":["r"]})";
    EXPECT_EQ(rule_pattern(kOwn), kOwn);
    EXPECT_EQ(rule_name("a"), "Events-Archive-a");
}

TEST(Archives, AreTargetsOfTheirBusOverRestarts) {
    ArchiveWorld world;
    ports::Archive archive{.name = "a", .bus = "depot"};
    archive.event_pattern = R"({"source":["scale"]})";
    ASSERT_TRUE(world.wait_for(world.process->archives.put(archive)));
    world.restart();
    auto other = ArchiveWorld::event(1);
    other.source = "lift";
    auto replayed = ArchiveWorld::event(2);
    replayed.replay_name = "r";
    std::vector<eventbridge::Event> events{ArchiveWorld::event(0), other, replayed};
    ASSERT_TRUE(world.wait_for(world.process->bus.publish(std::move(events))));
    ASSERT_EQ(world.delivered.size(), 1U);
    EXPECT_EQ(world.delivered[0].target_arn, "arn:aws:events:us-east-1:000000000000:archive/a");
    EXPECT_THAT(world.take_deliveries(), ElementsAre("Events-Archive-a event-000"));
}

TEST(Archives, ThatAreDeletedTakeNothing) {
    ArchiveWorld world;
    world.archive("a", 0);
    ASSERT_TRUE(world.wait_for(world.process->archives.remove("a")));
    EXPECT_EQ(world.process->archives.find("a"), nullptr);
    EXPECT_THAT(world.process->bus.rules_of("depot"), IsEmpty());
    std::vector<eventbridge::Event> events{ArchiveWorld::event(0)};
    ASSERT_TRUE(world.wait_for(world.process->bus.publish(std::move(events))));
    EXPECT_THAT(world.take_deliveries(), IsEmpty());
    EXPECT_EQ(world.wait_for(world.process->archives.remove("a")).error().code, Errc::not_found);
}

TEST(Archives, RefuseAPatternThatIsNone) {
    ArchiveWorld world;
    ports::Archive archive{.name = "a", .bus = "depot"};
    archive.event_pattern = R"({"source":"scale"})";
    const auto put = world.wait_for(world.process->archives.put(archive));
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().field, "EventPattern");
    EXPECT_EQ(world.process->archives.find("a"), nullptr);
    EXPECT_THAT(world.wait_for(world.process->store.archives()).value(), IsEmpty());
}

}  // namespace
}  // namespace ingestor::bus::archive
