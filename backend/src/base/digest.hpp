#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ingestor {

enum class DigestKind { md5, sha1, sha256, crc32, crc32c, crc64nvme };

/// By the name that S3 gives it: md5, sha1, sha256, crc32, crc32c, crc64nvme.
/// Errors: invalid_argument.
[[nodiscard]] Result<DigestKind> digest_kind(std::string_view name);

/// Computes a digest piece by piece.
class Digest {
public:
    explicit Digest(DigestKind kind);
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void update(std::string_view bytes);
    /// The raw bytes (checksums big-endian, as S3 writes them). Ends this digest: call it once.
    [[nodiscard]] std::string finish();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Raw 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// RFC 2104 with SHA-256; raw 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);
/// RFC 2104 with SHA-1; raw 20 bytes. Only for Signature Version 2.
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view message);
/// Compares in a time that tells nothing of where the two differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);
/// Bytes fit for keys and one-time codes. Throws std::runtime_error if the system has none.
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace ingestor
