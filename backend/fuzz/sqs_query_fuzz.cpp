#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "awsapi/sqs/query_protocol.hpp"
#include "fuzz.hpp"

/// A form of the Query protocol.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace sqs = ingestor::awsapi::sqs;
    ingestor::fuzz::Input input(data, size);
    const auto read = sqs::read_query(input.rest());
    if (!read) return 0;
    ingestor::fuzz::require(!read->action.empty(), "a request names its action");
    ingestor::fuzz::require(!read->members.contains("Action"), "the action is no parameter");
    // Whatever a client sends may stand in an answer.
    const ingestor::awsapi::json::Output answer = read->members;
    const auto response = sqs::write_query(answer, "ReceiveMessage", "r");
    const auto& body = std::get<std::string>(response.body);
    ingestor::fuzz::require(body.ends_with("</ReceiveMessageResponse>"), "an answer has its end");
    return 0;
}
