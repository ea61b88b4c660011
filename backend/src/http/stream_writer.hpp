#pragma once

#include "http/connection.hpp"
#include "http/message.hpp"
#include "http/response_head.hpp"

namespace ingestor::http {

/// Sends the pieces of a StreamBody, each as a chunk of its own where the body is chunked. A client
/// that has closed its side of the connection is taken to be gone: it would otherwise be noticed
/// two writes later.
class StreamWriter final : public ResponseWriter {
public:
    /// `connection` outlives it; `delimiter` is chunks or close.
    StreamWriter(Connection& connection, Delimiter delimiter);

    boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override;
    /// Ends the body; fails if a write has failed.
    boost::asio::awaitable<Result<std::monostate>> finish();

private:
    Connection& connection_;
    const Delimiter delimiter_;
    std::string framed_;
    std::optional<Error> failure_;
};

}  // namespace ingestor::http
