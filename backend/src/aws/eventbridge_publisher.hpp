#pragma once

#include <random>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>

#include "aws/client.hpp"
#include "aws/event_publisher.hpp"
#include "aws/retry.hpp"

namespace ingestor::aws {

/// Puts events on a bus of EventBridge (PutEvents). Their ids are EventBridge's own.
class EventBridgePublisher final : public EventPublisher {
public:
    /// Limits of one request ("PutEvents" in the EventBridge API reference).
    static constexpr std::size_t kEntriesMax = 10;
    static constexpr std::size_t kBytesMax = std::size_t{1} << 20;
    [[nodiscard]] static JsonClient::Protocol protocol();

    /// `events` outlives the publisher.
    EventBridgePublisher(JsonClient& events, std::string bus_name, RetryPolicy policy);

    boost::asio::awaitable<Result<std::monostate>> publish(
        std::vector<eventbridge::Event> events) override;

private:
    boost::asio::awaitable<Result<std::monostate>> put(boost::json::array entries);

    JsonClient& events_;
    std::string bus_name_;
    RetryPolicy policy_;
    std::mt19937_64 random_;
};

}  // namespace ingestor::aws
