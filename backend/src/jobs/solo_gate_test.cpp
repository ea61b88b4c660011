#include "jobs/solo_gate.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"

namespace ingestor::jobs {
namespace {

using Company = SoloGate::Company;
using Pass = std::optional<SoloGate::Pass>;

class SoloGateTest : public ::testing::Test {
protected:
    using Entrant = std::unique_ptr<async::testing::SpawnedTask<Pass>>;

    Entrant enter(Company company, std::stop_token stop = {}) {
        auto entrant = std::make_unique<async::testing::SpawnedTask<Pass>>(
            io, gate.enter(company, std::move(stop)));
        settle();
        return entrant;
    }
    void settle() {
        io.restart();
        while (io.poll() > 0) io.restart();
    }
    /// Leaves at once.
    void leave(const Entrant& entrant) {
        ASSERT_TRUE(entrant->done());
        {
            const auto pass = entrant->get();
        }
        settle();
    }

    boost::asio::io_context io;
    SoloGate gate;
};

TEST_F(SoloGateTest, LetsManyInTogether) {
    const auto first = enter(Company::others);
    const auto second = enter(Company::others);
    EXPECT_TRUE(first->done());
    EXPECT_TRUE(second->done());
}

TEST_F(SoloGateTest, OneByItselfWaitsForTheOthersAndKeepsLaterOnesOut) {
    const auto before = enter(Company::others);
    const auto alone = enter(Company::nobody);
    const auto after = enter(Company::others);
    EXPECT_FALSE(alone->done());
    EXPECT_FALSE(after->done());
    leave(before);
    EXPECT_TRUE(alone->done());
    EXPECT_FALSE(after->done());
    leave(alone);
    EXPECT_TRUE(after->done());
}

TEST_F(SoloGateTest, TwoByThemselvesTakeTurns) {
    const auto first = enter(Company::nobody);
    const auto second = enter(Company::nobody);
    EXPECT_TRUE(first->done());
    EXPECT_FALSE(second->done());
    leave(first);
    EXPECT_TRUE(second->done());
}

TEST_F(SoloGateTest, AStopEndsTheWaitAndLetsInThoseBehind) {
    const auto before = enter(Company::others);
    std::stop_source stop;
    const auto alone = enter(Company::nobody, stop.get_token());
    const auto after = enter(Company::others);
    stop.request_stop();
    settle();
    ASSERT_TRUE(alone->done());
    EXPECT_FALSE(alone->get());
    EXPECT_TRUE(after->done());
    const auto too_late = enter(Company::others, stop.get_token());
    ASSERT_TRUE(too_late->done());
    EXPECT_FALSE(too_late->get());
}

}  // namespace
}  // namespace ingestor::jobs
