#include "aws/eventbridge_publisher.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

namespace ingestor::aws {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// What PutEvents gives as the status of an entry that it did not take.
constexpr long kRefused = 400;

/// As the user guide counts ("Calculating PutEvents event entry size").
std::size_t size_of(const eventbridge::Event& event) {
    constexpr std::size_t kTimeBytes = 14;
    auto bytes = kTimeBytes + event.source.size() + event.detail_type.size() + event.detail.size();
    for (const auto& resource : event.resources) bytes += resource.size();
    return bytes;
}

json::object entry_of(const eventbridge::Event& event, const std::string& bus_name) {
    json::object entry{
        {"Source", event.source},
        {"DetailType", event.detail_type},
        {"Detail", event.detail.empty() ? std::string("{}") : event.detail},
        {"EventBusName", bus_name},
        {"Time", std::chrono::floor<std::chrono::seconds>(event.time).time_since_epoch().count()}};
    if (!event.resources.empty()) {
        entry["Resources"] = json::array(event.resources.begin(), event.resources.end());
    }
    return entry;
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                  : std::string();
}

/// Those of `entries` that the service did not take, and why not.
struct Failed {
    json::array entries;
    std::string code;
    std::string message;
    FailureKind kind = FailureKind::throttling;
};

/// nullopt: the answer does not say what became of each entry.
std::optional<Failed> failed_of(const json::object& answer, json::array entries) {
    const auto* results = answer.if_contains("Entries");
    if (results == nullptr || !results->is_array()) return std::nullopt;
    const auto& outcomes = results->get_array();
    if (outcomes.size() != entries.size()) return std::nullopt;
    Failed failed;
    for (std::size_t index = 0; index < entries.size(); ++index) {
        const auto* outcome = outcomes[index].if_object();
        if (outcome == nullptr) return std::nullopt;
        auto code = text_of(*outcome, "ErrorCode");
        if (code.empty()) continue;
        const auto kind = classify(code, kRefused);
        // One entry that would be refused again is what the caller has to hear of.
        if (failed.code.empty() || kind == FailureKind::final) {
            failed.kind = kind;
            failed.code = std::move(code);
            failed.message = text_of(*outcome, "ErrorMessage");
        }
        failed.entries.push_back(std::move(entries[index]));
    }
    return failed;
}

}  // namespace

JsonClient::Protocol EventBridgePublisher::protocol() {
    return {.target_prefix = "AWSEvents", .content_type = "application/x-amz-json-1.1"};
}

EventBridgePublisher::EventBridgePublisher(JsonClient& events, std::string bus_name,
                                           RetryPolicy policy)
    : events_(events),
      bus_name_(std::move(bus_name)),
      policy_(policy),
      random_(std::random_device{}()) {}

asio::awaitable<Result<std::monostate>> EventBridgePublisher::publish(
    std::vector<eventbridge::Event> events) {
    json::array batch;
    std::size_t bytes = 0;
    for (const auto& event : events) {
        const auto size = size_of(event);
        if (size > kBytesMax) {
            co_return fail(Errc::too_large,
                           fmt::format("event '{}' has {} bytes, over the bus's limit of {}",
                                       event.detail_type, size, kBytesMax));
        }
        if (batch.size() == kEntriesMax || bytes + size > kBytesMax) {
            const auto put_so_far = co_await put(std::exchange(batch, json::array()));
            if (!put_so_far) co_return put_so_far;
            bytes = 0;
        }
        batch.push_back(entry_of(event, bus_name_));
        bytes += size;
    }
    if (!batch.empty()) co_return co_await put(std::move(batch));
    co_return std::monostate{};
}

asio::awaitable<Result<std::monostate>> EventBridgePublisher::put(json::array entries) {
    for (int attempt = 1;; ++attempt) {
        json::object input;
        input["Entries"] = entries;
        const auto answer = co_await events_.call("PutEvents", std::move(input));
        if (!answer) co_return std::unexpected(answer.error().error("publish events"));
        auto failed = failed_of(*answer, std::move(entries));
        if (!failed) {
            co_return fail(Errc::unavailable, "publish events: the answer names no entries");
        }
        if (failed->entries.empty()) co_return std::monostate{};
        if (failed->kind == FailureKind::final || attempt >= policy_.attempts_max) {
            const auto code =
                failed->kind == FailureKind::final ? Errc::internal : Errc::unavailable;
            co_return fail(code,
                           fmt::format("publish events: {} of them refused: {}: {}",
                                       failed->entries.size(), failed->code, failed->message));
        }
        entries = std::move(failed->entries);
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 backoff(policy_, failed->kind, attempt + 1, random_));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

}  // namespace ingestor::aws
