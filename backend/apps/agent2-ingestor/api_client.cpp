#include "api_client.hpp"

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <system_error>

#include <boost/json.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/printable.hpp"
#include "base/uuid.hpp"
#include "exit_codes.hpp"
#include "local_service.hpp"
#include "ports/object_store.hpp"
#include "utf8_name.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

constexpr int kTriesMax = 5;
constexpr std::chrono::seconds kConnectTimeout{5};
/// Of a document's Markdown, which is held in memory until it is printed.
constexpr std::uint64_t kAnswerBytesMax = std::uint64_t{1} << 30;

Errc code_of(long status) {
    switch (status) {
        case 401:
            return Errc::unauthenticated;
        case 403:
            return Errc::permission_denied;
        case 404:
            return Errc::not_found;
        case 409:
            return Errc::conflict;
        case 413:
            return Errc::too_large;
        case 415:
            return Errc::unsupported;
        case 429:
            return Errc::rate_limited;
        case 502:
        case 503:
        case 504:
            return Errc::unavailable;
        default:
            return status < 500 ? Errc::invalid_argument : Errc::internal;
    }
}

/// FastAPI's `detail`, which is a text or a list of faults, as one line.
std::string words_of(const httpclient::HttpReply& answer) {
    json::error_code error;
    const auto body = json::parse(answer.body, error);
    if (error || !body.is_object() || !body.get_object().contains("detail")) {
        return fmt::format("HTTP {}: {}", answer.status, answer.body.substr(0, 200));
    }
    const auto& detail = body.get_object().at("detail");
    if (detail.is_string()) return std::string(detail.get_string());
    if (!detail.is_array()) return json::serialize(detail);
    std::string words;
    for (const auto& fault : detail.get_array()) {
        if (!words.empty()) words += "; ";
        std::string place;
        for (const auto& part : fault.at("loc").as_array()) {
            if (!place.empty()) place += ".";
            place += part.is_string() ? std::string(part.get_string()) : json::serialize(part);
        }
        words += place + ": " + std::string(fault.at("msg").as_string());
    }
    return words;
}

/// Waits before the next try: 0.2 s, 0.4 s, …
void back_off(int tries) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds{100} * (1 << tries), [] { return false; });
}

}  // namespace

ApiClient::ApiClient(std::string url, std::string token)
    : url_(std::move(url)),
      token_(std::move(token)),
      http_(std::make_unique<httpclient::HttpClient>(
          httpclient::HttpClient::Options{.user_agent = "agent2-ingestor-cli"})) {}

Result<ApiClient> ApiClient::connect(const ServiceOptions& options) {
    auto url = options.url;
    auto token = options.token;
    if (url.empty()) {
        auto known = read_service_record(options.data);
        if (!known) return std::unexpected(known.error());
        url = std::move(known->url);
    }
    while (url.ends_with('/')) url.pop_back();
    if (token.empty()) {
        auto minted = mint_local_token(options.data, options.user, std::chrono::hours{1});
        if (!minted) return std::unexpected(minted.error());
        token = std::move(*minted);
    }
    return ApiClient(std::move(url), std::move(token));
}

httpclient::HttpCall ApiClient::call_of(std::string method, const std::string& path) const {
    return {.method = std::move(method),
            .url = url_ + path,
            .headers = {{"Authorization", "Bearer " + token_}},
            .connect_timeout = kConnectTimeout,
            .answer_bytes_max = kAnswerBytesMax};
}

Result<std::string> ApiClient::send(const httpclient::HttpCall& call) {
    for (int tries = 1;; ++tries) {
        auto answer = http_->send_and_wait(call);
        if (answer && answer->status >= 200 && answer->status < 300) {
            return std::move(answer->body);
        }
        auto error = answer ? Error{.code = code_of(answer->status), .message = words_of(*answer)}
                            : std::move(answer.error());
        if (!is_retryable(error.code) || tries == kTriesMax) {
            return std::unexpected(std::move(error));
        }
        back_off(tries);
    }
}

Result<json::object> ApiClient::get(const std::string& path) {
    auto text = get_text(path);
    if (!text) return std::unexpected(text.error());
    return json::parse(*text).as_object();
}

Result<std::string> ApiClient::get_text(const std::string& path) {
    return send(call_of("GET", path));
}

Result<std::monostate> ApiClient::remove(const std::string& path) {
    const auto answer = send(call_of("DELETE", path));
    if (!answer) return std::unexpected(answer.error());
    return std::monostate{};
}

Result<json::object> ApiClient::post(const std::string& path, const json::object& body) {
    auto call = call_of("POST", path);
    call.headers.emplace_back("Content-Type", "application/json");
    call.headers.emplace_back("Idempotency-Key", uuid_v4());
    call.body = json::serialize(body);
    const auto answer = send(call);
    if (!answer) return std::unexpected(answer.error());
    return json::parse(*answer).as_object();
}

Result<std::string> ApiClient::upload(const std::string& path, const UploadProgress& progress) {
    const auto name = utf8_name(path);
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) {
        return fail(Errc::not_found, path + ": " + std::generic_category().message(errno));
    }
    const json::object request{{"filename", name}};
    const auto place = post("/upload/presigned-url", request);
    if (!place) return std::unexpected(place.error());
    httpclient::HttpCall call{
        .method = "PUT",
        .url = std::string(place->at("upload_url").as_string()),
        .body_file = {.fd = file.get(), .length = static_cast<std::uint64_t>(status.st_size)},
        .connect_timeout = kConnectTimeout,
        .on_progress = progress};
    for (const auto& [header, value] : place->at("headers").as_object()) {
        call.headers.emplace_back(std::string(header), std::string(value.as_string()));
    }
    const auto stored = send(call);
    if (!stored) return std::unexpected(stored.error());
    return std::string(place->at("file_key").as_string());
}

int report(const Error& error) {
    fmt::print(stderr, "agent2-ingestor: {}\n", printable(error.message));
    if (error.code == Errc::unavailable) return kUnreachable;
    return kRefused;
}

}  // namespace ingestor::cli
