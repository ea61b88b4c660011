#include "base/digest.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <variant>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <zlib.h>

#include "base/encoding.hpp"

namespace ingestor {
namespace {

struct EvpFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using EvpContext = std::unique_ptr<EVP_MD_CTX, EvpFree>;

/// Tables for reading eight bytes at a time ("slicing by eight") of a reflected CRC.
template <class Word, Word Polynomial>
struct CrcTables {
    std::array<std::array<Word, 256>, 8> rows{};
    constexpr CrcTables() {
        for (unsigned i = 0; i < 256; ++i) {
            Word value = i;
            for (int bit = 0; bit < 8; ++bit) {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }
            rows[0][i] = value;
        }
        for (unsigned i = 0; i < 256; ++i) {
            for (std::size_t k = 1; k < 8; ++k) {
                rows[k][i] = (rows[k - 1][i] >> 8) ^ rows[0][rows[k - 1][i] & 0xFF];
            }
        }
    }
};

template <class Word, Word Polynomial>
Word crc(Word state, std::string_view bytes) {
    static constexpr CrcTables<Word, Polynomial> kTables;
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    while (left >= 8) {
        std::uint64_t block = state;
        Word next = 0;
        for (std::size_t k = 0; k < 8; ++k) {
            const auto byte = static_cast<unsigned char>(at[k] ^ (block & 0xFF));
            block >>= 8;
            next ^= kTables.rows[7 - k][byte];
        }
        state = next;
        at += 8;
        left -= 8;
    }
    for (; left > 0; --left, ++at) state = (state >> 8) ^ kTables.rows[0][(state ^ *at) & 0xFF];
    return state;
}

constexpr std::uint32_t kCrc32cPolynomial = 0x82F63B78;
constexpr std::uint64_t kCrc64NvmePolynomial = 0x9A6C9329AC4BC9B5;

template <class Word>
std::string big_endian(Word value) {
    std::string out(sizeof(Word), '\0');
    for (std::size_t i = 0; i < sizeof(Word); ++i) {
        out[sizeof(Word) - 1 - i] = static_cast<char>(value & 0xFF);
        value >>= 8;
    }
    return out;
}

EvpContext start(const EVP_MD* method) {
    EvpContext context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), method, nullptr) != 1) {
        throw std::runtime_error("OpenSSL has no such digest");
    }
    return context;
}

std::string hmac(const EVP_MD* method, std::string_view key, std::string_view message) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    HMAC(method, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(),
         &length);
    return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace

struct Digest::State {
    DigestKind kind{};
    EvpContext evp;
    std::uint64_t checksum = 0;
};

Result<DigestKind> digest_kind(std::string_view name) {
    if (name == "md5") return DigestKind::md5;
    if (name == "sha1") return DigestKind::sha1;
    if (name == "sha256") return DigestKind::sha256;
    if (name == "crc32") return DigestKind::crc32;
    if (name == "crc32c") return DigestKind::crc32c;
    if (name == "crc64nvme") return DigestKind::crc64nvme;
    return fail(Errc::invalid_argument, "no digest is named '" + std::string(name) + "'",
                "digests");
}

Digest::Digest(DigestKind kind) : state_(std::make_unique<State>()) {
    state_->kind = kind;
    switch (kind) {
        case DigestKind::md5:
            state_->evp = start(EVP_md5());
            break;
        case DigestKind::sha1:
            state_->evp = start(EVP_sha1());
            break;
        case DigestKind::sha256:
            state_->evp = start(EVP_sha256());
            break;
        case DigestKind::crc32:
            state_->checksum = 0;
            break;
        case DigestKind::crc32c:
            state_->checksum = 0xFFFFFFFF;
            break;
        case DigestKind::crc64nvme:
            state_->checksum = ~std::uint64_t{0};
            break;
    }
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::string_view bytes) {
    switch (state_->kind) {
        case DigestKind::md5:
        case DigestKind::sha1:
        case DigestKind::sha256:
            EVP_DigestUpdate(state_->evp.get(), bytes.data(), bytes.size());
            return;
        case DigestKind::crc32:
            state_->checksum = crc32_z(static_cast<uLong>(state_->checksum),
                                       reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
            return;
        case DigestKind::crc32c:
            state_->checksum = crc<std::uint32_t, kCrc32cPolynomial>(
                static_cast<std::uint32_t>(state_->checksum), bytes);
            return;
        case DigestKind::crc64nvme:
            state_->checksum = crc<std::uint64_t, kCrc64NvmePolynomial>(state_->checksum, bytes);
            return;
    }
}

std::string Digest::finish() {
    switch (state_->kind) {
        case DigestKind::md5:
        case DigestKind::sha1:
        case DigestKind::sha256: {
            std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
            unsigned length = 0;
            EVP_DigestFinal_ex(state_->evp.get(), out.data(), &length);
            return {reinterpret_cast<const char*>(out.data()), length};
        }
        case DigestKind::crc32:
            return big_endian(static_cast<std::uint32_t>(state_->checksum));
        case DigestKind::crc32c:
            return big_endian(~static_cast<std::uint32_t>(state_->checksum));
        case DigestKind::crc64nvme:
            return big_endian(~state_->checksum);
    }
    return {};
}

std::string sha256(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(out.data()), length};
}

std::string sha256_hex(std::string_view bytes) {
    return to_hex(sha256(bytes));
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    return hmac(EVP_sha256(), key, message);
}

std::string hmac_sha1(std::string_view key, std::string_view message) {
    return hmac(EVP_sha1(), key, message);
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1) {
        throw std::runtime_error("the system's random number generator failed");
    }
    return out;
}

}  // namespace ingestor
