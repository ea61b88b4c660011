#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/monotonic_clock.hpp"
#include "async/notifier.hpp"
#include "objects/indexed_objects.hpp"
#include "ports/clock.hpp"
#include "ports/file_join.hpp"
#include "ports/multipart_uploads.hpp"
#include "telemetry/log.hpp"

namespace ingestor::objects {

/// A part must be so large, save the last. Source: Amazon S3 multipart upload limits.
inline constexpr std::uint64_t kPartBytesMin = std::uint64_t{5} << 20;
inline constexpr std::uint32_t kPartNumberMax = 10'000;
/// An upload that is not completed is removed so long after it was begun.
inline constexpr std::chrono::hours kUploadLifetime{7 * 24};

/// A part as the one who completes an upload names it.
struct NamedPart {
    std::uint32_t number = 1;
    domain::ETag etag = {};
    std::string checksum = {};  ///< Base64; empty: not named.
};

/// What is wrong with a list of parts.
struct PartsFault {
    enum class Kind { missing, not_ascending, too_small, no_checksum };
    Kind kind = Kind::missing;
    NamedPart part;
    std::uint64_t size_bytes = 0;
};

/// The parts of an upload that are to become an object, in order.
[[nodiscard]] std::expected<std::vector<ports::UploadedPart>, PartsFault> choose_parts(
    const ports::MultipartUpload& upload, const std::vector<ports::UploadedPart>& uploaded,
    const std::vector<NamedPart>& named);
/// Hex MD5 of the parts' MD5s, and `-N`.
[[nodiscard]] domain::ETag etag_of_parts(const std::vector<domain::ETag>& parts);

/// Objects that come in parts. Parts are files from the start on, durable when they are answered
/// for; the object is one more file, into which they are copied within the system at the end, and
/// takes the place of its upload in one change. One part alone becomes the object as it is. Call
/// from the I/O executor only.
class Multipart {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// All of it outlives this.
    struct Dependencies {
        ports::MultipartUploads& uploads;
        IndexedObjects& objects;
        ports::ObjectStore& files;
        ports::FileJoin& join;
        const ports::Clock& clock;
        async::MonotonicClock& monotonic;
        telemetry::Log& log;
    };
    Multipart(const boost::asio::any_io_executor& executor, Dependencies dependencies)
        : dependencies_(dependencies), wake_(executor) {}

    [[nodiscard]] ports::MultipartUploads& uploads() { return dependencies_.uploads; }

    /// Returns the id.
    Answer<std::string> create(domain::ObjectKey key, domain::UserId initiator,
                               ports::ObjectAttributes attributes, std::string checksum,
                               bool composite);
    /// What is committed there is a part. `options.digests` is what the caller wants to compare.
    /// Errors: of the commit: not_found (the upload is gone).
    Answer<std::unique_ptr<ports::ObjectWriter>> begin_part(const ports::MultipartUpload& upload,
                                                            std::uint32_t number,
                                                            ports::PutOptions options);
    /// A part of an object that is there, or of a range of it. Errors: not_found, conflict (it is
    /// another one by now), invalid_argument (field `range`).
    Answer<ports::ObjectInfo> copy_part(const ports::MultipartUpload& upload, std::uint32_t number,
                                        domain::ObjectKey source, domain::ETag source_etag,
                                        std::optional<ports::FilePiece::Range> range);
    /// `parts` are those of choose_parts(). Errors: as MultipartUploads::complete();
    /// invalid_argument (field `checksum`: it is not `checksum`, if that is given).
    Answer<ports::ObjectInfo> complete(ports::MultipartUpload upload,
                                       std::vector<ports::UploadedPart> parts,
                                       ports::ObjectCondition condition,
                                       std::optional<std::string> checksum,
                                       std::optional<ports::ObjectOrigin> origin = {});

    /// Removes uploads that have expired, at once and then every hour, until stop().
    boost::asio::awaitable<void> run();
    Answer<std::size_t> remove_expired();
    void stop();

private:
    class PartWriter;

    [[nodiscard]] Answer<ports::ObjectInfo> record_part(std::string upload_id, std::uint32_t number,
                                                        domain::ObjectKey file,
                                                        ports::ObjectInfo stored);

    Dependencies dependencies_;
    async::Notifier wake_;
    bool stopped_ = false;
};

}  // namespace ingestor::objects
