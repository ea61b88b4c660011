#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"
#include "awsapi/s3/api.hpp"
#include "base/testing/temporary_directory.hpp"
#include "files/files_object_store.hpp"
#include "memory/manual_monotonic_clock.hpp"
#include "objects/indexed_objects.hpp"
#include "objects/multipart.hpp"
#include "sigv4/url_signer.hpp"
#include "sqlite/sqlite_multipart_uploads.hpp"
#include "sqlite/sqlite_object_index.hpp"
#include "telemetry/log.hpp"

namespace ingestor::awsapi::s3::testing {

inline const sigv4::Credentials kKey{"AKIAOPERATOR", "a/secret+key"};
inline const sigv4::Credentials kUserKey{"AKIAUSER", "a/users+secret"};
inline const sigv4::Credentials kLinksKey{"AKIALINKS", "a/links+secret"};
inline const std::vector<S3Key> kKeys = {
    {.credentials = kKey, .user = domain::UserId("local"), .grant = S3Grant::whole_bucket},
    {.credentials = kUserKey, .user = domain::UserId("ann"), .grant = S3Grant::own_files},
    {.credentials = kLinksKey, .user = domain::UserId("local"), .grant = S3Grant::links}};
inline constexpr std::string_view kJobOfAnn = "019aae1c-0000-7000-8000-00000000000a";
inline constexpr std::string_view kJobOfBob = "019aae1c-0000-7000-8000-00000000000b";
inline constexpr std::string_view kJobNobodyCanTell = "019aae1c-0000-7000-8000-00000000000c";
inline const TimePoint kNow = *parse_iso_basic("20260102T030405Z");
inline constexpr std::uint64_t kSmallBytes = 4'096;
inline constexpr std::uint64_t kObjectBytesMax = std::uint64_t{6} << 20;
/// What is put together or copied of more is answered slowly.
inline constexpr std::uint64_t kQuickBytesMax = std::uint64_t{9} << 20;
inline constexpr std::string_view kHost = "127.0.0.1:8080";

class FixedClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override { return kNow; }
};

/// A request as a client would send it. Names of headers are free of repetition.
struct Call {
    std::string method = "GET";
    std::string path = "/docs/a.txt";
    std::string query = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// Chunked transfer: no Content-Length.
    bool chunked = false;
    /// The client promises these many bytes more than it sends.
    std::uint64_t missing_bytes = 0;
    std::optional<Errc> body_fails = {};
};

struct Reply {
    unsigned status = 0;
    std::map<std::string, std::string> headers;  ///< Lower-case names.
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? "(absent)" : found->second;
    }
    /// The text of the first element of that name.
    [[nodiscard]] std::string element(const std::string& name) const;
};

/// The API over a store in a directory of its own. Objects of more than kSmallBytes have files.
class S3Fixture : public ::testing::Test {
protected:
    S3Fixture();
    ~S3Fixture() override;

    Reply send(const Call& call);
    /// Signed in headers; `payload` is the hash or literal, by default the hash of the body.
    Reply send_signed(Call call, std::string payload = {});
    Call sign(Call call, std::string payload = {}, const sigv4::Credentials& key = kKey) const;

    static S3Options options();
    template <class T>
    T run(boost::asio::awaitable<T> call) {
        return async::testing::run_to_end(io_, std::move(call));
    }

    const TemporaryDirectory directory_;
    boost::asio::thread_pool pool_{1};
    FixedClock clock_;
    memory::ManualMonotonicClock monotonic_;
    boost::asio::io_context io_;
    telemetry::Log log_{telemetry::LogFormat::json, telemetry::LogLevel::error, 2};
    std::unique_ptr<sqlite::Database> database_;
    std::unique_ptr<sqlite::SqliteObjectIndex> index_;
    std::unique_ptr<files::FilesObjectStore> files_;
    std::unique_ptr<objects::IndexedObjects> store_;
    std::unique_ptr<sqlite::SqliteMultipartUploads> uploads_;
    std::unique_ptr<objects::Multipart> multipart_;
    std::unique_ptr<S3Api> api_;
    sigv4::UrlSigner links_;
};

/// Splits `http://host/path?query` into a call.
Call call_of(const std::string& method, const std::string& url);

}  // namespace ingestor::awsapi::s3::testing
