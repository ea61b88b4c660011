#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "awsapi/s3/asked.hpp"
#include "awsapi/s3/copy_source.hpp"
#include "objects/indexed_objects.hpp"
#include "objects/multipart.hpp"

namespace ingestor::awsapi::s3 {

/// The operations on objects that come in parts. An upload is known by its id and the key it was
/// begun for, on which the holder of an access key may do it.
class Uploads {
public:
    struct Options {
        std::string bucket;
        std::uint64_t part_bytes_max = std::uint64_t{5} << 30;
        /// Source: Amazon S3, "Amazon S3 multipart upload limits".
        std::uint64_t object_bytes_max = std::uint64_t{5} << 40;
        /// What is put together or copied of more bytes is answered by slow_answer().
        std::uint64_t quick_bytes_max = std::uint64_t{256} << 20;
    };
    /// The references outlive it.
    Uploads(objects::Multipart& multipart, objects::IndexedObjects& objects, Options options)
        : multipart_(multipart), objects_(objects), options_(std::move(options)) {}

    Answer create(Asked asked);
    Answer put_part(Asked asked);
    Answer copy_part(Asked asked, CopySource source);
    Answer complete(Asked asked);
    Answer abort(Asked asked);
    Answer list_parts(Asked asked);
    /// `within`: see UploadsRequest.
    Answer list(Asked asked, std::optional<std::vector<std::string>> within);

private:
    using Document = boost::asio::awaitable<S3Result<std::string>>;
    struct Completion;

    /// Errors: NoSuchUpload.
    [[nodiscard]] boost::asio::awaitable<S3Result<ports::MultipartUpload>> find(
        const S3Request& request);
    /// The object of these parts, where it is there: S3 answers as before to a client that asks
    /// again because the answer to its completion was lost.
    [[nodiscard]] boost::asio::awaitable<std::optional<ports::ObjectInfo>> find_completed(
        const S3Request& request, std::string_view document);
    /// Reads what is to be put together, or finds that it has been.
    [[nodiscard]] boost::asio::awaitable<S3Result<std::variant<Completion, ports::ObjectInfo>>>
    read_completion(Asked asked);
    [[nodiscard]] Document put_together(Completion completion);
    [[nodiscard]] std::string result_document(const std::string& location,
                                              const ports::ObjectInfo& stored) const;
    [[nodiscard]] Document copy(ports::MultipartUpload upload, std::uint32_t number,
                                ports::ObjectInfo source,
                                std::optional<ports::FilePiece::Range> range);

    objects::Multipart& multipart_;
    objects::IndexedObjects& objects_;
    Options options_;
};

}  // namespace ingestor::awsapi::s3
