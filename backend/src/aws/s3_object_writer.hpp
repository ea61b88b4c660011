#pragma once

#include <memory>
#include <optional>

#include <boost/asio/thread_pool.hpp>

#include "async/task_group.hpp"
#include "aws/s3_bucket.hpp"
#include "telemetry/log.hpp"

namespace ingestor::aws {

/// An upload to S3: held in memory up to one part and put whole, or in parts once it is longer,
/// each sent before more is taken. What was begun and not committed is given up in the background.
/// Memory: one part, and its copy while it is sent.
class S3ObjectWriter final : public ports::ObjectWriter {
public:
    /// All of it outlives the writer.
    struct Dependencies {
        S3Bucket& bucket;
        boost::asio::thread_pool& pool;  ///< Hashes.
        async::TaskGroup& tasks;
        telemetry::Log& log;
    };
    struct Limits {
        std::size_t part_bytes;
        std::uint64_t object_bytes_max;
    };
    /// Errors: invalid_argument (an unknown digest; a header that S3 cannot keep).
    [[nodiscard]] static Result<std::unique_ptr<S3ObjectWriter>> begin(Dependencies dependencies,
                                                                       Limits limits,
                                                                       domain::ObjectKey key,
                                                                       ports::PutOptions options);
    ~S3ObjectWriter() override;

    boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override;
    boost::asio::awaitable<Result<std::monostate>> flush() override;
    std::string digest(std::string_view algorithm) override;
    boost::asio::awaitable<Result<ports::ObjectInfo>> commit() override;

private:
    struct Content;

    S3ObjectWriter(Dependencies dependencies, Limits limits, domain::ObjectKey key,
                   ports::PutOptions options);
    boost::asio::awaitable<Result<std::monostate>> send_part();
    boost::asio::awaitable<S3Payload> take_payload();
    boost::asio::awaitable<Result<ports::ObjectInfo>> put_whole();
    boost::asio::awaitable<Result<ports::ObjectInfo>> complete();

    Dependencies dependencies_;
    Limits limits_;
    domain::ObjectKey key_;
    ports::PutOptions options_;
    /// Shared with the pool, where work on it may outlive a writer that was dropped.
    std::shared_ptr<Content> content_;
    std::uint64_t size_bytes_ = 0;
    std::string upload_id_;
    std::vector<S3Part> sent_;
    std::optional<Error> failure_;
};

}  // namespace ingestor::aws
