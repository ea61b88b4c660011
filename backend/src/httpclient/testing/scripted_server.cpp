#include "httpclient/testing/scripted_server.hpp"

#include <algorithm>

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sys/socket.h>

#include "base/encoding.hpp"

namespace ingestor::httpclient::testing {

namespace asio = boost::asio;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;

namespace {

ScriptedServer::Request request_of(bhttp::request<bhttp::string_body> message) {
    ScriptedServer::Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    for (const auto& field : message) {
        request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    request.body = std::move(message.body());
    return request;
}

std::string bytes_of(const ScriptedServer::Answer& answer, std::string_view method) {
    auto text = answer.preface + "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
    for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
    if (method == "HEAD") return text;
    const bool cut = answer.ending == ScriptedServer::Ending::cut;
    return text + answer.body.substr(0, cut ? answer.body.size() / 2 : std::string::npos);
}

}  // namespace

std::string ScriptedServer::Request::header(std::string_view name) const {
    const auto found = std::ranges::find_if(
        headers, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
    return found == headers.end() ? std::string() : found->second;
}

bool ScriptedServer::Request::has_header(std::string_view name) const {
    return std::ranges::any_of(
        headers, [&](const auto& field) { return equal_ignoring_case(field.first, name); });
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      acceptor_thread_([this] { accept(); }) {}

ScriptedServer::~ScriptedServer() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    acceptor_thread_.join();
    threads_.clear();
}

std::string ScriptedServer::url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

std::vector<ScriptedServer::Request> ScriptedServer::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

std::size_t ScriptedServer::connections() const {
    const std::scoped_lock lock(mutex_);
    return connections_;
}

void ScriptedServer::wait_for_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
}

void ScriptedServer::accept() {
    for (;;) {
        boost::system::error_code failed;
        tcp::socket socket(io_);
        acceptor_.accept(socket, failed);
        const std::scoped_lock lock(mutex_);
        if (stopping_ || failed) return;
        open_.insert(socket.native_handle());
        const auto connection = ++connections_;
        threads_.emplace_back([this, connection, socket = std::move(socket)]() mutable {
            serve(std::move(socket), connection);
        });
    }
}

void ScriptedServer::serve(tcp::socket socket, std::size_t connection) {
    while (answer_one(socket, connection)) {
    }
    // Under the lock, so that nobody shuts a descriptor down that is another's by then.
    const std::scoped_lock lock(mutex_);
    open_.erase(socket.native_handle());
    boost::system::error_code ignored;
    socket.close(ignored);
}

bool ScriptedServer::answer_one(tcp::socket& socket, std::size_t connection) {
    boost::system::error_code failed;
    boost::beast::flat_buffer buffer;
    bhttp::request_parser<bhttp::string_body> parser;
    parser.body_limit(boost::none);
    bhttp::read(socket, buffer, parser, failed);
    if (failed) return false;

    auto request = request_of(parser.release());
    Answer answer;
    {
        const std::scoped_lock lock(mutex_);
        request.connection = connection;
        request.number = requests_.size() + 1;
        requests_.push_back(request);
        answer = script_(request);
        changed_.notify_all();
    }
    if (answer.ending == Ending::none) return false;
    if (answer.ending == Ending::silent) {
        // Returns when the other side goes.
        char byte = 0;
        socket.read_some(asio::buffer(&byte, 1), failed);
        return false;
    }
    asio::write(socket, asio::buffer(bytes_of(answer, request.method)), failed);
    return !failed && answer.ending == Ending::whole;
}

std::string url_of_nobody() {
    asio::io_context io;
    const tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
}

}  // namespace ingestor::httpclient::testing
