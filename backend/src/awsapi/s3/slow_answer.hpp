#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/error.hpp"
#include "http/message.hpp"

namespace ingestor::awsapi::s3 {

/// So often a client that waits is told that the answer is under way.
inline constexpr std::chrono::seconds kBlankInterval{2};

/// What takes long: makes the document of the answer, without the XML declaration. It runs to its
/// end, whether or not the client is still there.
using SlowWork = std::function<boost::asio::awaitable<S3Result<std::string>>()>;

/// 200 at once, then blanks until `work` is done, then its document, or that of its error, as S3
/// answers CompleteMultipartUpload and copies: so nobody between the two takes the connection for
/// dead, and no client asks again while the first request is at work.
[[nodiscard]] http::Response slow_answer(const http::Request& request, SlowWork work);

}  // namespace ingestor::awsapi::s3
