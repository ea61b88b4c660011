#pragma once

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/access.hpp"
#include "awsapi/s3/error.hpp"
#include "awsapi/s3/request.hpp"
#include "http/message.hpp"
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

/// What an operation answers.
using Answer = boost::asio::awaitable<S3Result<http::Response>>;

}  // namespace ingestor::awsapi::s3
