#include "base/uuid.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <random>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

/// Stamped with its version and variant (RFC 9562 section 4), as text.
std::string format(Bytes bytes, int version) {
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | version << 4);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(36, '-');
    std::size_t place = 0;
    for (const auto byte : bytes) {
        if (place == 8 || place == 13 || place == 18 || place == 23) ++place;
        text[place++] = kDigits[byte >> 4];
        text[place++] = kDigits[byte & 15];
    }
    return text;
}

/// Ids are not secrets: a generator a thread, seeded once, spares a system call for each of them.
std::mt19937_64& generator() {
    thread_local std::mt19937_64 engine = [] {
        const auto seed = random_bytes(8 * 4);
        std::array<std::uint32_t, 8> words{};
        std::memcpy(words.data(), seed.data(), seed.size());
        std::seed_seq sequence(words.begin(), words.end());
        return std::mt19937_64(sequence);
    }();
    return engine;
}

std::uint64_t random_word() {
    return generator()();
}

/// Milliseconds in the upper 48 bits, a counter in the 12 of rand_a: one rising number, so that ids
/// made within a millisecond (or while the clock steps back) still sort by their making.
std::atomic<std::uint64_t> last_v7{0};

}  // namespace

std::string uuid_v4() {
    const std::array<std::uint64_t, 2> words = {random_word(), random_word()};
    return format(std::bit_cast<Bytes>(words), 4);
}

std::string uuid_v5(std::string_view name_space, std::string_view name) {
    std::string hex(name_space);
    std::erase(hex, '-');
    Digest digest(DigestKind::sha1);
    digest.update(from_hex(hex).value_or(std::string(16, '\0')));
    digest.update(name);
    Bytes bytes;
    std::memcpy(bytes.data(), digest.finish().data(), bytes.size());
    return format(bytes, 5);
}

std::string uuid_v7(TimePoint now) {
    const auto wanted = static_cast<std::uint64_t>(now.time_since_epoch().count()) << 12;
    auto previous = last_v7.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        next = std::max(previous + 1, wanted);
    } while (!last_v7.compare_exchange_weak(previous, next, std::memory_order_relaxed));

    Bytes bytes;
    const auto milliseconds = next >> 12;
    for (std::size_t i = 0; i < 6; ++i) {
        bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
    }
    bytes[6] = static_cast<std::uint8_t>(next >> 8 & 0x0F);
    bytes[7] = static_cast<std::uint8_t>(next);
    const auto random = random_word();
    std::memcpy(bytes.data() + 8, &random, 8);
    return format(bytes, 7);
}

void repeat_uuids_of(std::uint64_t seed) {
    generator().seed(seed);
    last_v7 = 0;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

}  // namespace ingestor
