#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "httpclient/address_filter.hpp"

namespace ingestor::httpclient {

/// A request to another service.
struct HttpCall {
    /// Part of a file that is sent as the body. The descriptor stays open until the answer is
    /// there.
    struct FilePart {
        int fd = -1;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };

    std::string method = "GET";
    std::string url;  ///< Percent-encoded as it shall be sent; dots and slashes stay as they are.
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    FilePart body_file = {};  ///< In place of `body`, where it has a descriptor.
    /// The body of an answer of status 200 or 206 is written there, from its start on, and not kept
    /// in memory. Stays open until the answer is there.
    int answer_fd = -1;

    std::chrono::milliseconds connect_timeout{3'000};
    /// Of all of it; 0: no limit but `stall_timeout`.
    std::chrono::milliseconds total_timeout{0};
    /// Ends a transfer in which nothing moves for so long. Whole seconds.
    std::chrono::seconds stall_timeout{30};
    std::uint64_t answer_bytes_max = std::uint64_t{8} << 20;
    /// An answer that is longer is cut there, and not too large.
    bool cut_answer = false;
    /// Told now and then, on the client's own thread, of bytes of the body sent and in all.
    std::function<void(std::uint64_t sent, std::uint64_t total)> on_progress = {};
};

struct HttpReply {
    long status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< Names in lower case.
    std::string body;
    std::uint64_t bytes_received = 0;  ///< Of the body, wherever it went.

    /// The first header of that lower-case name; empty if absent.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Outgoing HTTP over libcurl: one thread of its own, started with the first request, that keeps
/// connections for further ones. Follows no redirect. Every answer, of whatever status, is a
/// success here. Errors: unavailable (no answer came), timed_out, too_large (more than
/// `answer_bytes_max`), invalid_argument (not a URL of http or https), permission_denied (the
/// filter), cancelled (the client is going). Safe from any thread.
class HttpClient {
public:
    struct Options {
        std::string user_agent = "agent2-ingestor";
        long connections_to_host_max = 32;  ///< Further requests wait for one.
        std::string ca_file = {};           ///< Empty: where libcurl was built to look.
        /// Asked of every address before it is connected to, whatever name led there; then no proxy
        /// is used, whose address it would be.
        std::optional<AddressFilter> filter = {};
    };
    explicit HttpClient(Options options);
    HttpClient() : HttpClient(Options{}) {}
    /// Ends what is under way as cancelled, before it returns.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Resumes the caller on its own executor, which outlives this object: what is under way at the
    /// end of this is cancelled there.
    [[nodiscard]] boost::asio::awaitable<Result<HttpReply>> send(HttpCall call);
    /// For programs without an executor.
    [[nodiscard]] Result<HttpReply> send_and_wait(HttpCall call);

private:
    using Done = std::function<void(Result<HttpReply>)>;
    class Worker;

    void start(HttpCall call, Done done);

    Options options_;
    std::once_flag started_;
    std::unique_ptr<Worker> worker_;
};

}  // namespace ingestor::httpclient
