#include "awsapi/sqs/attributes.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor::awsapi::sqs {
namespace {

using namespace std::chrono_literals;

TEST(SqsAttributes, NumbersAreTakenWithinTheirLimits) {
    struct Row {
        std::string name;
        std::string least;
        std::string most;
        std::string too_small;
        std::string too_large;
    };
    for (const auto& [name, least, most, too_small, too_large] :
         {Row{"DelaySeconds", "0", "900", "-1", "901"},
          Row{"MessageRetentionPeriod", "60", "1209600", "59", "1209601"},
          Row{"ReceiveMessageWaitTimeSeconds", "0", "20", "-1", "21"},
          Row{"VisibilityTimeout", "0", "43200", "-1", "43201"},
          Row{"MaximumMessageSize", "1024", "1048576", "1023", "1048577"}}) {
        ports::QueueSettings settings;
        for (const auto& value : {least, most}) {
            ASSERT_TRUE(set_attribute(settings, name, value)) << name << value;
            EXPECT_EQ(attributes_of(settings).at(name), value);
        }
        for (const auto& value : {too_small, too_large, std::string("x"), std::string("")}) {
            const auto refused = set_attribute(settings, name, value);
            ASSERT_FALSE(refused) << name << value;
            EXPECT_EQ(refused.error().message, "Invalid value for the parameter " + name + ".");
            EXPECT_EQ(refused.error().field, "InvalidAttributeValue");
        }
        EXPECT_EQ(attributes_of(settings).at(name), most);
    }
}

TEST(SqsAttributes, ARedrivePolicyNamesAQueueAndACount) {
    ports::QueueSettings settings;
    const auto set = [&settings](std::string policy) {
        return set_attribute(settings, "RedrivePolicy", policy);
    };
    ASSERT_TRUE(set(R"({"deadLetterTargetArn":"arn:d","maxReceiveCount":"3"})"));
    EXPECT_EQ(settings.redrive, (ports::RedrivePolicy{"arn:d", 3}));
    ASSERT_TRUE(set(R"({"deadLetterTargetArn":"arn:e","maxReceiveCount":1000})"));
    EXPECT_EQ(attributes_of(settings).at("RedrivePolicy"),
              R"({"deadLetterTargetArn":"arn:e","maxReceiveCount":1000})");
    for (const auto* policy :
         {"x", "[]", "{}", R"({"deadLetterTargetArn":"a","maxReceiveCount":0})",
          R"({"deadLetterTargetArn":"a","maxReceiveCount":1001})",
          R"({"deadLetterTargetArn":1,"maxReceiveCount":1})"}) {
        EXPECT_FALSE(set(policy)) << policy;
    }
    ASSERT_TRUE(set(""));
    EXPECT_FALSE(settings.redrive);
    EXPECT_FALSE(attributes_of(settings).contains("RedrivePolicy"));
}

TEST(SqsAttributes, WhatIsNotDoneIsRefused) {
    ports::QueueSettings settings;
    EXPECT_EQ(set_attribute(settings, "FifoQueue", "true").error().field, "InvalidAttributeName");
    EXPECT_EQ(set_attribute(settings, "SqsManagedSseEnabled", "true").error().field,
              "InvalidAttributeValue");
    EXPECT_TRUE(set_attribute(settings, "SqsManagedSseEnabled", "false"));
}

TEST(SqsAttributes, OfMessagesAreReadAndToldAsTheyWere) {
    const auto message = boost::json::parse(
        R"({"MessageAttributes":{"b":{"DataType":"Binary","BinaryValue":"AAH/"},)"
        R"("n":{"DataType":"Number.int","StringValue":"12"},)"
        R"("s":{"DataType":"String","StringValue":"x"}}})");
    const auto attributes = read_message_attributes(message.as_object()).value();
    ASSERT_EQ(attributes.size(), 3U);
    EXPECT_EQ(attributes.at("b").value, std::string("\0\1\xff", 3));
    EXPECT_EQ(to_json(attributes), message.as_object().at("MessageAttributes"));
    EXPECT_EQ(size_of("ab", {{"n", {"String", "xyz"}}}), 2U + 1 + 6 + 3);
}

TEST(SqsAttributes, OfMessagesThatCannotBeAreRefused) {
    const auto refused = [](std::string_view attributes) {
        const auto message =
            boost::json::parse(R"({"MessageAttributes":)" + std::string(attributes) + "}");
        const auto read = read_message_attributes(message.as_object());
        return read ? std::string() : read.error().message;
    };
    EXPECT_NE(refused(R"({"a":{"DataType":"Text","StringValue":"x"}})").find("Binary, Number, and"),
              std::string::npos);
    EXPECT_NE(refused(R"({"a":{"DataType":"String","StringValue":""}})").find("non-empty"),
              std::string::npos);
    EXPECT_NE(refused(R"({"a":{"DataType":"Binary","BinaryValue":"!"}})").find("non-empty"),
              std::string::npos);
    std::string many = "{";
    for (int n = 0; n < 11; ++n) {
        many += (n > 0 ? "," : "") + std::string("\"a") + std::to_string(n) +
                R"(":{"DataType":"String","StringValue":"x"})";
    }
    EXPECT_NE(refused(many + "}").find("[11] exceeds the allowed maximum [10]"), std::string::npos);
}

// The values are those of an independent calculation, by Python's hashlib.
TEST(SqsAttributes, DigestsAreThoseThatClientsCheck) {
    EXPECT_EQ(md5_of("hello"), "5d41402abc4b2a76b9719d911017c592");
    EXPECT_EQ(md5_of(ports::MessageAttributes{{"n", {"Number", "12"}}, {"s", {"String", "x"}}}),
              "c9490888cabcfe802ee94331f3715ebd");
}

TEST(SqsReceipts, LeadBackToTheirMessage) {
    const ports::MessageReceipt receipt{.place = 12, .message_id = "id", .receive_count = 3};
    const auto own = write_receipt(receipt, "q");
    EXPECT_EQ(read_receipt(own, "q").value(), receipt);
    const auto of_another = write_receipt(receipt, "another");
    for (const std::string& handle : {std::string(), std::string("x"), to_base64("q 12 3"),
                                      to_base64("q x y z"), to_base64("q"), of_another}) {
        const auto refused = read_receipt(handle, "q");
        ASSERT_FALSE(refused) << handle;
        EXPECT_EQ(refused.error().query_code, "ReceiptHandleIsInvalid");
    }
}

}  // namespace
}  // namespace ingestor::awsapi::sqs
