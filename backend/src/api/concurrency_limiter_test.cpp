#include "api/concurrency_limiter.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

TEST(ConcurrencyLimiter, HoldsEachUserAndAllTogetherToTheirLimits) {
    ConcurrencyLimiter limiter(3, 2);
    std::vector<ConcurrencyLimiter::Ticket> held;
    const auto enter = [&](const char* user) {
        auto ticket = limiter.enter(domain::UserId(user));
        if (ticket) held.push_back(std::move(*ticket));
        return ticket.has_value();
    };
    EXPECT_TRUE(enter("ann"));
    EXPECT_TRUE(enter("ann"));
    EXPECT_FALSE(enter("ann"));
    EXPECT_TRUE(enter("bob"));
    EXPECT_FALSE(enter("cid"));
    held.clear();
    EXPECT_EQ(limiter.total(), 0U);
    EXPECT_TRUE(enter("ann"));
    EXPECT_TRUE(enter("cid"));
}

TEST(ConcurrencyLimiter, ATicketMayOutliveIt) {
    std::optional<ConcurrencyLimiter::Ticket> ticket;
    {
        ConcurrencyLimiter limiter(1, 1);
        ticket.emplace(limiter.enter(domain::UserId("ann")).value());
    }
    ticket.reset();
}

}  // namespace
}  // namespace ingestor::api
