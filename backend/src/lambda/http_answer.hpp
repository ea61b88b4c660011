#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "http/message.hpp"
#include "lambda/http_event.hpp"

namespace ingestor::lambda {

/// The answer to an HTTP event: JSON in the shape that the gateway of `format` takes, at most
/// kAnswerBytesMax long. The body is read or run to its end first. Text is sent as text, all else
/// as base64.
///
/// What a function cannot send is replaced in `response`, so that it is what was sent: an answer
/// too large by a 413 that says where to get it, an event stream by a 501, since a function answers
/// once, and what fails on the way by a 500, whose cause comes out in `failure`.
struct HttpAnswer {
    std::string json;
    std::string failure = {};  ///< Empty: there was none.
};
boost::asio::awaitable<HttpAnswer> answer_http(PayloadFormat format, const http::Request& request,
                                               http::Response& response);

}  // namespace ingestor::lambda
