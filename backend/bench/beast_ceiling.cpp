// The least that a server on Boost.Beast can do: one thread, keep-alive, a fixed JSON answer. What
// the product's own GET /health costs beside it is what our HTTP layer adds. Usage: beast_ceiling
// PORT
#include <cstdlib>
#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

namespace {

const std::string kBody = R"({"status":"healthy","pad":")" + std::string(170, 'x') + R"("})";

void ignore(const std::exception_ptr&) {}

asio::awaitable<void> session(Socket socket) {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    while (true) {
        http::request<http::string_body> request;
        co_await http::async_read(socket, buffer, request,
                                  asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        http::response<http::string_body> response{http::status::ok, request.version()};
        response.set(http::field::content_type, "application/json");
        response.keep_alive(request.keep_alive());
        response.body() = kBody;
        response.prepare_payload();
        co_await http::async_write(socket, response,
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error || !response.keep_alive()) co_return;
    }
}

asio::awaitable<void> listen(asio::io_context& io, unsigned short port) {
    asio::basic_socket_acceptor<tcp, asio::io_context::executor_type> acceptor(
        io, {asio::ip::address_v4::loopback(), port});
    while (true) {
        Socket socket(io);
        co_await acceptor.async_accept(socket, asio::use_awaitable);
        socket.set_option(tcp::no_delay(true));
        asio::co_spawn(io, session(std::move(socket)), ignore);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    asio::io_context io(1);
    asio::co_spawn(io, listen(io, static_cast<unsigned short>(std::atoi(argv[1]))), ignore);
    io.run();
    return 0;
}
