#include "ports/fairness_group.hpp"

#include <gtest/gtest.h>

namespace ingestor::ports {
namespace {

TEST(FairnessGroup, OfATargetIsKnownFromThatOfAnEvent) {
    for (const auto* group : {"", "ann", "\x02", "\xc3\xa9"}) {
        EXPECT_FALSE(is_target_group(group));
        EXPECT_EQ(event_group(group), group);
        const auto of_target = target_group("arn:aws:sqs:us-east-1:000000000000:q", group);
        EXPECT_TRUE(is_target_group(of_target));
        EXPECT_EQ(event_group(of_target), group);
        EXPECT_GT(of_target, kTargetGroupsBegin);
        EXPECT_LT(of_target, kTargetGroupsEnd);
    }
    EXPECT_NE(target_group("a", "g"), target_group("b", "g"));
}

}  // namespace
}  // namespace ingestor::ports
