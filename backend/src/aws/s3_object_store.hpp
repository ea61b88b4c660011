#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include "async/task_group.hpp"
#include "aws/s3_bucket.hpp"
#include "ports/object_store.hpp"
#include "telemetry/log.hpp"

namespace ingestor::aws {

/// ObjectStore on one bucket of S3, or of anything else that speaks its protocol.
///
/// How it works. An upload is one PUT, or a multipart upload once it is longer than a part; S3
/// shows an object when it is whole, so nothing else is needed for the port's promises. What is
/// opened is first copied to a file without a name, and its bytes are compared with the checksum
/// that S3 keeps of them. Errors beside the port's: permission_denied.
class S3ObjectStore final : public ports::ObjectStore {
public:
    struct Options {
        std::string bucket;
        std::uint64_t object_bytes_max = std::uint64_t{5} << 30;
        /// At least 5 MiB, or S3 refuses the parts. An upload is at most 10,000 of them.
        std::size_t part_bytes = std::size_t{8} << 20;
        /// Where opened objects are copied to; where that cannot be written, they are in memory.
        std::string scratch_directory = "/tmp";
        std::size_t puts_at_once_max = 8;  ///< Of one put_all().
    };
    /// All of it outlives the store. `client` is one of Service::s3.
    struct Dependencies {
        Client& client;
        boost::asio::any_io_executor executor;
        boost::asio::thread_pool& pool;  ///< For hashing.
        telemetry::Log& log;
    };
    S3ObjectStore(Dependencies dependencies, Options options);

    Answer<ports::ObjectInfo> head(domain::ObjectKey key) override;
    Answer<ports::OpenObject> open(domain::ObjectKey key) override;
    Answer<std::string> get(domain::ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_put(domain::ObjectKey key,
                                                           ports::PutOptions options) override;
    Answer<ports::ObjectInfo> put(domain::ObjectKey key, std::string bytes,
                                  ports::PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<ports::NewObject> objects) override;
    Answer<std::monostate> remove(domain::ObjectKey key) override;
    Answer<std::monostate> remove_all(std::vector<domain::ObjectKey> keys) override;

    /// Returns when nothing is under way in the background; to be awaited before the store goes.
    boost::asio::awaitable<void> stop();

private:
    struct Batch;
    boost::asio::awaitable<void> put_next(std::shared_ptr<Batch> batch);

    Dependencies dependencies_;
    Options options_;
    S3Bucket bucket_;
    async::TaskGroup tasks_;
};

}  // namespace ingestor::aws
