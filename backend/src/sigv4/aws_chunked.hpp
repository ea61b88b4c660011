#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::sigv4 {

/// The three ways of streaming a body inside `Content-Encoding: aws-chunked`.
struct ChunkFraming {
    bool signed_chunks = false;
    bool trailer = false;
};

/// The framing that a payload literal stands for; nullopt for a body that is not streamed so.
[[nodiscard]] std::optional<ChunkFraming> chunk_framing(std::string_view payload_hash);

enum class ChunkFailure {
    malformed,           ///< Not the grammar, or a line that is too long.
    signature_mismatch,  ///< A chunk or the trailer is not what was signed.
    incomplete,          ///< The body ended within the stream.
    trailing_bytes,      ///< The body goes on behind the stream.
};
struct ChunkError {
    ChunkFailure failure = ChunkFailure::malformed;
    std::string message;
};

/// Undoes aws-chunked. Fed with the body in pieces of any size, in any cut; holds a line at most.
/// What it gives out is proven only once finish() has succeeded: keep it apart until then.
/// Source: AWS, "Signature calculations for the authorization header: transferring payload in
/// multiple chunks", and "… including trailing headers".
class AwsChunkedDecoder {
public:
    static constexpr std::size_t kSizeLineMax = 256;
    static constexpr std::size_t kTrailerMax = 8192;

    /// `proof` is that of the request's head; its signature is where the chain of chunks starts.
    AwsChunkedDecoder(ChunkFraming framing, Proof proof);

    /// Takes bytes off the front of `input` and returns the next run of payload among them (a part
    /// of `input`). Empty: all of `input` was taken and holds no more.
    [[nodiscard]] std::expected<std::string_view, ChunkError> next(std::string_view& input);
    /// To be called at the end of the body.
    [[nodiscard]] std::expected<void, ChunkError> finish() const;

    /// Complete after finish(). Names are lower-case; the trailer's signature is not among them.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& trailers() const {
        return trailers_;
    }

private:
    enum class State { size_line, data, data_end, trailer, done };
    using Step = std::expected<void, ChunkError>;

    /// Moves a line into `line_` without its CRLF; false: more input is needed.
    std::expected<bool, ChunkError> take_line(std::string_view& input, std::size_t bytes_max);
    Step read_size_line();
    Step read_trailer_line();
    Step end_chunk();
    Step end_trailer();
    [[nodiscard]] std::string sign(std::string_view kind, std::string_view hashes) const;

    ChunkFraming framing_;
    Proof proof_;
    State state_ = State::size_line;
    std::string line_;
    std::uint64_t left_ = 0;
    bool last_ = false;
    std::string chunk_signature_;
    std::string previous_signature_;
    std::optional<Digest> chunk_digest_;
    std::size_t trailer_bytes_ = 0;
    std::string trailer_text_;
    std::string trailer_signature_;
    std::vector<std::pair<std::string, std::string>> trailers_;
};

}  // namespace ingestor::sigv4
