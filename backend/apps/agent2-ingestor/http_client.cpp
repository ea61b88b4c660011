#include "http_client.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <curl/curl.h>

namespace ingestor::cli {
namespace {

struct CurlGlobal {
    CurlGlobal() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~CurlGlobal() { curl_global_cleanup(); }
    CurlGlobal(const CurlGlobal&) = delete;
    CurlGlobal& operator=(const CurlGlobal&) = delete;
};

std::size_t append(const char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

int report(void* progress, curl_off_t, curl_off_t, curl_off_t total, curl_off_t sent) {
    const auto& tell = *static_cast<const UploadProgress*>(progress);
    if (tell) tell(static_cast<std::uint64_t>(sent), static_cast<std::uint64_t>(total));
    return 0;
}

struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FileClose {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

constexpr long kConnectTimeoutSeconds = 5;
constexpr long kStallSeconds = 30;  ///< With less than a byte a second.

}  // namespace

struct HttpClient::Handle {
    CURL* curl = curl_easy_init();
    ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient() {
    static const CurlGlobal kGlobal;
    handle_ = std::make_unique<Handle>();
}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::get(const std::string& url, const Headers& headers) {
    curl_easy_reset(handle_->curl);
    return perform(url, headers);
}

Result<HttpAnswer> HttpClient::post(const std::string& url, const Headers& headers,
                                    const std::string& body) {
    curl_easy_reset(handle_->curl);
    curl_easy_setopt(handle_->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_->curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle_->curl, CURLOPT_POSTFIELDS, body.data());
    return perform(url, headers);
}

Result<HttpAnswer> HttpClient::put_file(const std::string& url, const Headers& headers,
                                        const std::string& path, const UploadProgress& progress) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    const std::unique_ptr<std::FILE, FileClose> file(std::fopen(path.c_str(), "rb"));
    if (error || !file) {
        return fail(Errc::not_found,
                    path + ": " + (error ? error.message() : std::strerror(errno)));
    }
    curl_easy_reset(handle_->curl);
    curl_easy_setopt(handle_->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_->curl, CURLOPT_READDATA, file.get());
    curl_easy_setopt(handle_->curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    curl_easy_setopt(handle_->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle_->curl, CURLOPT_XFERINFOFUNCTION, report);
    curl_easy_setopt(handle_->curl, CURLOPT_XFERINFODATA, &progress);
    return perform(url, headers);
}

Result<HttpAnswer> HttpClient::perform(const std::string& url, const Headers& headers) {
    HttpAnswer answer;
    std::unique_ptr<curl_slist, ListFree> list;
    const auto add = [&list](const std::string& line) {
        auto* head = curl_slist_append(list.get(), line.c_str());
        // The head stays the same once there is one.
        if (!list) list.reset(head);
    };
    for (const auto& [name, value] : headers) add(name + ": " + value);
    add("Expect:");

    auto* curl = handle_->curl;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "agent2-ingestor-cli");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        const std::string origin = url.substr(0, url.find('/', url.find("//") + 2));
        return fail(Errc::unavailable, origin + ": " + curl_easy_strerror(code));
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace ingestor::cli
