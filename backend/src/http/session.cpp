#include "http/session.hpp"

#include <utility>

#include "base/uuid.hpp"
#include "http/access_log.hpp"
#include "http/field_syntax.hpp"
#include "http/stream_writer.hpp"

namespace ingestor::http {

namespace asio = boost::asio;
using boost::beast::http::verb;

namespace {

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

Session::Session(asio::ip::tcp::socket socket, SessionContext& context)
    : context_(context), connection_(std::move(socket), context.limits) {}

asio::awaitable<void> Session::run() {
    using Phase = ConnectionTable::Phase;
    place_.emplace(context_.table, connection_.peer(), [this] { evict(); });
    auto latest = Clock::now() + context_.limits.head_timeout;
    for (bool first = true;; first = false) {
        reset_request();
        auto head = take_head();
        while (head && !*head) {
            idle_ = connection_.input().empty();
            if (idle_ && context_.stopping) co_return;
            if (!idle_) place_->enter(Phase::partial_head);
            if (idle_ && !first) place_->enter(Phase::idle);
            const auto more = co_await connection_.receive(latest, Connection::kHeadBytes);
            if (!more && !idle_ && more.error().code == Errc::timed_out) {
                head = std::unexpected(Rejection{408, "the request took too long to arrive"});
                break;
            }
            if (!more || !*more) co_return;
            head = take_head();
            if (idle_ && !first && head && !*head) {
                latest = Clock::now() + context_.limits.head_timeout;
            }
        }
        idle_ = false;
        place_->enter(Phase::active);
        begin_request(Clock::now());
        if (!head) {
            co_await refuse(head.error());
            co_return;
        }

        body_.emplace(connection_, *parser_, context_.limits, request_.deadline);
        request_.body = &*body_;
        auto answer = own_answer();
        if (!answer) {
            handling_ = true;
            try {
                answer = co_await context_.handler(request_);
            } catch (const std::exception& error) {
                report_failure(error.what());
            }
            handling_ = false;
        }
        if (force_closed_) co_return;
        if (late_until_) {
            co_await connection_.drain_and_close();
            co_return;
        }
        if (!answer) answer = failure_response(500, request_.request_id);
        auto& response = *answer;
        map_to_client_error(response);
        connection_.begin_answer();

        auto framing = frame(response);
        head_.clear();
        append_head(response, framing);
        std::string_view head_left = head_;
        std::string_view body_left;
        const auto* text = std::get_if<std::string>(&response.body);
        if (text != nullptr && framing.delimiter == Delimiter::length && !framing.is_head) {
            body_left = *text;
        }
        // Mostly all of it fits into the socket at once, and the matter is done.
        const auto sent = connection_.send_now(head_left, body_left);
        bool whole = sent && *sent;
        if (sent && !*sent) whole = (co_await connection_.send(head_left, body_left)).has_value();
        if (whole && text == nullptr) whole = co_await send_body(response, framing);

        const auto now = Clock::now();
        record(response, now);
        latest = now + context_.limits.idle_timeout;
        if (!whole) co_return;
        if (!framing.keep_alive) {
            // Closing over bytes that nobody read resets the connection: the client may then never
            // see its answer.
            if (!body_->ended() || !connection_.input().empty())
                co_await connection_.drain_and_close();
            co_return;
        }
        if (!body_->ended()) {
            const bool drained = co_await body_->drain();
            if (!drained) {
                co_await connection_.drain_and_close();
                co_return;
            }
        }
        if (connection_.input().empty()) connection_.shrink_input();
        // Requests that came together are answered without a wait between them.
        constexpr unsigned kAnsweredAtOnceMax = 16;
        if (++answered_at_once_ >= kAnsweredAtOnceMax && !connection_.input().empty()) {
            answered_at_once_ = 0;
            co_await connection_.yield();
        }
    }
}

std::expected<bool, Rejection> Session::take_head() {
    // RFC 9112 section 2.2: empty lines before a request are ignored.
    while (connection_.input().starts_with("\r\n")) connection_.consume(2);
    const auto input = connection_.input();
    if (input.empty() || input == "\r") return false;
    const auto taken = parser_->parse_head(input);
    if (!taken) return std::unexpected(taken.error());
    connection_.consume(*taken);
    return *taken > 0;
}

void Session::reset_request() {
    // Not with a new Request: its strings keep their storage for the next one.
    request_.method = verb::unknown;
    request_.method_text.clear();
    request_.target.clear();
    request_.headers.clear();
    request_.route = "unmatched";
    request_.path_parameters.clear();
    request_.late_answer = nullptr;
    body_.reset();
    parser_.emplace(request_, context_.limits);
}

void Session::begin_request(Clock::time_point now) {
    started_ = now;
    request_.deadline = now + context_.limits.request_deadline;
    request_.remote_address = connection_.remote_address();
    const auto given = request_.headers.find("x-request-id");
    if (given != request_.headers.end() && is_request_id(view(given->value()))) {
        request_.request_id = view(given->value());
    } else {
        request_.request_id = uuid_v4();
    }
}

std::optional<Response> Session::own_answer() const {
    if (request_.target != "*") return std::nullopt;
    return Response{.status = 204, .headers = {}, .body = {}};
}

void Session::map_to_client_error(Response& response) const {
    if (response.status < 500 || !body_->failure()) return;
    const auto code = body_->failure()->code;
    if (code == Errc::timed_out) response = detail_response(408, "the body stopped arriving");
    if (code == Errc::too_large) response = detail_response(413, body_->failure()->message);
    if (code == Errc::invalid_argument) response = detail_response(400, body_->failure()->message);
}

ResponseFraming Session::frame(const Response& response) const {
    ResponseFraming framing{
        .is_head = request_.method == verb::head,
        .keep_alive = parser_->wants_keep_alive() && !context_.stopping && body_->is_drainable(),
        .is_http_1_0 = parser_->is_http_1_0()};
    if (response.status < 200 || response.status == 204 || response.status == 304) {
        framing.delimiter = Delimiter::none;
    } else if (const auto* text = std::get_if<std::string>(&response.body)) {
        framing.length = text->size();
    } else if (const auto* file = std::get_if<FileBody>(&response.body)) {
        framing.length = file->length;
    } else if (framing.is_http_1_0) {
        framing.delimiter = Delimiter::close;
        framing.keep_alive = false;
    } else {
        framing.delimiter = Delimiter::chunks;
    }
    return framing;
}

void Session::append_head(Response& response, ResponseFraming& framing) {
    const auto appended = append_response_head(head_, response, request_.request_id, framing);
    if (appended) return;
    report_failure(appended.error().message);
    response = failure_response(500, request_.request_id);
    framing = frame(response);
    head_.clear();
    // Headers of our own can always be sent.
    (void)append_response_head(head_, response, request_.request_id, framing);
}

asio::awaitable<bool> Session::send_body(Response& response, const ResponseFraming& framing) {
    if (framing.is_head || framing.delimiter == Delimiter::none) co_return true;
    if (const auto* stream = std::get_if<StreamBody>(&response.body)) {
        co_return co_await send_stream(*stream, framing.delimiter);
    }
    const auto sent = co_await connection_.send_file(std::get<FileBody>(response.body));
    // The client has been told a length that it will not get: only cutting the connection says so.
    if (!sent && sent.error().code == Errc::corrupt) report_failure(sent.error().message);
    co_return sent.has_value();
}

asio::awaitable<bool> Session::send_stream(const StreamBody& stream, Delimiter delimiter) {
    StreamWriter writer(connection_, delimiter);
    try {
        co_await stream(writer);
    } catch (const std::exception& error) {
        if (!force_closed_) report_failure(error.what());
        co_return false;
    }
    const auto ended = co_await writer.finish();
    co_return ended.has_value();
}

asio::awaitable<void> Session::refuse(Rejection rejection) {
    auto response = detail_response(rejection.status, rejection.detail);
    head_.clear();
    const ResponseFraming framing{.length = std::get<std::string>(response.body).size(),
                                  .keep_alive = false};
    // Headers of our own can always be sent.
    (void)append_response_head(head_, response, request_.request_id, framing);
    const auto sent = co_await connection_.send(head_, std::get<std::string>(response.body));
    record(response, Clock::now());
    if (sent) co_await connection_.drain_and_close();
}

asio::awaitable<void> Session::reject_over_capacity() {
    request_.request_id = uuid_v4();
    request_.remote_address = connection_.remote_address();
    started_ = Clock::now();
    idle_ = false;
    const Rejection rejection{503, "the server has as many connections as it takes"};
    co_await refuse(rejection);
}

void Session::record(const Response& response, Clock::time_point now) {
    record_request(request_, response, now - started_, context_.log, context_.metrics);
}

void Session::report_failure(std::string_view what) {
    if (force_closed_) return;
    context_.log.error("request failed", {{"error", what},
                                          {"method", request_.method_text},
                                          {"route", request_.route},
                                          {"request_id", request_.request_id}});
}

void Session::close_if_idle() {
    if (idle_) connection_.interrupt();
}

void Session::expire_if_due(Clock::time_point now) {
    connection_.expire_if_due(now);
    if (late_until_) {
        if (now >= *late_until_) connection_.cut();
    } else if (handling_ && now >= request_.deadline && !connection_.is_waiting()) {
        answer_late();
    }
}

/// The handler still waits for a store, say, that does not answer. It keeps the request, so that
/// the session lasts until it has ended; the client need not.
void Session::answer_late() {
    const auto now = Clock::now();
    auto response = request_.late_answer != nullptr ? request_.late_answer(request_)
                                                    : failure_response(503, request_.request_id);
    if (response.failure.empty()) response.failure = "no answer within the request's deadline";
    auto framing = frame(response);
    framing.keep_alive = false;
    head_.clear();
    append_head(response, framing);
    std::string_view head_left = head_;
    std::string_view body_left;
    if (!framing.is_head) body_left = std::get<std::string>(response.body);
    // Nothing of an answer is under way, so that it fits into the socket, or the client is to
    // blame.
    (void)connection_.send_now(head_left, body_left);
    connection_.end_sending();
    late_until_ = now + context_.limits.linger_timeout;
    record(response, now);
}

void Session::evict() {
    connection_.cut();
}

void Session::force_close() {
    force_closed_ = true;
    cancel_.emit(asio::cancellation_type::terminal);
    connection_.cut();
}

}  // namespace ingestor::http
