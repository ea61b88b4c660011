#include "httpclient/http_client.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "httpclient/libcurl.hpp"
#include "httpclient/url.hpp"

namespace ingestor::httpclient {

namespace asio = boost::asio;

std::string_view HttpReply::header(std::string_view name) const {
    const auto found =
        std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

namespace {

/// Writes all of it; false with errno otherwise.
bool write_all(int fd, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return true;
}

/// `https://host:port`: what may stand in a log of an URL whose query may hold a signature.
std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    const auto end = url.find_first_of("/?#", scheme == url.npos ? 0 : scheme + 3);
    return std::string(url.substr(0, end));
}

/// One request on its way. Its address is known to libcurl, so it stays where it is.
class Transfer {
public:
    using Done = std::function<void(Result<HttpReply>)>;

    Transfer(const Libcurl& curl, HttpCall call, Done done)
        : curl_(curl),
          call_(std::move(call)),
          done_(std::move(done)),
          headers_(nullptr, curl.slist_free_all) {}

    /// Prepares `easy`, which is fresh. Errors: invalid_argument, unavailable.
    Result<void> prepare(CURL* easy, const HttpClient::Options& options);
    void finish(CURLcode outcome);
    void cancel() { done_(fail(Errc::cancelled, "the HTTP client has been closed")); }
    void refuse(const Error& error) { done_(std::unexpected(error)); }

    CURL* easy = nullptr;

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_.easy_setopt(easy, option, value);
    }
    void add_header(const std::string& line);
    void set_body();

    static std::size_t on_head(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self);
    static int on_seek(void* self, curl_off_t offset, int origin);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t total, curl_off_t sent);
    static curl_socket_t on_connect(void* self, curlsocktype purpose, curl_sockaddr* to);
    std::size_t take(std::string_view bytes);

    const Libcurl& curl_;
    HttpCall call_;
    Done done_;
    std::unique_ptr<curl_slist, decltype(Libcurl::slist_free_all)> headers_;
    HttpReply reply_;
    std::uint64_t sent_ = 0;
    const AddressFilter* filter_ = nullptr;
    bool encrypted_ = false;
    std::optional<asio::ip::address> kept_from_;  ///< By the filter.
    bool cut_ = false;
    std::optional<Error> error_;
    std::array<char, CURL_ERROR_SIZE> words_{};
};

void Transfer::add_header(const std::string& line) {
    auto* head = curl_.slist_append(headers_.get(), line.c_str());
    // The head stays the same once there is one.
    if (!headers_) headers_.reset(head);
}

Result<void> Transfer::prepare(CURL* handle, const HttpClient::Options& options) {
    easy = handle;
    const auto url = parse_url(call_.url);
    if (!url) return std::unexpected(url.error());
    if (url->scheme != "http" && url->scheme != "https") {
        return fail(Errc::invalid_argument, "this is not a URL of http or https");
    }
    set(CURLOPT_URL, call_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_USERAGENT, options.user_agent.c_str());
    set(CURLOPT_PRIVATE, static_cast<void*>(this));
    set(CURLOPT_ERRORBUFFER, words_.data());
    if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
    // A proxy of the environment cannot reach what listens on this machine's own loopback, nor the
    // link-local addresses of instance metadata.
    if (options.filter || is_loopback_host(url->host) || url->host.starts_with("169.254.")) {
        set(CURLOPT_NOPROXY, "*");
    }
    if (options.filter) {
        filter_ = &*options.filter;
        encrypted_ = url->scheme == "https";
        set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_connect);
        set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    }
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(call_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(call_.total_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(call_.stall_timeout.count()));
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_head);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    if (call_.on_progress) {
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
        set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    }
    set_body();
    bool has_type = false;
    for (const auto& [name, value] : call_.headers) {
        has_type = has_type || equal_ignoring_case(name, "content-type");
        // A header with an empty value is sent only where libcurl is told so by the semicolon.
        add_header(value.empty() ? name + ";" : name + ": " + value);
    }
    // What libcurl would add by itself and nobody has signed.
    if (!has_type) add_header("Content-Type:");
    add_header("Expect:");
    set(CURLOPT_HTTPHEADER, headers_.get());
    return {};
}

void Transfer::set_body() {
    if (call_.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
        return;
    }
    if (call_.body_file.fd >= 0) {
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &Transfer::on_read);
        set(CURLOPT_READDATA, static_cast<void*>(this));
        set(CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
        set(CURLOPT_SEEKDATA, static_cast<void*>(this));
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(call_.body_file.length));
    } else if (!call_.body.empty() || call_.method == "POST" || call_.method == "PUT") {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
        set(CURLOPT_POSTFIELDS, call_.body.data());
    }
    if (call_.method != "GET") set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
}

std::size_t Transfer::on_head(char* data, std::size_t size, std::size_t count, void* self) {
    auto& reply = static_cast<Transfer*>(self)->reply_;
    std::string_view line(data, size * count);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {
        // A further head: what came before was an interim answer.
        reply.headers.clear();
    } else if (const auto colon = line.find(':'); colon != line.npos) {
        reply.headers.emplace_back(lower_case(line.substr(0, colon)),
                                   std::string(trimmed(line.substr(colon + 1))));
    }
    return size * count;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->take({data, size * count});
}

std::size_t Transfer::take(std::string_view bytes) {
    constexpr std::size_t kEndTheTransfer = 0;
    long status = 0;
    curl_.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    const bool to_file = call_.answer_fd >= 0 && (status == 200 || status == 206);
    if (call_.cut_answer && bytes.size() > call_.answer_bytes_max - reply_.body.size()) {
        // What is known by now is enough.
        cut_ = true;
        reply_.body.append(bytes.substr(0, call_.answer_bytes_max - reply_.body.size()));
        return kEndTheTransfer;
    }
    if (!to_file && bytes.size() > call_.answer_bytes_max - reply_.body.size()) {
        error_ = Error{.code = Errc::too_large, .message = "the answer is too large"};
        return kEndTheTransfer;
    }
    if (!to_file) {
        reply_.body.append(bytes);
    } else if (!write_all(call_.answer_fd, bytes, reply_.bytes_received)) {
        error_ = Error{.code = Errc::unavailable, .message = "the answer cannot be written"};
        return kEndTheTransfer;
    }
    reply_.bytes_received += bytes.size();
    return bytes.size();
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto& part = transfer.call_.body_file;
    const auto wanted = std::min<std::uint64_t>(size * count, part.length - transfer.sent_);
    if (wanted == 0) return 0;
    const auto got =
        ::pread(part.fd, data, wanted, static_cast<off_t>(part.offset + transfer.sent_));
    if (got <= 0) {
        transfer.error_ = Error{.code = Errc::unavailable, .message = "the file cannot be read"};
        return CURL_READFUNC_ABORT;
    }
    transfer.sent_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
}

int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Transfer*>(self)->sent_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t total, curl_off_t sent) {
    const auto& transfer = *static_cast<Transfer*>(self);
    transfer.call_.on_progress(static_cast<std::uint64_t>(sent), static_cast<std::uint64_t>(total));
    return 0;
}

curl_socket_t Transfer::on_connect(void* self, curlsocktype, curl_sockaddr* to) {
    auto& transfer = *static_cast<Transfer*>(self);
    asio::ip::tcp::endpoint endpoint;
    const bool known = to->family == AF_INET || to->family == AF_INET6;
    if (!known || to->addrlen > endpoint.capacity()) return CURL_SOCKET_BAD;
    std::memcpy(endpoint.data(), &to->addr, to->addrlen);
    endpoint.resize(to->addrlen);
    if (!transfer.filter_->allows(endpoint.address(), transfer.encrypted_)) {
        transfer.kept_from_ = endpoint.address();
        return CURL_SOCKET_BAD;
    }
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

void Transfer::finish(CURLcode outcome) {
    const auto origin = origin_of(call_.url);
    if (error_) {
        error_->message = origin + ": " + error_->message;
        done_(std::unexpected(*error_));
    } else if (outcome == CURLE_OK || cut_) {
        curl_.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &reply_.status);
        done_(std::move(reply_));
    } else if (kept_from_) {
        const auto address = kept_from_->to_string();
        done_(fail(Errc::permission_denied,
                   origin + (is_public(*kept_from_)
                                 ? ": plain HTTP is not sent to a public address, " + address
                                 : ": requests are kept from the private address " + address)));
    } else {
        std::string words = words_[0] != '\0' ? words_.data() : curl_.easy_strerror(outcome);
        const auto code = outcome == CURLE_OPERATION_TIMEDOUT ? Errc::timed_out : Errc::unavailable;
        done_(fail(code, origin + ": " + words));
    }
}

}  // namespace

/// The thread that owns every handle of libcurl.
class HttpClient::Worker {
public:
    Worker(const Libcurl& curl, Options options) : curl_(curl), options_(std::move(options)) {
        multi_ = curl_.multi_init();
        curl_.multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, options_.connections_to_host_max);
        // By itself libcurl keeps four for every transfer under way: after a burst, few of those
        // that the next one needs.
        constexpr long kHosts = 4;
        curl_.multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kHosts * options_.connections_to_host_max);
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    ~Worker() {
        thread_.request_stop();
        curl_.multi_wakeup(multi_);
        thread_.join();
        curl_.multi_cleanup(multi_);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void add(HttpCall call, Done done) {
        {
            const std::scoped_lock lock(mutex_);
            waiting_.push_back(std::make_unique<Transfer>(curl_, std::move(call), std::move(done)));
        }
        curl_.multi_wakeup(multi_);
    }

private:
    void run(const std::stop_token& stop) {
        constexpr int kIdleMs = 60'000;
        while (!stop.stop_requested()) {
            begin_waiting();
            int running = 0;
            curl_.multi_perform(multi_, &running);
            const bool ended = end_done();
            if (!ended) curl_.multi_poll(multi_, nullptr, 0, kIdleMs, nullptr);
        }
        for (auto& transfer : running_) {
            release(*transfer);
            transfer->cancel();
        }
        running_.clear();
        for (auto& transfer : take_waiting()) transfer->cancel();
        for (auto* easy : idle_) curl_.easy_cleanup(easy);
    }

    std::deque<std::unique_ptr<Transfer>> take_waiting() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(waiting_, {});
    }

    void begin_waiting() {
        for (auto& transfer : take_waiting()) {
            CURL* easy = nullptr;
            if (idle_.empty()) {
                easy = curl_.easy_init();
            } else {
                easy = idle_.back();
                idle_.pop_back();
            }
            if (const auto ready = transfer->prepare(easy, options_); !ready) {
                put_by(easy);
                transfer->refuse(ready.error());
                continue;
            }
            curl_.multi_add_handle(multi_, easy);
            running_.push_back(std::move(transfer));
        }
    }

    /// True where one has ended, so that its end may have let another begin.
    bool end_done() {
        bool ended = false;
        int left = 0;
        while (const auto* message = curl_.multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const auto outcome = message->data.result;
            const auto found = std::ranges::find(running_, message->easy_handle,
                                                 [](const auto& t) { return t->easy; });
            if (found == running_.end()) continue;
            auto transfer = std::move(*found);
            running_.erase(found);
            transfer->finish(outcome);
            release(*transfer);
            ended = true;
        }
        return ended;
    }

    void release(const Transfer& transfer) {
        curl_.multi_remove_handle(multi_, transfer.easy);
        put_by(transfer.easy);
    }
    void put_by(CURL* easy) {
        curl_.easy_reset(easy);
        idle_.push_back(easy);
    }

    const Libcurl& curl_;
    Options options_;
    CURLM* multi_ = nullptr;
    std::mutex mutex_;
    std::deque<std::unique_ptr<Transfer>> waiting_;  ///< Guarded by mutex_.
    std::list<std::unique_ptr<Transfer>> running_;
    std::vector<CURL*> idle_;
    std::jthread thread_;
};

HttpClient::HttpClient(Options options) : options_(std::move(options)) {}

HttpClient::~HttpClient() = default;

void HttpClient::start(HttpCall call, Done done) {
    const auto& curl = Libcurl::load();
    if (!curl) {
        done(std::unexpected(curl.error()));
        return;
    }
    std::call_once(started_, [&] { worker_ = std::make_unique<Worker>(*curl, options_); });
    worker_->add(std::move(call), std::move(done));
}

asio::awaitable<Result<HttpReply>> HttpClient::send(HttpCall call) {
    auto initiate = [this](auto handler, HttpCall to_send) {
        auto home = asio::get_associated_executor(handler);
        // std::function copies; the handler of a coroutine only moves.
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        auto guard = asio::make_work_guard(home);
        Done done = [waiting, home, guard](Result<HttpReply> reply) mutable {
            auto resume = [waiting = std::move(waiting), reply = std::move(reply)]() mutable {
                std::move (*waiting)(std::move(reply));
            };
            asio::post(home, std::move(resume));
            guard.reset();
        };
        start(std::move(to_send), std::move(done));
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                            void(Result<HttpReply>)>(
        std::move(initiate), asio::use_awaitable, std::move(call));
}

Result<HttpReply> HttpClient::send_and_wait(HttpCall call) {
    // Shared: the one who waits may be gone before set_value() is through with it.
    auto promise = std::make_shared<std::promise<Result<HttpReply>>>();
    auto answer = promise->get_future();
    start(std::move(call),
          [promise](Result<HttpReply> reply) { promise->set_value(std::move(reply)); });
    return answer.get();
}

}  // namespace ingestor::httpclient
