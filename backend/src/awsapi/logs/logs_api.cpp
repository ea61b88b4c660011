#include "awsapi/logs/logs_api.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "awsapi/logs/model.hpp"
#include "base/encoding.hpp"
#include "logs/filter_pattern.hpp"

namespace ingestor::awsapi::logs {

namespace {

constexpr std::int64_t kLinesMax = 10'000;
constexpr std::size_t kPageBytes = std::size_t{1} << 20;
constexpr std::int64_t kTimeMax = 253'402'300'799'999;  // The end of the year 9999.

std::unexpected<json::ServiceError> unusable_token() {
    return json::refuse("InvalidParameterException", "The specified nextToken is invalid.");
}

/// A direction and a number, which clients take for a secret.
std::string make_token(char direction, std::uint64_t number) {
    return to_base64(fmt::format("{}{:020}", direction, number));
}

struct Token {
    char direction;
    std::uint64_t number;
};

std::optional<Token> read_token(std::string_view text) {
    const auto plain = from_base64(text);
    if (!plain || plain->size() < 2) return std::nullopt;
    Token token{.direction = plain->front(), .number = 0};
    const auto digits = std::string_view(*plain).substr(1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), token.number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return token;
}

std::optional<TimePoint> read_time(json::Input& input, std::string_view name) {
    const auto milliseconds = input.integer(name, 0, kTimeMax);
    if (!milliseconds) return std::nullopt;
    return TimePoint(std::chrono::milliseconds(*milliseconds));
}

boost::json::object to_json(const ports::LogLine& line) {
    return {{"timestamp", milliseconds(line.at)},
            {"message", line.message},
            {"ingestionTime", milliseconds(line.at)}};
}

/// What is older than the group keeps is not shown, though it may still be there.
void show_retained(ports::LogQuery& query, const ports::LogGroup& group, TimePoint now) {
    if (!group.retention_days) return;
    const auto oldest = now - std::chrono::days(*group.retention_days);
    query.begin = std::max(query.begin.value_or(oldest), oldest);
}

}  // namespace

LogsApi::LogsApi(ports::LogStore& function_log, ports::LogGroups& groups, auth::CallerLookup lookup,
                 const ports::Clock& clock, domain::Names names)
    : groups_(groups),
      clock_(clock),
      function_log_(std::shared_ptr<ports::LogStore>(), &function_log),
      names_(std::move(names)),
      service_({.service = "logs", .target_prefix = "Logs_20140328.", .region = names_.region},
               std::move(lookup), clock,
               [this](ports::Principal who, std::string name, boost::json::object body) {
                   return dispatch(std::move(who), std::move(name), std::move(body));
               }) {}

LogsApi::Answer LogsApi::dispatch(ports::Principal who, std::string name,
                                  boost::json::object body) const {
    if (!who.is_operator) {
        co_return json::refuse("AccessDeniedException", "The log of the service is for operators.");
    }
    json::Violations violations;
    json::Input input(body, violations);
    if (name == "FilterLogEvents") co_return co_await filter_log_events(std::move(input));
    if (name == "GetLogEvents") co_return co_await get_log_events(std::move(input));
    if (name == "DescribeLogGroups") co_return co_await describe_log_groups(std::move(input));
    if (name == "DescribeLogStreams") co_return co_await describe_log_streams(std::move(input));
    if (name == "CreateLogGroup") co_return co_await create_log_group(std::move(input));
    if (name == "DeleteLogGroup") co_return co_await delete_log_group(std::move(input));
    if (name == "PutRetentionPolicy") co_return co_await put_retention_policy(std::move(input));
    if (name == "DeleteRetentionPolicy") {
        co_return co_await delete_retention_policy(std::move(input));
    }
    co_return json::refuse("UnknownOperationException",
                           fmt::format("{} is not served here.", name));
}

LogsApi::Answer LogsApi::filter_log_events(json::Input input) const {
    const auto group = find_group(input);
    ports::LogQuery query;
    query.begin = read_time(input, "startTime");
    if (const auto end = read_time(input, "endTime"))
        query.end = *end + std::chrono::milliseconds(1);
    query.lines_max =
        static_cast<std::size_t>(input.integer("limit", 1, kLinesMax).value_or(kLinesMax));
    query.bytes_max = kPageBytes;
    constexpr json::TextRule kStream{.min = 1, .max = 512};
    const auto streams = input.texts("logStreamNames", kStream, false, 1, 100);
    const auto prefix = input.text("logStreamNamePrefix", {.max = 512});
    const auto text =
        input.text("filterPattern", {.max = ingestor::logs::FilterPattern::kLengthMax});
    const auto token = input.text("nextToken", {.max = 2'048});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (!group) co_return no_group();
    auto parsed = ingestor::logs::FilterPattern::parse(text);
    if (!parsed) {
        co_return json::refuse("InvalidParameterException",
                               fmt::format("Invalid filter pattern: {}", parsed.error()));
    }
    if (!token.empty()) {
        const auto from = read_token(token);
        if (!from || from->direction != 'f') co_return unusable_token();
        query.from = from->number;
    }
    const auto pattern = std::make_shared<const ingestor::logs::FilterPattern>(std::move(*parsed));
    query.wanted = [pattern, streams, prefix](const ports::LogLine& line) {
        return line.stream.starts_with(prefix) &&
               (streams.empty() || std::ranges::find(streams, line.stream) != streams.end()) &&
               pattern->matches(line.message);
    };
    show_retained(query, *group, clock_.now());
    const auto page = co_await group->lines->read(std::move(query));
    if (!page) co_return failed(page.error());
    boost::json::array events;
    for (const auto& line : page->lines) {
        auto event = to_json(line);
        event["logStreamName"] = line.stream;
        event["eventId"] = fmt::format("{:056}", line.number);
        events.push_back(std::move(event));
    }
    boost::json::object out{{"events", std::move(events)},
                            {"searchedLogStreams", boost::json::array()}};
    if (page->next) out["nextToken"] = make_token('f', *page->next);
    co_return out;
}

boost::asio::awaitable<Result<std::deque<ports::LogLine>>> LogsApi::last_lines(
    ports::LogStore& store, ports::LogQuery query, std::optional<std::uint64_t> until,
    std::size_t lines_max) {
    std::deque<ports::LogLine> lines;
    while (true) {
        auto page = co_await store.read(query);
        if (!page) co_return std::unexpected(page.error());
        for (auto& line : page->lines) {
            if (until && line.number >= *until) co_return lines;
            lines.push_back(std::move(line));
            if (lines.size() > lines_max) lines.pop_front();
        }
        if (!page->next) co_return lines;
        query.from = *page->next;
    }
}

LogsApi::Answer LogsApi::get_log_events(json::Input input) const {
    const auto group = find_group(input);
    const auto stream = input.text("logStreamName", {.required = true, .min = 1, .max = 512});
    ports::LogQuery query;
    query.begin = read_time(input, "startTime");
    query.end = read_time(input, "endTime");
    const auto limit =
        static_cast<std::size_t>(input.integer("limit", 1, kLinesMax).value_or(kLinesMax));
    const bool from_head = input.flag("startFromHead");
    const auto text = input.text("nextToken", {.max = 2'048});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (!group) co_return no_group();
    show_retained(query, *group, clock_.now());
    query.bytes_max = kPageBytes;
    query.lines_max = limit;
    query.wanted = [stream](const ports::LogLine& line) { return line.stream == stream; };
    std::optional<Token> token;
    if (!text.empty()) {
        token = read_token(text);
        if (!token || (token->direction != 'f' && token->direction != 'b')) {
            co_return unusable_token();
        }
    }
    std::deque<ports::LogLine> lines;
    if (token ? token->direction == 'f' : from_head) {
        if (token) query.from = token->number;
        auto page = co_await group->lines->read(std::move(query));
        if (!page) co_return failed(page.error());
        std::ranges::move(page->lines, std::back_inserter(lines));
    } else {
        std::optional<std::uint64_t> until;
        if (token) until = token->number;
        auto found = co_await last_lines(*group->lines, std::move(query), until, limit);
        if (!found) co_return failed(found.error());
        lines = std::move(*found);
    }
    // To know all streams takes a look at every line.
    if (lines.empty() && !token) {
        const auto streams = co_await group->lines->streams();
        if (!streams) co_return failed(streams.error());
        if (std::ranges::find(*streams, stream, &ports::LogStream::name) == streams->end()) {
            co_return json::refuse("ResourceNotFoundException",
                                   "The specified log stream does not exist.");
        }
    }
    // The token that was given, where nothing more stands there: so clients know the end.
    const auto edge = token ? token->number : 0;
    boost::json::array events;
    for (const auto& line : lines) events.push_back(to_json(line));
    co_return boost::json::object{
        {"events", std::move(events)},
        {"nextForwardToken", make_token('f', lines.empty() ? edge : lines.back().number + 1)},
        {"nextBackwardToken", make_token('b', lines.empty() ? edge : lines.front().number)}};
}

LogsApi::Answer LogsApi::describe_log_streams(json::Input input) const {
    const auto group = find_group(input);
    const auto prefix = input.text("logStreamNamePrefix", {.max = 512});
    const auto order = input.one_of("orderBy", {"LogStreamName", "LastEventTime"}, false);
    const bool descending = input.flag("descending");
    const auto limit = static_cast<std::size_t>(input.integer("limit", 1, 50).value_or(50));
    const auto token = input.text("nextToken", {.max = 2'048});
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (!group) co_return no_group();
    auto streams = co_await group->lines->streams();
    if (!streams) co_return failed(streams.error());
    std::erase_if(*streams, [&prefix](const auto& each) { return !each.name.starts_with(prefix); });
    if (order == "LastEventTime")
        std::ranges::stable_sort(*streams, {}, &ports::LogStream::last_at);
    if (descending) std::ranges::reverse(*streams);
    std::size_t begin = 0;
    if (!token.empty()) {
        const auto from = read_token(token);
        if (!from || from->direction != 's') co_return unusable_token();
        begin = std::min<std::size_t>(from->number, streams->size());
    }
    const auto end = std::min(begin + limit, streams->size());
    boost::json::array list;
    for (auto i = begin; i < end; ++i) {
        const auto& stream = (*streams)[i];
        list.push_back(
            boost::json::object{{"logStreamName", stream.name},
                                {"creationTime", milliseconds(stream.first_at)},
                                {"firstEventTimestamp", milliseconds(stream.first_at)},
                                {"lastEventTimestamp", milliseconds(stream.last_at)},
                                {"lastIngestionTime", milliseconds(stream.last_at)},
                                {"arn", group_arn(group->name) + ":log-stream:" + stream.name},
                                {"storedBytes", 0}});
    }
    boost::json::object out{{"logStreams", std::move(list)}};
    if (end < streams->size()) out["nextToken"] = make_token('s', end);
    co_return out;
}

}  // namespace ingestor::awsapi::logs
