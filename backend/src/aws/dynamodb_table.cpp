#include "aws/dynamodb_table.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// Limits of one request, from the API reference of each operation.
constexpr std::size_t kKeysInBatchMax = 100;
constexpr std::size_t kItemsInBatchMax = 25;
/// So often what is left of a batch, or a transaction that met another one, is asked for again.
constexpr int kRoundsMax = 8;

constexpr std::string_view kConditionFailed = "ConditionalCheckFailedException";
constexpr std::string_view kCancelled = "TransactionCanceledException";

json::value key_value(const ItemKey& key) {
    return json::object{{"pk", text_value(key.pk)}, {"sk", text_value(key.sk)}};
}

bool is_name_sign(char sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') ||
           (sign >= '0' && sign <= '9') || sign == '_';
}

void add_names(std::string_view expression, json::object& names) {
    for (auto at = expression.find('#'); at != std::string_view::npos;
         at = expression.find('#', at + 1)) {
        const auto name = expression.substr(at + 1);
        const auto end = std::ranges::find_if_not(name, is_name_sign);
        const auto length = static_cast<std::size_t>(std::distance(name.begin(), end));
        names[expression.substr(at, length + 1)] = name.substr(0, length);
    }
}

/// Adds the expressions that are not empty, with the names in them, and the values.
void add_expressions(
    json::object& request,
    std::initializer_list<std::pair<std::string_view, const std::string&>> expressions,
    const Item& values) {
    json::object names;
    for (const auto& [member, expression] : expressions) {
        if (expression.empty()) continue;
        request[member] = expression;
        add_names(expression, names);
    }
    if (!names.empty()) request["ExpressionAttributeNames"] = std::move(names);
    if (!values.empty()) request["ExpressionAttributeValues"] = values;
}

std::vector<Item> take_items(json::value* found) {
    std::vector<Item> items;
    if (found == nullptr || !found->is_array()) return items;
    for (auto& item : found->get_array()) {
        if (item.is_object()) items.push_back(std::move(item.get_object()));
    }
    return items;
}

json::object take_object(json::object& answer, std::string_view name) {
    auto* found = answer.if_contains(name);
    return found != nullptr && found->is_object() ? std::move(found->get_object()) : json::object();
}

std::string_view action_of(const Write& write) {
    if (std::holds_alternative<Put>(write)) return "Put";
    return std::holds_alternative<Delete>(write) ? "Delete" : "Update";
}

/// What became of a transaction that was not carried out.
enum class Cancelled { condition_failed, met_another, refused };

Cancelled reason_of(const ServiceError& error) {
    boost::system::error_code malformed;
    const auto body = json::parse(error.body, malformed);
    if (malformed || !body.is_object()) return Cancelled::refused;
    const auto* reasons = body.get_object().if_contains("CancellationReasons");
    if (reasons == nullptr || !reasons->is_array()) return Cancelled::refused;
    bool met_another = false;
    for (const auto& reason : reasons->get_array()) {
        const auto* object = reason.if_object();
        const auto* code = object != nullptr ? object->if_contains("Code") : nullptr;
        if (code == nullptr || !code->is_string()) continue;
        if (code->get_string() == "ConditionalCheckFailed") return Cancelled::condition_failed;
        met_another |= code->get_string() == "TransactionConflict" ||
                       code->get_string() == "ThrottlingError" ||
                       code->get_string() == "ProvisionedThroughputExceeded";
    }
    return met_another ? Cancelled::met_another : Cancelled::refused;
}

std::unexpected<Error> failed(const ServiceError& error, std::string_view operation,
                              const std::string& table) {
    return std::unexpected(error.error(fmt::format("{} on table {}", operation, table)));
}

std::unexpected<Error> busy(std::string_view operation, const std::string& table) {
    return fail(Errc::unavailable,
                fmt::format("{} on table {}: it is too busy to do all of it", operation, table));
}

}  // namespace

JsonClient::Protocol DynamoDbTable::protocol() {
    return {.target_prefix = "DynamoDB_20120810", .content_type = "application/x-amz-json-1.0"};
}

DynamoDbTable::DynamoDbTable(JsonClient& client, std::string name, RetryPolicy policy)
    : client_(client), name_(std::move(name)), policy_(policy), random_(std::random_device{}()) {}

asio::awaitable<void> DynamoDbTable::pause(int round) {
    asio::steady_timer timer(co_await asio::this_coro::executor,
                             backoff(policy_, FailureKind::transient, round, random_));
    co_await timer.async_wait(asio::use_awaitable);
}

auto DynamoDbTable::get(ItemKey key) -> Answer<std::optional<Item>> {
    json::object request{{"TableName", name_}, {"Key", key_value(key)}, {"ConsistentRead", true}};
    auto answer = co_await client_.call("GetItem", std::move(request));
    if (!answer) co_return failed(answer.error(), "GetItem", name_);
    auto item = take_object(*answer, "Item");
    if (item.empty()) co_return std::nullopt;
    co_return std::optional<Item>(std::move(item));
}

auto DynamoDbTable::get_all(std::vector<ItemKey> keys) -> Answer<std::vector<Item>> {
    std::vector<Item> items;
    for (std::size_t begin = 0; begin < keys.size(); begin += kKeysInBatchMax) {
        const auto end = std::min(keys.size(), begin + kKeysInBatchMax);
        json::array batch;
        for (auto index = begin; index < end; ++index) batch.push_back(key_value(keys[index]));
        json::object of_table{{"ConsistentRead", true}};
        of_table["Keys"] = std::move(batch);
        json::object wanted;
        wanted[name_] = std::move(of_table);
        for (int round = 1; !wanted.empty(); ++round) {
            if (round > kRoundsMax) co_return busy("BatchGetItem", name_);
            if (round > 1) co_await pause(round);
            json::object request;
            request["RequestItems"] = std::move(wanted);
            auto answer = co_await client_.call("BatchGetItem", std::move(request));
            if (!answer) co_return failed(answer.error(), "BatchGetItem", name_);
            auto tables = take_object(*answer, "Responses");
            std::ranges::move(take_items(tables.if_contains(name_)), std::back_inserter(items));
            wanted = take_object(*answer, "UnprocessedKeys");
        }
    }
    co_return items;
}

auto DynamoDbTable::query(ItemQuery query) -> Answer<ItemPage> {
    json::object request{{"TableName", name_}, {"ScanIndexForward", !query.newest_first}};
    if (query.index.empty()) {
        request["ConsistentRead"] = true;
    } else {
        request["IndexName"] = query.index;
    }
    if (query.limit > 0) request["Limit"] = query.limit;
    if (!query.after.empty()) request["ExclusiveStartKey"] = std::move(query.after);
    add_expressions(request,
                    {{"KeyConditionExpression", query.key_condition},
                     {"FilterExpression", query.filter},
                     {"ProjectionExpression", query.projection}},
                    query.values);
    auto answer = co_await client_.call("Query", std::move(request));
    if (!answer) co_return failed(answer.error(), "Query", name_);
    ItemPage page{.items = take_items(answer->if_contains("Items")),
                  .next = take_object(*answer, "LastEvaluatedKey")};
    co_return page;
}

auto DynamoDbTable::count(ItemQuery query, std::uint64_t max) -> Answer<std::uint64_t> {
    std::uint64_t counted = 0;
    while (counted < max) {
        json::object request{{"TableName", name_}, {"Select", "COUNT"}};
        if (!query.index.empty()) request["IndexName"] = query.index;
        if (!query.after.empty()) request["ExclusiveStartKey"] = query.after;
        request["Limit"] = max - counted;
        add_expressions(request, {{"KeyConditionExpression", query.key_condition}}, query.values);
        auto answer = co_await client_.call("Query", std::move(request));
        if (!answer) co_return failed(answer.error(), "Query", name_);
        boost::system::error_code not_a_number;
        const auto* of_page = answer->if_contains("Count");
        if (of_page != nullptr) counted += of_page->to_number<std::uint64_t>(not_a_number);
        query.after = take_object(*answer, "LastEvaluatedKey");
        if (query.after.empty()) break;
    }
    co_return counted;
}

json::object DynamoDbTable::as_request(const Write& write) const {
    json::object request{{"TableName", name_}};
    if (const auto* put = std::get_if<Put>(&write)) {
        request["Item"] = put->item;
        add_expressions(request, {{"ConditionExpression", put->condition}}, put->values);
    } else if (const auto* removal = std::get_if<Delete>(&write)) {
        request["Key"] = key_value(removal->key);
        add_expressions(request, {{"ConditionExpression", removal->condition}}, removal->values);
    } else {
        const auto& update = std::get<Update>(write);
        request["Key"] = key_value(update.key);
        add_expressions(
            request,
            {{"UpdateExpression", update.expression}, {"ConditionExpression", update.condition}},
            update.values);
    }
    return request;
}

auto DynamoDbTable::write(Write write) -> Answer<bool> {
    const auto operation = std::string(action_of(write)) + "Item";
    const auto answer = co_await client_.call(operation, as_request(write));
    if (answer) co_return true;
    if (answer.error().code == kConditionFailed) co_return false;
    co_return failed(answer.error(), operation, name_);
}

auto DynamoDbTable::write_together(std::vector<Write> writes) -> Answer<bool> {
    json::array actions;
    for (const auto& write : writes) {
        json::object action;
        action[action_of(write)] = as_request(write);
        actions.push_back(std::move(action));
    }
    json::object request{{"ClientRequestToken", uuid_v4()}};
    request["TransactItems"] = std::move(actions);
    for (int round = 1;; ++round) {
        const auto answer = co_await client_.call("TransactWriteItems", request);
        if (answer) co_return true;
        const auto& error = answer.error();
        const auto reason = error.code == kCancelled ? reason_of(error) : Cancelled::refused;
        if (reason == Cancelled::condition_failed) co_return false;
        if (reason == Cancelled::refused) co_return failed(error, "TransactWriteItems", name_);
        if (round == kRoundsMax) co_return busy("TransactWriteItems", name_);
        co_await pause(round + 1);
    }
}

auto DynamoDbTable::put_all(std::vector<Item> items) -> Answer<std::monostate> {
    std::vector<json::object> actions;
    actions.reserve(items.size());
    for (auto& item : items) {
        json::object put;
        put["Item"] = std::move(item);
        actions.emplace_back()["PutRequest"] = std::move(put);
    }
    return write_batches(std::move(actions));
}

auto DynamoDbTable::delete_all(std::vector<ItemKey> keys) -> Answer<std::monostate> {
    std::vector<json::object> actions;
    actions.reserve(keys.size());
    for (const auto& key : keys) {
        json::object removal;
        removal["Key"] = key_value(key);
        actions.emplace_back()["DeleteRequest"] = std::move(removal);
    }
    return write_batches(std::move(actions));
}

auto DynamoDbTable::write_batches(std::vector<json::object> actions) -> Answer<std::monostate> {
    for (std::size_t begin = 0; begin < actions.size(); begin += kItemsInBatchMax) {
        const auto end = std::min(actions.size(), begin + kItemsInBatchMax);
        json::array batch;
        for (auto index = begin; index < end; ++index) {
            batch.push_back(std::move(actions[index]));
        }
        json::object wanted;
        wanted[name_] = std::move(batch);
        for (int round = 1; !wanted.empty(); ++round) {
            if (round > kRoundsMax) co_return busy("BatchWriteItem", name_);
            if (round > 1) co_await pause(round);
            json::object request;
            request["RequestItems"] = std::move(wanted);
            auto answer = co_await client_.call("BatchWriteItem", std::move(request));
            if (!answer) co_return failed(answer.error(), "BatchWriteItem", name_);
            wanted = take_object(*answer, "UnprocessedItems");
        }
    }
    co_return std::monostate{};
}

}  // namespace ingestor::aws
