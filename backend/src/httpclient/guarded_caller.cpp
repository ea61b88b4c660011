#include "httpclient/guarded_caller.hpp"

#include <algorithm>
#include <utility>

namespace ingestor::httpclient {

namespace {

constexpr std::uint64_t kAnswerBytesMax = 64 << 10;
/// More than are ever sent at once: what waited for a connection would lose time that is its own,
/// and those to other endpoints of the same host with it.
constexpr long kConnectionsToHostMax = 1'024;

/// Whether it can stand in the head of a request without becoming another line of it.
bool is_header(const std::string& name, const std::string& value) {
    const auto visible = [](char c) { return c > ' ' && c < '\x7f' && c != ':'; };
    const auto text = [](char c) { return c == '\t' || (c >= ' ' && c != '\x7f') || c < 0; };
    return !name.empty() && std::ranges::all_of(name, visible) && std::ranges::all_of(value, text);
}

}  // namespace

GuardedCaller::GuardedCaller(AddressFilter filter, std::string ca_file)
    : client_(HttpClient::Options{.connections_to_host_max = kConnectionsToHostMax,
                                  .ca_file = std::move(ca_file),
                                  .filter = std::move(filter)}) {}

boost::asio::awaitable<Result<ports::IncomingAnswer>> GuardedCaller::call(
    ports::OutgoingRequest request) {
    for (const auto& [name, value] : request.headers) {
        if (is_header(name, value)) continue;
        co_return fail(Errc::invalid_argument,
                       "the header '" + name + "' has a character that no header may have", name);
    }
    HttpCall call{.method = std::move(request.method),
                  .url = std::move(request.url),
                  .headers = std::move(request.headers),
                  .body = std::move(request.body)};
    call.connect_timeout = request.time_max;
    call.total_timeout = request.time_max;
    call.answer_bytes_max = kAnswerBytesMax;
    call.cut_answer = true;
    auto reply = co_await client_.send(std::move(call));
    if (!reply) co_return std::unexpected(std::move(reply.error()));
    co_return ports::IncomingAnswer{.status = static_cast<int>(reply->status),
                                    .headers = std::move(reply->headers),
                                    .body = std::move(reply->body)};
}

}  // namespace ingestor::httpclient
