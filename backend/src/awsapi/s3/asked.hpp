#pragma once

#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/access.hpp"
#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "http/message.hpp"
#include "ports/object_index.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

/// A request that may do what it asks for. What it refers to ends with the answer's head.
struct Asked {
    const http::Request& http;
    const S3Request& request;
    const S3Key& key;
    sigv4::Proof& proof;
    http::Body& body;
};

/// For the event that tells of an object; `reason` as S3 has it.
[[nodiscard]] inline ports::ObjectOrigin origin_of(const http::Request& request,
                                                   std::string reason) {
    return {.reason = std::move(reason),
            .request_id = request.request_id,
            .source_ip = request.remote_address};
}

/// What an operation answers.
using Answer = boost::asio::awaitable<S3Result<http::Response>>;

}  // namespace ingestor::awsapi::s3
