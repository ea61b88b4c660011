#include "sigv4/aws_chunked.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace ingestor::sigv4 {
namespace {

constexpr std::string_view kSignatureExtension = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::unexpected<ChunkError> malformed(std::string message) {
    return std::unexpected(
        ChunkError{.failure = ChunkFailure::malformed, .message = std::move(message)});
}

std::unexpected<ChunkError> mismatch(std::string message) {
    return std::unexpected(
        ChunkError{.failure = ChunkFailure::signature_mismatch, .message = std::move(message)});
}

}  // namespace

std::optional<ChunkFraming> chunk_framing(std::string_view payload_hash) {
    if (payload_hash == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") {
        return ChunkFraming{.signed_chunks = false, .trailer = true};
    }
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") {
        return ChunkFraming{.signed_chunks = true, .trailer = false};
    }
    if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
        return ChunkFraming{.signed_chunks = true, .trailer = true};
    }
    return std::nullopt;
}

AwsChunkedDecoder::AwsChunkedDecoder(ChunkFraming framing, Proof proof)
    : framing_(framing), proof_(std::move(proof)), previous_signature_(proof_.signature) {}

std::expected<std::string_view, ChunkError> AwsChunkedDecoder::next(std::string_view& input) {
    while (!input.empty()) {
        Step step;
        switch (state_) {
            case State::data: {
                const auto piece = input.substr(
                    0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
                input.remove_prefix(piece.size());
                left_ -= piece.size();
                if (chunk_digest_) chunk_digest_->update(piece);
                if (left_ == 0) state_ = State::data_end;
                return piece;
            }
            case State::size_line:
            case State::data_end:
            case State::trailer: {
                const auto bytes_max = state_ == State::trailer ? kTrailerMax : kSizeLineMax;
                const auto whole = take_line(input, bytes_max);
                if (!whole) return std::unexpected(whole.error());
                if (!*whole) return std::string_view{};
                if (state_ == State::size_line) {
                    step = read_size_line();
                } else if (state_ == State::trailer) {
                    step = read_trailer_line();
                } else {
                    step =
                        line_.empty() ? end_chunk() : malformed("a chunk is longer than it says");
                }
                line_.clear();
                break;
            }
            case State::done:
                return std::unexpected(
                    ChunkError{.failure = ChunkFailure::trailing_bytes,
                               .message = "the body goes on behind its last chunk"});
        }
        if (!step) return std::unexpected(step.error());
    }
    return std::string_view{};
}

std::expected<void, ChunkError> AwsChunkedDecoder::finish() const {
    if (state_ == State::done) return {};
    return std::unexpected(ChunkError{.failure = ChunkFailure::incomplete,
                                      .message = "the body ends before its last chunk"});
}

std::expected<bool, ChunkError> AwsChunkedDecoder::take_line(std::string_view& input,
                                                             std::size_t bytes_max) {
    const auto newline = input.find('\n');
    const auto taken = newline == std::string_view::npos ? input.size() : newline + 1;
    if (line_.size() + taken > bytes_max) return malformed("a line of the framing is too long");
    line_ += input.substr(0, taken);
    input.remove_prefix(taken);
    if (newline == std::string_view::npos) return false;
    if (!line_.ends_with("\r\n")) return malformed("a line of the framing does not end in CRLF");
    line_.resize(line_.size() - 2);
    return true;
}

AwsChunkedDecoder::Step AwsChunkedDecoder::read_size_line() {
    const std::string_view line = line_;
    const auto digits = line.substr(0, line.find(';'));
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
    // Sixteen digits always fit; leading zeros beyond them are nobody's honest size.
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.size() > 16) {
        return malformed("a chunk has no size");
    }
    chunk_signature_.clear();
    if (digits.size() < line.size()) {
        const auto extension = line.substr(digits.size() + 1);
        if (extension.starts_with(kSignatureExtension)) {
            chunk_signature_ = extension.substr(kSignatureExtension.size());
        }
    }
    if (framing_.signed_chunks) {
        if (chunk_signature_.empty()) return mismatch("a chunk has no signature");
        chunk_digest_.emplace(DigestKind::sha256);
    }
    last_ = left_ == 0;
    if (last_) return end_chunk();
    state_ = State::data;
    return {};
}

AwsChunkedDecoder::Step AwsChunkedDecoder::end_chunk() {
    if (chunk_digest_) {
        std::string hashes(kEmptySha256);
        hashes += '\n';
        hashes += to_hex(chunk_digest_->finish());
        chunk_digest_.reset();
        auto expected = sign("AWS4-HMAC-SHA256-PAYLOAD", hashes);
        if (!equal_in_constant_time(expected, chunk_signature_)) {
            return mismatch("the signature of a chunk does not match its bytes");
        }
        previous_signature_ = std::move(expected);
    }
    // Without a trailer an empty line follows the last chunk, just as it ends a trailer.
    state_ = last_ ? State::trailer : State::size_line;
    return {};
}

AwsChunkedDecoder::Step AwsChunkedDecoder::read_trailer_line() {
    if (line_.empty()) return end_trailer();
    trailer_bytes_ += line_.size() + 2;
    if (trailer_bytes_ > kTrailerMax) return malformed("the trailer is too long");
    const auto colon = line_.find(':');
    if (colon == std::string::npos) return malformed("a trailer has no colon");
    const auto name = lower_case(trimmed(std::string_view(line_).substr(0, colon)));
    const auto value = trimmed(std::string_view(line_).substr(colon + 1));
    if (!framing_.trailer) return malformed("a trailer that was not announced");
    if (name == kTrailerSignature) {
        trailer_signature_ = value;
        return {};
    }
    trailer_text_ += name;
    trailer_text_ += ':';
    trailer_text_ += value;
    trailer_text_ += '\n';
    trailers_.emplace_back(name, value);
    return {};
}

AwsChunkedDecoder::Step AwsChunkedDecoder::end_trailer() {
    if (framing_.signed_chunks && framing_.trailer) {
        const auto expected = sign("AWS4-HMAC-SHA256-TRAILER", sha256_hex(trailer_text_));
        if (!equal_in_constant_time(expected, trailer_signature_)) {
            return mismatch("the signature of the trailer does not match it");
        }
    }
    state_ = State::done;
    return {};
}

std::string AwsChunkedDecoder::sign(std::string_view kind, std::string_view hashes) const {
    std::string text(kind);
    text += '\n';
    text += proof_.time;
    text += '\n';
    text += proof_.scope.text();
    text += '\n';
    text += previous_signature_;
    text += '\n';
    text += hashes;
    return to_hex(hmac_sha256(proof_.signing_key, text));
}

}  // namespace ingestor::sigv4
