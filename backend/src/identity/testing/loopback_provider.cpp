#include "identity/testing/loopback_provider.hpp"

#include <algorithm>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace ingestor::identity::testing {

namespace asio = boost::asio;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;

LoopbackProvider::LoopbackProvider()
    : acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      thread_([this] { serve(); }) {}

LoopbackProvider::~LoopbackProvider() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        held_ = false;
    }
    changed_.notify_all();
    // A connection of our own ends the wait for the next one.
    boost::system::error_code ignored;
    tcp::socket knock(io_);
    knock.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
}

std::string LoopbackProvider::url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void LoopbackProvider::answer(const std::string& path, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[path] = std::move(answer);
}

void LoopbackProvider::publish(const std::string& key_set) {
    Answer discovery;
    discovery.body =
        R"({"issuer":")" + url() + R"(","jwks_uri":")" + url() + R"(/keys?version=1"})";
    Answer keys;
    keys.body = key_set;
    answer("/.well-known/openid-configuration", discovery);
    answer("/keys?version=1", keys);
}

void LoopbackProvider::hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
}

void LoopbackProvider::release() {
    {
        const std::lock_guard lock(mutex_);
        held_ = false;
    }
    changed_.notify_all();
}

void LoopbackProvider::wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return paths_.size() >= count; });
}

std::vector<std::string> LoopbackProvider::paths() const {
    const std::lock_guard lock(mutex_);
    return paths_;
}

std::size_t LoopbackProvider::requests(const std::string& path) const {
    const auto all = paths();
    return static_cast<std::size_t>(std::ranges::count(all, path));
}

void LoopbackProvider::serve() {
    for (;;) {
        boost::system::error_code failed;
        tcp::socket socket(io_);
        acceptor_.accept(socket, failed);
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
        if (!failed) serve_one(std::move(socket));
    }
}

void LoopbackProvider::serve_one(tcp::socket socket) {
    boost::system::error_code failed;
    boost::beast::flat_buffer buffer;
    bhttp::request<bhttp::empty_body> request;
    bhttp::read(socket, buffer, request, failed);
    if (failed) return;

    Answer answer;
    {
        std::unique_lock lock(mutex_);
        const std::string path(request.target());
        paths_.push_back(path);
        changed_.notify_all();
        changed_.wait(lock, [this] { return !held_; });
        const auto found = answers_.find(path);
        answer = found == answers_.end() ? Answer{.status = 404, .body = "", .location = ""}
                                         : found->second;
    }
    bhttp::response<bhttp::string_body> response(bhttp::int_to_status(answer.status), 11);
    if (!answer.location.empty()) response.set(bhttp::field::location, answer.location);
    response.set(bhttp::field::content_type, "application/json");
    response.set(bhttp::field::connection, "close");
    response.body() = answer.body;
    response.prepare_payload();
    bhttp::write(socket, response, failed);
}

}  // namespace ingestor::identity::testing
