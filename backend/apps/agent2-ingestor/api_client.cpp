#include "api_client.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "exit_codes.hpp"
#include "local_service.hpp"

namespace ingestor::cli {

namespace json = boost::json;

namespace {

constexpr int kTriesMax = 5;

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
std::string words_of(const HttpAnswer& answer) {
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
    : url_(std::move(url)), token_(std::move(token)), http_(std::make_unique<HttpClient>()) {}

Result<ApiClient> ApiClient::connect(const ServiceOptions& options) {
    auto url = options.url;
    auto token = options.token;
    if (url.empty()) {
        auto known = read_service_url(options.data);
        if (!known) return std::unexpected(known.error());
        url = std::move(*known);
    }
    while (url.ends_with('/')) url.pop_back();
    if (token.empty()) {
        auto minted = mint_local_token(options.data, options.user, std::chrono::hours{1});
        if (!minted) return std::unexpected(minted.error());
        token = std::move(*minted);
    }
    return ApiClient(std::move(url), std::move(token));
}

Result<std::string> ApiClient::checked(Result<HttpAnswer> answer) const {
    if (!answer) return std::unexpected(answer.error());
    if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
    return fail(code_of(answer->status), words_of(*answer));
}

template <class Request>
Result<std::string> ApiClient::with_retries(Request request) {
    for (int tries = 1;; ++tries) {
        auto answer = checked(request());
        if (answer || !is_retryable(answer.error().code) || tries == kTriesMax) return answer;
        back_off(tries);
    }
}

Result<json::object> ApiClient::get(const std::string& path) {
    auto text = get_text(path);
    if (!text) return std::unexpected(text.error());
    return json::parse(*text).as_object();
}

Result<std::string> ApiClient::get_text(const std::string& path) {
    const Headers headers = {{"Authorization", "Bearer " + token_}};
    return with_retries([&] { return http_->get(url_ + path, headers); });
}

Result<json::object> ApiClient::post(const std::string& path, const json::object& body) {
    const Headers headers = {{"Authorization", "Bearer " + token_},
                             {"Content-Type", "application/json"},
                             {"Idempotency-Key", uuid_v4()}};
    const auto text = json::serialize(body);
    const auto answer = with_retries([&] { return http_->post(url_ + path, headers, text); });
    if (!answer) return std::unexpected(answer.error());
    return json::parse(*answer).as_object();
}

Result<std::string> ApiClient::upload(const std::string& path, const UploadProgress& progress) {
    const auto name = std::filesystem::path(path).filename().string();
    const json::object request{{"filename", name}};
    const auto place = post("/upload/presigned-url", request);
    if (!place) return std::unexpected(place.error());
    Headers headers;
    for (const auto& [header, value] : place->at("headers").as_object()) {
        headers.emplace_back(std::string(header), std::string(value.as_string()));
    }
    const std::string url(place->at("upload_url").as_string());
    const auto stored = with_retries([&] { return http_->put_file(url, headers, path, progress); });
    if (!stored) return std::unexpected(stored.error());
    return std::string(place->at("file_key").as_string());
}

int report(const Error& error) {
    fmt::print(stderr, "agent2-ingestor: {}\n", error.message);
    if (error.code == Errc::unavailable) return kUnreachable;
    return kRefused;
}

}  // namespace ingestor::cli
