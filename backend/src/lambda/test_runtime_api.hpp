#pragma once

#include <chrono>
#include <deque>
#include <exception>
#include <list>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "async/notifier.hpp"
#include "async/task_group.hpp"

namespace ingestor::lambda {

/// Lambda's Runtime API on a free port of the loopback address, as a test has written its script.
/// It lives on the io_context of what it serves, one thread, so a test reads it without locks.
class FakeRuntimeApi {
public:
    struct Invoke {
        std::string request_id;
        std::string payload = "{}";
        std::chrono::milliseconds time_left = std::chrono::hours(1);
        std::string trace_id = {};
    };
    /// Answers with that status, and with what Lambda says in a body.
    struct Status {
        unsigned code;
    };
    /// Cuts the connection without an answer.
    struct Reset {};
    /// Answers, and cuts the connection once it is idle: as it is found after a freeze.
    struct Expire {};
    /// Answers nothing until go_on().
    struct Hang {};
    using Step = std::variant<Invoke, Status, Reset, Expire, Hang>;

    struct Call {
        std::string method;
        std::string path;
        std::string error_type;
        std::string body;
    };

    explicit FakeRuntimeApi(boost::asio::io_context& io)
        : acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}),
          resumed_(io.get_executor()),
          tasks_(io.get_executor(), [](const std::exception_ptr&) {}) {
        tasks_.spawn(accept());
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(port()); }

    /// What the next request for an event gets; 500 once the script is at its end.
    std::deque<Step> script;
    /// What the next posts get (Status, Reset or Expire); 202 once that is at its end.
    std::deque<Step> receipts;
    std::vector<Call> calls;
    int connections = 0;
    bool hanging = false;

    void go_on() { resumed_.notify(); }
    void close() {
        acceptor_.close();
        for (auto& socket : sockets_) socket.close();
        tasks_.cancel();
    }
    /// The calls, `GET next`, `POST r-1/response` and so on.
    [[nodiscard]] std::vector<std::string> asked() const {
        std::vector<std::string> all;
        for (const auto& call : calls) all.push_back(call.method + " " + call.path);
        return all;
    }

private:
    using Socket = boost::asio::ip::tcp::socket;
    using Request = boost::beast::http::request<boost::beast::http::string_body>;
    using Response = boost::beast::http::response<boost::beast::http::string_body>;

    boost::asio::awaitable<void> accept() {
        while (true) {
            auto [error, socket] =
                co_await acceptor_.async_accept(boost::asio::as_tuple(boost::asio::use_awaitable));
            if (error) co_return;
            ++connections;
            sockets_.push_back(std::move(socket));
            tasks_.spawn(serve(sockets_.back()));
        }
    }

    boost::asio::awaitable<void> serve(Socket& socket) {
        boost::beast::flat_buffer buffer;
        while (true) {
            Request request;
            const auto [failed, count] = co_await boost::beast::http::async_read(
                socket, buffer, request, boost::asio::as_tuple(boost::asio::use_awaitable));
            if (failed) co_return;
            record(request);
            auto& steps = request.method_string() == "GET" ? script : receipts;
            Step step = Status{request.method_string() == "GET" ? 500U : 202U};
            if (!steps.empty()) {
                step = steps.front();
                steps.pop_front();
            }
            if (std::holds_alternative<Hang>(step)) {
                hanging = true;
                co_await resumed_.wait(Deadline::max());
                hanging = false;
                step = script.front();
                script.pop_front();
            }
            if (std::holds_alternative<Reset>(step)) {
                socket.set_option(Socket::linger(true, 0));
                socket.close();
                co_return;
            }
            auto response = answer(step);
            const auto [unsent, sent] = co_await boost::beast::http::async_write(
                socket, response, boost::asio::as_tuple(boost::asio::use_awaitable));
            if (unsent || std::holds_alternative<Expire>(step)) {
                socket.close();
                co_return;
            }
        }
    }

    void record(const Request& request) {
        std::string path(request.target());
        for (const std::string prefix : {"/2018-06-01/runtime/", "invocation/"}) {
            if (path.starts_with(prefix)) path.erase(0, prefix.size());
        }
        calls.push_back({.method = std::string(request.method_string()),
                         .path = path,
                         .error_type = std::string(request["lambda-runtime-function-error-type"]),
                         .body = request.body()});
    }

    static Response answer(const Step& step) {
        Response response;
        response.version(11);
        response.result(202U);
        response.set("content-type", "application/json");
        response.body() = R"({"status":"OK"})";
        if (const auto* status = std::get_if<Status>(&step)) {
            response.result(status->code);
        } else if (const auto* invoke = std::get_if<Invoke>(&step)) {
            response.result(200U);
            const auto ends = std::chrono::system_clock::now() + invoke->time_left;
            const auto count =
                std::chrono::floor<std::chrono::milliseconds>(ends).time_since_epoch().count();
            response.set("lambda-runtime-aws-request-id", invoke->request_id);
            response.set("Lambda-Runtime-Deadline-Ms", std::to_string(count));
            if (!invoke->trace_id.empty()) {
                response.set("Lambda-Runtime-Trace-Id", invoke->trace_id);
            }
            response.body() = invoke->payload;
        }
        response.prepare_payload();
        return response;
    }

    boost::asio::ip::tcp::acceptor acceptor_;
    std::list<Socket> sockets_;
    async::Notifier resumed_;
    async::TaskGroup tasks_;
};

}  // namespace ingestor::lambda
