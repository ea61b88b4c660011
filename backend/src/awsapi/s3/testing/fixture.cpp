#include "awsapi/s3/testing/fixture.hpp"

#include <cstdlib>
#include <cstring>

#include <unistd.h>

#include "async/testing/spawned_task.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::awsapi::s3::testing {
namespace {

/// Hands the body out in pieces that fit no boundary of ours.
class TextBody final : public http::Body {
public:
    explicit TextBody(const Call& call)
        : rest_(call.body),
          fails_(call.body_fails),
          length_(call.chunked
                      ? std::nullopt
                      : std::optional<std::uint64_t>(call.body.size() + call.missing_bytes)) {}

    boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        if (fails_ && rest_.empty()) co_return fail(*fails_, "the client failed");
        const auto count = std::min({rest_.size(), buffer.size(), kPieceBytes});
        if (count == 0) co_return std::size_t{0};
        taken_ += count;
        if (taken_ > limit_) co_return fail(Errc::too_large, "over the limit");
        std::memcpy(buffer.data(), rest_.data(), count);
        rest_.remove_prefix(count);
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> content_length() const override { return length_; }
    void set_limit(std::uint64_t bytes_max) override { limit_ = bytes_max; }

private:
    static constexpr std::size_t kPieceBytes = 4099;

    std::string_view rest_;
    std::optional<Errc> fails_;
    std::optional<std::uint64_t> length_;
    std::uint64_t taken_ = 0;
    std::uint64_t limit_ = 1000;
};

class TextWriter final : public http::ResponseWriter {
public:
    boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        text_.append(bytes);
        co_return std::monostate{};
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

boost::asio::awaitable<std::string> read_stream(http::StreamBody stream) {
    TextWriter writer;
    co_await stream(writer);
    co_return writer.take();
}

std::string read_file(const http::FileBody& file) {
    std::string out(file.length, '\0');
    const auto count = ::pread(file.fd, out.data(), out.size(), static_cast<off_t>(file.offset));
    out.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return out;
}

sigv4::RequestHead head_of(const Call& call) {
    sigv4::RequestHead head{
        .method = call.method, .path = call.path, .query = call.query, .headers = {}};
    for (const auto& [name, value] : call.headers) head.headers.push_back({name, value});
    return head;
}

}  // namespace

std::string Reply::element(const std::string& name) const {
    const auto open = '<' + name + '>';
    const auto begin = body.find(open);
    const auto end = body.find("</" + name + '>');
    if (begin == std::string::npos || end == std::string::npos) return "(absent)";
    return body.substr(begin + open.size(), end - begin - open.size());
}

S3Options S3Fixture::options() {
    return {.bucket = {.name = "docs", .region = "us-east-1", .created_at = kNow},
            .allowed_origins = {"https://app.example", "https://*.dev.example"},
            .object_bytes_max = kObjectBytesMax,
            .quick_bytes_max = kQuickBytesMax};
}

S3Fixture::S3Fixture()
    : links_({.endpoint = "http://" + std::string(kHost),
              .region = "us-east-1",
              .bucket = "docs",
              .credentials = kKey}) {
    database_ = sqlite::Database::open(directory_.path(), clock_).value();
    index_ = std::make_unique<sqlite::SqliteObjectIndex>(*database_);
    files_ =
        std::make_unique<files::FilesObjectStore>(directory_.path() / "objects", pool_, clock_);
    store_ = std::make_unique<objects::IndexedObjects>(
        objects::IndexedObjects::Dependencies{.index = *index_, .files = *files_, .clock = clock_},
        objects::IndexedObjects::Options{.small_bytes_max = kSmallBytes});
    EXPECT_TRUE(run(index_->finish_adoption()));
    uploads_ = std::make_unique<sqlite::SqliteMultipartUploads>(*database_);
    multipart_ = std::make_unique<objects::Multipart>(
        io_.get_executor(), objects::Multipart::Dependencies{.uploads = *uploads_,
                                                             .objects = *store_,
                                                             .files = *files_,
                                                             .join = *files_,
                                                             .clock = clock_,
                                                             .monotonic = monotonic_,
                                                             .log = log_});
    const auto lookup = [](std::string_view id) -> std::optional<S3Key> {
        for (const auto& key : kKeys) {
            if (id == key.credentials.access_key_id) return key;
        }
        return std::nullopt;
    };
    const auto owns_job = [](domain::UserId user,
                             domain::JobId job_id) -> boost::asio::awaitable<Result<bool>> {
        if (job_id.value() == kJobNobodyCanTell) co_return fail(Errc::unavailable, "away");
        co_return user.value() == "ann" && job_id.value() == kJobOfAnn;
    };
    const auto own_jobs =
        [](domain::UserId user, std::string from,
           std::size_t count) -> boost::asio::awaitable<Result<std::vector<domain::JobId>>> {
        std::vector<domain::JobId> jobs;
        if (user.value() == "ann" && from <= kJobOfAnn && count > 0) {
            jobs.emplace_back(std::string(kJobOfAnn));
        }
        co_return jobs;
    };
    api_ =
        std::make_unique<S3Api>(*store_, *multipart_, clock_, lookup,
                                JobsOfUsers{.owns_job = owns_job, .own_jobs = own_jobs}, options());
}

S3Fixture::~S3Fixture() {
    pool_.join();
}

Reply S3Fixture::send(const Call& call) {
    TextBody body(call);
    http::Request request;
    request.method = boost::beast::http::string_to_verb(call.method);
    request.method_text = call.method;
    request.target = call.query.empty() ? call.path : call.path + '?' + call.query;
    for (const auto& [name, value] : call.headers) request.headers.insert(name, value);
    request.request_id = "4442587f-b7d0-4a2f-8f7a-0d1c5c0f4a11";
    request.body = &body;

    const auto response = run(api_->handle(request));

    Reply reply;
    reply.status = response.status;
    for (const auto& [field, value] : response.headers) {
        const auto [place, fresh] = reply.headers.emplace(lower_case(field), value);
        EXPECT_TRUE(fresh) << "twice: " << field;
    }
    if (const auto* text = std::get_if<std::string>(&response.body)) reply.body = *text;
    if (const auto* file = std::get_if<http::FileBody>(&response.body)) {
        reply.body = read_file(*file);
    }
    if (const auto* stream = std::get_if<http::StreamBody>(&response.body)) {
        reply.body = run(read_stream(*stream));
    }
    return reply;
}

Call S3Fixture::sign(Call call, std::string payload, const sigv4::Credentials& key) const {
    call.headers.emplace_back("Host", kHost);
    if (payload.empty()) payload = sha256_hex(call.body);
    sigv4::SigningKeys keys;
    const sigv4::Signer signer{key, "us-east-1", "s3", keys};
    for (auto& added : sigv4::sign(signer, head_of(call), payload, kNow)) {
        call.headers.push_back(std::move(added));
    }
    return call;
}

Reply S3Fixture::send_signed(Call call, std::string payload) {
    return send(sign(std::move(call), std::move(payload)));
}

Call call_of(const std::string& method, const std::string& url) {
    const auto path = url.find('/', url.find("//") + 2);
    const auto query = url.find('?');
    return {.method = method,
            .path = url.substr(path, query - path),
            .query = query == std::string::npos ? "" : url.substr(query + 1),
            .headers = {{"Host", std::string(kHost)}}};
}

}  // namespace ingestor::awsapi::s3::testing
