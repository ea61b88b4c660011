#include "base/uuid.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <random>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor {
namespace {

std::string format(std::string_view bytes) {
    auto text = to_hex(bytes.substr(0, 16));
    for (const std::size_t place : {8U, 13U, 18U, 23U}) text.insert(place, 1, '-');
    return text;
}

void stamp(std::string& bytes, int version) {
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | version << 4);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
}

/// Ids are not secrets: a generator a thread, seeded once, spares a system call for each of them.
std::uint64_t random_word() {
    thread_local std::mt19937_64 generator = [] {
        const auto seed = random_bytes(8 * 4);
        std::array<std::uint32_t, 8> words{};
        std::memcpy(words.data(), seed.data(), seed.size());
        std::seed_seq sequence(words.begin(), words.end());
        return std::mt19937_64(sequence);
    }();
    return generator();
}

}  // namespace

std::string uuid_v4() {
    std::string bytes(16, '\0');
    const std::uint64_t words[2] = {random_word(), random_word()};
    std::memcpy(bytes.data(), words, 16);
    stamp(bytes, 4);
    return format(bytes);
}

std::string uuid_v5(std::string_view name_space, std::string_view name) {
    std::string hex(name_space);
    std::erase(hex, '-');
    Digest digest(DigestKind::sha1);
    digest.update(from_hex(hex).value_or(std::string(16, '\0')));
    digest.update(name);
    auto bytes = digest.finish();
    stamp(bytes, 5);
    return format(bytes);
}

std::string uuid_v7(TimePoint now) {
    // Milliseconds in the upper 48 bits, a counter in the 12 of rand_a: one rising number, so that
    // ids made within a millisecond (or while the clock steps back) still sort by their making.
    static std::atomic<std::uint64_t> last{0};
    const auto wanted = static_cast<std::uint64_t>(now.time_since_epoch().count()) << 12;
    auto previous = last.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
        next = std::max(previous + 1, wanted);
    } while (!last.compare_exchange_weak(previous, next, std::memory_order_relaxed));

    std::string bytes(16, '\0');
    const auto milliseconds = next >> 12;
    for (std::size_t i = 0; i < 6; ++i) {
        bytes[i] = static_cast<char>(milliseconds >> (40 - 8 * i) & 0xFF);
    }
    bytes[6] = static_cast<char>(next >> 8 & 0x0F);
    bytes[7] = static_cast<char>(next & 0xFF);
    const auto random = random_word();
    std::memcpy(bytes.data() + 8, &random, 8);
    stamp(bytes, 7);
    return format(bytes);
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
