#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server.hpp"

namespace ingestor::http {

/// Longer than any test may wait for anything; only a failing one gets there.
inline constexpr std::chrono::seconds kTestTimeout{20};

/// A client that sends what it is told, byte for byte, and reads what comes.
class RawClient {
public:
    explicit RawClient(std::uint16_t port)
        : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ~RawClient() { close(); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void end_sending() { shutdown(socket_, SHUT_WR); }
    void close() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }

    struct Answer {
        unsigned status = 0;
        std::string head;
        std::string body;
        bool operator==(const Answer&) const = default;

        [[nodiscard]] std::string header(std::string_view name) const {
            std::string wanted("\r\n");
            wanted.append(name).append(": ");
            const auto at = head.find(wanted);
            if (at == std::string::npos) return {};
            const auto begin = at + wanted.size();
            return head.substr(begin, head.find("\r\n", begin) - begin);
        }
    };

    /// One answer with its body; status 0 if the connection closed instead.
    Answer read_answer(bool of_head = false) {
        Answer answer;
        if (!fill_until("\r\n\r\n")) return answer;
        answer.head = take(buffer_.find("\r\n\r\n") + 4);
        std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
        if (of_head || answer.status < 200 || answer.status == 204 || answer.status == 304) {
            return answer;
        }
        if (answer.header("Transfer-Encoding") == "chunked") {
            while (auto chunk = read_chunk()) {
                if (chunk->empty()) break;
                answer.body.append(*chunk);
            }
        } else if (const auto length = answer.header("Content-Length"); !length.empty()) {
            const auto wanted = std::stoull(length);
            while (buffer_.size() < wanted && fill()) {
            }
            answer.body = take(std::min<std::size_t>(wanted, buffer_.size()));
        } else {
            answer.body = read_to_end();
        }
        return answer;
    }

    Answer ask(std::string_view bytes) {
        send(bytes);
        return read_answer();
    }

    std::optional<std::string> read_chunk() {
        if (!fill_until("\r\n")) return std::nullopt;
        const auto size = std::stoull(take(buffer_.find("\r\n") + 2), nullptr, 16);
        while (buffer_.size() < size + 2 && fill()) {
        }
        if (buffer_.size() < size + 2) return std::nullopt;
        auto chunk = take(size);
        take(2);
        return chunk;
    }

    std::string read_to_end() {
        while (fill()) {
        }
        return take(buffer_.size());
    }

    /// True once the server has closed the connection, and nothing came before that.
    bool sees_close() { return read_to_end().empty(); }

    /// Reads what there is; false at the end of the stream.
    bool fill() {
        pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
        const auto timeout = std::chrono::milliseconds(kTestTimeout).count();
        if (poll(&wait, 1, static_cast<int>(timeout)) <= 0) {
            ADD_FAILURE() << "the server neither answers nor closes";
            return false;
        }
        std::array<char, 65536> piece{};
        const auto count = recv(socket_, piece.data(), piece.size(), 0);
        if (count <= 0) return false;
        buffer_.append(piece.data(), static_cast<std::size_t>(count));
        return true;
    }

    [[nodiscard]] int descriptor() const { return socket_; }
    std::string take(std::size_t count) {
        auto taken = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return taken;
    }

private:
    bool fill_until(std::string_view marker) {
        while (buffer_.find(marker) == std::string::npos) {
            if (!fill()) return false;
        }
        return true;
    }

    int socket_;
    std::string buffer_;
};

/// A flag that a test thread waits for.
class Signal {
public:
    void set() {
        const std::lock_guard lock(mutex_);
        set_ = true;
        changed_.notify_all();
    }
    bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kTestTimeout, [this] { return set_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

/// A server on a free port of the loopback address, with threads of its own to run on.
class RunningServer {
public:
    explicit RunningServer(Handler handler, ServerLimits limits = {})
        : server_(io_.get_executor(), {boost::asio::ip::address_v4::loopback(), 0}, limits,
                  std::move(handler), log_, metrics_) {
        const auto started = server_.start();
        EXPECT_TRUE(started) << started.error().message;
        thread_ = std::thread([this] { io_.run(); });
    }
    ~RunningServer() {
        stop(std::chrono::steady_clock::now());
        io_.stop();
        thread_.join();
    }

    void stop(Deadline latest) {
        boost::asio::co_spawn(io_, server_.stop(latest), boost::asio::use_future).get();
    }

    [[nodiscard]] std::uint16_t port() const { return server_.local_endpoint().port(); }
    Server& server() { return server_; }
    telemetry::Metrics& metrics() { return metrics_; }
    boost::asio::io_context& io() { return io_; }

    std::string log_text() {
        log_.flush();
        std::string text(static_cast<std::size_t>(lseek(log_file_.descriptor, 0, SEEK_END)), '\0');
        EXPECT_EQ(pread(log_file_.descriptor, text.data(), text.size(), 0),
                  static_cast<ssize_t>(text.size()));
        return text;
    }

private:
    /// Outlives the log, whose thread writes to it until the end.
    struct LogFile {
        ~LogFile() { ::close(descriptor); }
        const int descriptor = memfd_create("log", MFD_CLOEXEC);
    };

    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        io_.get_executor()};
    LogFile log_file_;
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::info,
                        log_file_.descriptor};
    telemetry::Metrics metrics_;
    Server server_;
    std::thread thread_;
};

/// Answers with `text` to everything.
inline Handler always(std::string text) {
    return [text = std::move(text)](Request&) -> boost::asio::awaitable<Response> {
        Response response;
        response.body = text;
        co_return response;
    };
}

/// Answers with the body it was sent, or with the reading's error as 400 (too_large as 413).
inline boost::asio::awaitable<Response> echo(Request& request) {
    auto body = co_await request.body->read_all(std::uint64_t{1} << 20);
    if (!body) {
        co_return detail_response(body.error().code == Errc::too_large ? 413 : 400,
                                  body.error().message);
    }
    Response response;
    response.body = std::move(*body);
    co_return response;
}

}  // namespace ingestor::http
