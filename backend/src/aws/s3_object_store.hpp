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
class S3ObjectStore final : public ObjectStore {
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
    struct Parts {
        Client& client;
        boost::asio::any_io_executor executor;
        boost::asio::thread_pool& pool;  ///< For hashing.
        Log& log;
    };
    S3ObjectStore(Parts parts, Options options);

    Answer<ObjectInfo> head(ObjectKey key) override;
    Answer<OpenObject> open(ObjectKey key) override;
    Answer<std::string> get(ObjectKey key, std::uint64_t bytes_max) override;
    Answer<std::unique_ptr<ObjectWriter>> begin_put(ObjectKey key, PutOptions options) override;
    Answer<ObjectInfo> put(ObjectKey key, std::string bytes, PutOptions options) override;
    Answer<std::monostate> put_all(std::vector<NewObject> objects) override;
    Answer<std::monostate> remove(ObjectKey key) override;
    Answer<std::monostate> remove_all(std::vector<ObjectKey> keys) override;

    /// Returns when nothing is under way in the background; to be awaited before the store goes.
    boost::asio::awaitable<void> stop();

private:
    struct Batch;
    boost::asio::awaitable<void> put_next(std::shared_ptr<Batch> batch);

    Parts parts_;
    Options options_;
    S3Bucket bucket_;
    TaskGroup tasks_;
};

}  // namespace ingestor::aws
