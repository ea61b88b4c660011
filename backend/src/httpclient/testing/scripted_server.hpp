#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace ingestor::httpclient::testing {

/// A server on 127.0.0.1 that answers as its script says and writes down what it was asked, one
/// thread a connection. Answers keep the connection unless they say otherwise.
class ScriptedServer {
public:
    struct Request {
        std::string method;
        std::string target;
        std::vector<std::pair<std::string, std::string>> headers;  ///< As on the wire.
        std::string body;
        std::size_t number = 0;      ///< From 1, over all connections.
        std::size_t connection = 0;  ///< From 1.

        /// The first of that name in any case; empty if absent.
        [[nodiscard]] std::string header(std::string_view name) const;
        [[nodiscard]] bool has_header(std::string_view name) const;
    };
    enum class Ending {
        whole,   ///< The connection stays.
        cut,     ///< Half of the body, and then the end of the connection.
        none,    ///< The end of the connection, without an answer.
        silent,  ///< No answer; the connection stays until the other side or the server ends.
    };
    struct Answer {
        unsigned status = 200;
        std::vector<std::pair<std::string, std::string>> headers = {};
        std::string body = {};
        Ending ending = Ending::whole;
        std::string preface = {};  ///< Raw bytes before the answer, such as an interim one.
    };
    /// Called on the connections' threads, one at a time.
    using Script = std::function<Answer(const Request&)>;

    explicit ScriptedServer(Script script);
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    /// `http://127.0.0.1:PORT`
    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::vector<Request> requests() const;
    [[nodiscard]] std::size_t connections() const;
    /// Returns once `count` requests in all have come in.
    void wait_for_requests(std::size_t count);

private:
    void accept();
    void serve(boost::asio::ip::tcp::socket socket, std::size_t connection);
    /// False: the connection has ended.
    bool answer_one(boost::asio::ip::tcp::socket& socket, std::size_t connection);

    Script script_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Request> requests_;
    std::set<int> open_;
    std::size_t connections_ = 0;
    bool stopping_ = false;
    std::list<std::jthread> threads_;
    std::jthread acceptor_thread_;
};

/// A port of this machine on which nobody listens: `http://127.0.0.1:PORT`.
[[nodiscard]] std::string url_of_nobody();

}  // namespace ingestor::httpclient::testing
