#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "domain/ids.hpp"
#include "domain/job.hpp"
#include "formats/extraction.hpp"

namespace ingestor::ports {

/// What one document may cost. Each is enforced by the kernel or by the server, not by the parser.
struct ExtractionLimits {
    std::uint64_t input_bytes_max = std::uint64_t{512} << 20;
    std::uint64_t output_bytes_max = std::uint64_t{64} << 20;  ///< Of all outputs together.
    std::uint64_t memory_bytes_max = std::uint64_t{1} << 30;
    /// Memory is given in proportion to size: so much for each byte of the document …
    std::uint64_t memory_per_input_byte = 64;
    /// … but at least this much, and never more than `memory_bytes_max`.
    std::uint64_t memory_bytes_floor = std::uint64_t{256} << 20;
    std::chrono::seconds cpu_time_max{60};
    std::chrono::seconds wall_time_max{120};

    /// What a document of this size may have.
    [[nodiscard]] std::uint64_t memory_bytes_for(std::uint64_t size_bytes) const {
        // No product can overflow where the ceiling is reached first.
        if (size_bytes > memory_bytes_max / std::max<std::uint64_t>(memory_per_input_byte, 1)) {
            return memory_bytes_max;
        }
        return std::min(memory_bytes_max, memory_bytes_floor + size_bytes * memory_per_input_byte);
    }
};

struct ExtractionRequest {
    FileDescriptor file;  ///< The document at 0 .. size_bytes.
    std::uint64_t size_bytes = 0;
    std::string filename;    ///< For the sidecar, and as a weak hint of the format.
    std::string source_uri;  ///< `s3://bucket/key`, for the chunks' metadata.
    /// Whose document it is: what has parsed one user's documents never meets another's.
    domain::UserId user_id = {};
    /// What is to be made of it; nothing else is.
    std::vector<formats::OutputKind> outputs = formats::stored_outputs();
    /// The key under which the chunks will be stored, which the sidecar names; empty: it names
    /// none.
    std::string chunks_key = {};
    ExtractionLimits limits;
};

using formats::Extraction;

/// Failure of a document. `code` as in FileError; a retryable one (the helper could not be started)
/// is not the document's fault.
struct ExtractionError {
    domain::FileError file_error;
    bool retryable = false;
};

/// Turns a document into Markdown and chunks, away from the service: whatever the document does,
/// this returns. Call from the I/O executor only.
class DocumentExtractor {
public:
    virtual ~DocumentExtractor() = default;

    /// `stop`: give up soon, with code `cancelled`. `progress` hears of pages done, on the I/O
    /// executor, now and then.
    virtual boost::asio::awaitable<std::expected<Extraction, ExtractionError>> extract(
        ExtractionRequest request, std::stop_token stop,
        std::function<void(std::uint32_t pages_done)> progress) = 0;

    /// How many documents it can work on at once.
    [[nodiscard]] virtual std::size_t slots() const = 0;

    /// Why no document can be worked on at present, in words for the operator; nullopt while some
    /// can. It passes without a restart: the extractor goes on trying.
    [[nodiscard]] virtual std::optional<std::string> unavailable_reason() const {
        return std::nullopt;
    }
};

}  // namespace ingestor::ports
