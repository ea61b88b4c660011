// The object store's contract on whatever answers the S3 protocol at S3_ENDPOINT, in the bucket
// S3_BUCKET, with the keys of the environment: see tests/test_s3_store.py, which starts it.
#include <cstdlib>
#include <set>

#include <boost/asio/thread_pool.hpp>
#include <unistd.h>

#include "aws/s3_object_store.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "contract/harness.hpp"
#include "contract/run.hpp"

namespace ingestor::contract {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// The store with all that it needs. The bucket is shared by the tests, so that each removes what
/// it has put.
class S3Objects final : public ports::ObjectStore {
public:
    S3Objects(boost::asio::io_context& io, std::uint64_t object_bytes_max)
        : io_(io),
          client_({.url = variable("S3_ENDPOINT"), .region = "us-east-1", .service = "s3"},
                  {.http = http_,
                   .credentials = credentials_,
                   .quota = quota_,
                   .clock = clock_,
                   .log = log_},
                  {}),
          store_({.client = client_, .executor = io.get_executor(), .pool = pool_, .log = log_},
                 {.bucket = variable("S3_BUCKET"), .object_bytes_max = object_bytes_max}) {}

    ~S3Objects() override {
        io_.restart();
        io_.run();
        for (const auto& key : put_) std::ignore = run(io_, store_.remove(key));
    }

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override {
        return store_.head(std::move(key));
    }
    Answer<ports::OpenObject> open(domain::ObjectKey key) override {
        return store_.open(std::move(key));
    }
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override {
        return store_.get(std::move(key), bytes_max);
    }
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override {
        put_.insert(key);
        return store_.begin_put(std::move(key), std::move(options));
    }
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override {
        put_.insert(key);
        return store_.put(std::move(key), std::move(bytes), std::move(options));
    }
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override {
        for (const auto& object : objects) put_.insert(object.key);
        return store_.put_all(std::move(objects));
    }
    Answer<std::monostate> remove(domain::ObjectKey key) override {
        return store_.remove(std::move(key));
    }

    /// How many uploads in parts are under way in the bucket, by its own list.
    std::size_t unfinished_uploads() {
        aws::ServiceRequest request{
            .method = "GET", .path = '/' + variable("S3_BUCKET"), .query = "uploads="};
        const auto reply = run(io_, client_.send(std::move(request)));
        std::size_t count = 0;
        const auto& body = reply.value().body;
        for (auto at = body.find("<Upload>"); at != body.npos; at = body.find("<Upload>", at + 1)) {
            ++count;
        }
        return count;
    }

private:
    boost::asio::io_context& io_;
    ports::SystemClock clock_;
    telemetry::Log log_{telemetry::LogFormat::human, telemetry::LogLevel::warn};
    httpclient::HttpClient http_;
    aws::StaticCredentials credentials_{{.access_key_id = variable("AWS_ACCESS_KEY_ID"),
                                         .secret_access_key = variable("AWS_SECRET_ACCESS_KEY"),
                                         .session_token = variable("AWS_SESSION_TOKEN")}};
    aws::RetryQuota quota_;
    aws::Client client_;
    boost::asio::thread_pool pool_{1};
    aws::S3ObjectStore store_;
    std::set<domain::ObjectKey> put_;
};

constexpr const char* kNeeds = "S3_ENDPOINT names no server that speaks the S3 protocol";

const ObjectStoreAdapter kObjects{
    "S3",
    [](Surroundings& around,
       std::uint64_t object_bytes_max) -> std::unique_ptr<ports::ObjectStore> {
        if (variable("S3_ENDPOINT").empty()) return nullptr;
        return std::make_unique<S3Objects>(around.io, object_bytes_max);
    },
    kNeeds};

}  // namespace

INSTANTIATE_TEST_SUITE_P(S3, ObjectStoreContract, testing::Values(kObjects),
                         name_of<ObjectStoreAdapter>);

/// What only a store that speaks to S3 does: uploads in parts.
class S3Multipart : public testing::Test {
protected:
    static constexpr std::size_t kPart = std::size_t{8} << 20;

    void SetUp() override {
        if (variable("S3_ENDPOINT").empty()) GTEST_SKIP() << kNeeds;
        objects_ = std::make_unique<S3Objects>(io_, std::uint64_t{1} << 30);
    }
    static std::string content(std::size_t size) {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i / 4093);
        return bytes;
    }

    boost::asio::io_context io_;
    std::unique_ptr<S3Objects> objects_;
    const domain::ObjectKey key_{"uploads/user/large.bin"};
};

TEST_F(S3Multipart, ALargeObjectIsReadBackAsItWasPut) {
    const auto bytes = content(2 * kPart + 4711);
    ports::PutOptions options;
    options.attributes.content_type = "application/pdf";
    options.attributes.user_metadata = {{"colour", "blue"}};
    options.digests = {"sha256"};
    auto writer = run(io_, objects_->begin_put(key_, options)).value();
    // In pieces that do not fall on the bounds of parts.
    constexpr std::size_t kPiece = 1'000'003;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto piece = rest.substr(0, kPiece);
        ASSERT_TRUE(run(io_, writer->write(piece)));
        rest.remove_prefix(piece.size());
    }
    EXPECT_EQ(writer->digest("sha256"), sha256(bytes));
    const auto put = run(io_, writer->commit());
    ASSERT_TRUE(put) << put.error().message;
    EXPECT_EQ(put->size_bytes, bytes.size());

    const auto open = run(io_, objects_->open(key_));
    ASSERT_TRUE(open) << open.error().message;
    EXPECT_EQ(open->info.size_bytes, bytes.size());
    EXPECT_EQ(open->info.etag, put->etag);
    EXPECT_EQ(open->info.attributes.content_type, "application/pdf");
    EXPECT_EQ(open->info.attributes.user_metadata, options.attributes.user_metadata);
    std::string back(bytes.size(), '\0');
    ASSERT_EQ(::pread(open->file.get(), back.data(), back.size(), 0),
              static_cast<ssize_t>(back.size()));
    EXPECT_TRUE(back == bytes);
}

TEST_F(S3Multipart, AnObjectOfJustOnePartIsPutWhole) {
    const auto bytes = content(kPart);
    const auto put = run(io_, objects_->put(key_, bytes, {}));
    ASSERT_TRUE(put) << put.error().message;
    Digest md5(DigestKind::md5);
    md5.update(bytes);
    EXPECT_EQ(put->etag.value(), to_hex(md5.finish()));
}

TEST_F(S3Multipart, ALargeUploadThatIsDroppedIsGivenUp) {
    auto writer = run(io_, objects_->begin_put(key_, {})).value();
    ASSERT_TRUE(run(io_, writer->write(content(kPart + 1))));
    EXPECT_EQ(objects_->unfinished_uploads(), 1U);
    writer.reset();
    io_.restart();
    io_.run();
    EXPECT_EQ(objects_->unfinished_uploads(), 0U);
    EXPECT_EQ(run(io_, objects_->head(key_)).error().code, Errc::not_found);
}

TEST_F(S3Multipart, ALargeObjectIsCreatedOnlyOnce) {
    ASSERT_TRUE(run(io_, objects_->put(key_, "first", {})));
    ports::PutOptions create_only;
    create_only.mode = ports::PutMode::create_only;
    const auto second = run(io_, objects_->put(key_, content(kPart + 1), create_only));
    EXPECT_EQ(second.error().code, Errc::conflict);
    EXPECT_EQ(run(io_, objects_->get(key_, 9)).value(), "first");
}

}  // namespace ingestor::contract
