#include "awsapi/sqs/query_protocol.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace ingestor::awsapi::sqs {
namespace {

std::string body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

TEST(SqsQueryProtocol, FormsReadAsTheJsonProtocolsRequests) {
    struct Row {
        std::string_view form;
        std::string_view json;
    };
    for (const auto& [form, json] :
         {Row{"Action=A&Version=2012-11-05&QueueName=a+b", R"({"QueueName":"a b"})"},
          Row{"Action=A&Attribute.2.Name=y&Attribute.2.Value=2&Attribute.1.Name=x&Attribute.1."
              "Value=1",
              R"({"Attributes":{"x":"1","y":"2"}})"},
          Row{"Action=A&AttributeName.1=All&AttributeName.10=b&AttributeName.2=c",
              R"({"AttributeNames":["All","c","b"]})"},
          Row{"Action=A&DelaySeconds=5&MessageBody=5", R"({"DelaySeconds":5,"MessageBody":"5"})"},
          Row{"Action=A&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&"
              "MessageAttribute.1.Value.StringValue=v",
              R"({"MessageAttributes":{"k":{"DataType":"String","StringValue":"v"}}})"},
          Row{"Action=A&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1."
              "MessageBody=b&"
              "SendMessageBatchRequestEntry.1.DelaySeconds=1",
              R"({"Entries":[{"DelaySeconds":1,"Id":"a","MessageBody":"b"}]})"},
          Row{"Action=A&Tag.1.Key=k&Tag.1.Value=v&TagKey.1=t",
              R"({"Tags":{"k":"v"},"TagKeys":["t"]})"}}) {
        const auto read = read_query(form).value();
        EXPECT_EQ(read.action, "A");
        EXPECT_EQ(boost::json::value(read.members), boost::json::parse(json)) << form;
    }
    EXPECT_FALSE(read_query("QueueName=a"));
    EXPECT_TRUE(read_query("Action=A&a.b.c.d.e.f.g.h.i.j.k=1"));
}

TEST(SqsQueryProtocol, AnswersAreXml) {
    const json::Output answer =
        boost::json::parse(
            R"({"Messages":[{"Body":"a<b","Attributes":{"SenderId":"1"},)"
            R"("MessageAttributes":{"k":{"DataType":"String","StringValue":"v"}}}]})")
            .as_object();
    EXPECT_EQ(body_of(write_query(answer, "ReceiveMessage", "r")),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<ReceiveMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
              "<ReceiveMessageResult><Message><Body>a&lt;b</Body><Attribute><Name>SenderId</Name>"
              "<Value>1</Value></Attribute><MessageAttribute><Name>k</Name><Value><DataType>String"
              "</DataType><StringValue>v</StringValue></Value></MessageAttribute></Message>"
              "</ReceiveMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
              "</ReceiveMessageResponse>");
    const json::Output batch =
        boost::json::parse(
            R"({"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true}]})")
            .as_object();
    const auto text = body_of(write_query(batch, "DeleteMessageBatch", "r"));
    EXPECT_NE(text.find("<DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>"
                        "<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault>"),
              std::string::npos)
        << text;
}

TEST(SqsQueryProtocol, ErrorsHaveTheirOlderCodes) {
    const json::Output error = std::unexpected(
        json::ServiceError{.code = "com.amazonaws.sqs#QueueDoesNotExist",
                           .message = "The specified queue does not exist.",
                           .query_code = "AWS.SimpleQueueService.NonExistentQueue"});
    const auto response = write_query(error, "GetQueueUrl", "r");
    EXPECT_EQ(response.status, 400U);
    EXPECT_NE(body_of(response).find("<Type>Sender</Type><Code>AWS.SimpleQueueService."
                                     "NonExistentQueue</Code><Message>The specified queue does not "
                                     "exist.</Message>"),
              std::string::npos);
}

}  // namespace
}  // namespace ingestor::awsapi::sqs
