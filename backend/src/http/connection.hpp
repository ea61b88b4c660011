#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "base/result.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/rate_allowance.hpp"

namespace ingestor::http {

/// The bytes of one connection, in and out, each wait with its time limit.
///
/// A limit is a note of when to be woken, which the server's timer reads; when it has passed,
/// expire_if_due() ends the wait. Nothing is armed or disarmed in the kernel for a request.
class Connection {
public:
    using Clock = std::chrono::steady_clock;

    /// Room that suits a request's head.
    static constexpr std::size_t kHeadBytes = 4096;

    Connection(boost::asio::ip::tcp::socket socket, const ServerLimits& limits);

    /// Bytes that came and were not consumed.
    [[nodiscard]] std::string_view input() const;
    void consume(std::size_t count) { input_.consume(count); }
    /// Gives back what a large head made the input grow to.
    void shrink_input();
    [[nodiscard]] bool input_is_full() const { return input_.size() == input_.max_size(); }

    /// Waits until more input came, at most until `latest`. False: the client has closed. Makes
    /// room for `wish` bytes where the input may still grow; it must not be full.
    /// Errors: timed_out, unavailable.
    boost::asio::awaitable<Result<bool>> receive(Clock::time_point latest, std::size_t wish);
    /// Receives past the input, which must be empty; 0: the client has closed. Errors: as receive.
    boost::asio::awaitable<Result<std::size_t>> receive_into(std::span<char> buffer,
                                                             Clock::time_point latest);

    /// Sends what fits now, up to what one turn may take; true if that was all of it, else `head`
    /// and `body` are what is left. Errors: unavailable.
    Result<bool> send_now(std::string_view& head, std::string_view& body);
    /// Sends all. Errors: timed_out (the client takes nothing), unavailable (it went away).
    boost::asio::awaitable<Result<std::monostate>> send(std::string_view head,
                                                        std::string_view body = {});
    /// Sends part of a file. Errors: as send; corrupt (the file is shorter or cannot be read).
    boost::asio::awaitable<Result<std::monostate>> send_file(const FileBody& file);

    /// True once the client has closed its side or the connection is broken.
    [[nodiscard]] bool is_gone();
    /// Sends the end of the stream, then drops what still arrives until the client closes too. Who
    /// goes on sending is reset.
    boost::asio::awaitable<void> drain_and_close();
    void end_sending();
    void cut();

    /// Lets others have their turn: for loops that might otherwise never wait.
    boost::asio::awaitable<void> yield();
    /// An answer begins: its reader has the whole grace period.
    void begin_answer() { writing_.reset(); }

    /// Ends the wait under way, as timed_out, if its limit has passed.
    void expire_if_due(Clock::time_point now);
    /// Whether it is the client that is waited for.
    [[nodiscard]] bool is_waiting() const { return wake_at_ != Clock::time_point::max(); }
    /// Ends the wait for input under way, if any.
    void interrupt();

    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    [[nodiscard]] const std::string& remote_address() const { return remote_address_; }
    [[nodiscard]] const boost::asio::ip::address& peer() const { return peer_; }

private:
    void wake_at(Clock::time_point time);
    void wake_never();
    boost::asio::awaitable<Result<std::monostate>> wait_until_writable();
    Error why(const boost::system::error_code& error) const;
    std::unexpected<Error> end_wait(const boost::system::error_code& error);

    boost::asio::ip::tcp::socket socket_;
    const ServerLimits& limits_;
    boost::beast::flat_buffer input_;
    boost::asio::ip::address peer_;
    std::string remote_address_;
    Clock::time_point wake_at_ = Clock::time_point::max();
    RateAllowance writing_;
    unsigned reads_at_once_ = 0;
    bool expired_ = false;
};

}  // namespace ingestor::http
