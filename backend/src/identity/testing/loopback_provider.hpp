#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace ingestor::identity::testing {

/// An identity provider on 127.0.0.1 with canned answers, which writes down what it was asked. One
/// request at a time, one a connection.
class LoopbackProvider {
public:
    struct Answer {
        unsigned status = 200;
        std::string body;
        std::string location;  ///< Of a redirect.
    };

    LoopbackProvider();
    LoopbackProvider(const LoopbackProvider&) = delete;
    LoopbackProvider& operator=(const LoopbackProvider&) = delete;
    ~LoopbackProvider();

    /// `http://127.0.0.1:PORT`
    [[nodiscard]] std::string url() const;
    void answer(const std::string& path, Answer answer);
    /// Discovery and key set as an ordinary provider has them.
    void publish(const std::string& key_set);
    /// From here on requests are taken and not answered, until release().
    void hold();
    void release();
    /// Returns once `count` requests in all have come in.
    void wait_for_requests(std::size_t count);
    [[nodiscard]] std::vector<std::string> paths() const;
    [[nodiscard]] std::size_t requests(const std::string& path) const;

private:
    void serve();
    void serve_one(boost::asio::ip::tcp::socket socket);

    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Answer> answers_;
    std::vector<std::string> paths_;
    bool held_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ingestor::identity::testing
