#pragma once

#include <cstdint>
#include <optional>

#include "http/connection.hpp"
#include "http/message.hpp"
#include "http/request_parser.hpp"

namespace ingestor::http {

/// The body of the request that a connection is at.
class RequestBody final : public Body {
public:
    /// All of them outlive it. `deadline` is moved on as bytes come.
    RequestBody(Connection& connection, RequestParser& parser, const ServerLimits& limits,
                Deadline& deadline);

    boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override;
    [[nodiscard]] std::optional<std::uint64_t> content_length() const override;
    void set_limit(std::uint64_t bytes_max) override { limit_ = bytes_max; }

    [[nodiscard]] bool ended() const { return ended_; }
    /// What reading failed with, if it did.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    /// Whether so little is left, as far as that is known, that reading it off keeps the
    /// connection.
    [[nodiscard]] bool is_drainable() const;
    /// Reads off what is left; false if it was too much, or the client failed.
    boost::asio::awaitable<bool> drain();

private:
    boost::asio::awaitable<Result<std::size_t>> read_plain(std::span<char> buffer);
    boost::asio::awaitable<Result<std::size_t>> read_chunked(std::span<char> buffer);
    std::unexpected<Error> failed(Errc code, std::string message);
    [[nodiscard]] Connection::Clock::time_point latest(Connection::Clock::time_point now) const;
    void count_wait(Connection::Clock::time_point since, std::size_t bytes);

    Connection& connection_;
    RequestParser& parser_;
    const ServerLimits& limits_;
    Deadline& deadline_;
    RateAllowance reading_;
    std::uint64_t limit_;
    std::uint64_t received_ = 0;
    bool awaits_continue_;
    bool ended_;
    std::optional<Error> failure_;
};

}  // namespace ingestor::http
