#pragma once

#include <boost/asio/awaitable.hpp>

#include "http/message.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::api {

/// One request as the handlers see it.
struct Call {
    http::Request& request;
    const http::PathParameters& path;
    ports::Principal who;  ///< Empty for open operations.
};

using Answering = boost::asio::awaitable<http::Response>;

}  // namespace ingestor::api
