#include "extract/formats/pdf/page_contents.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <Array.h>
#include <Dict.h>
#include <Stream.h>
#include <fmt/format.h>
#include <zlib.h>

namespace ingestor::extract::pdf {
namespace {

constexpr int kStreamsMax = 10'000;
constexpr int kFiltersMax = 8;

bool is_flate(const Object& filter) {
    return filter.isName("FlateDecode") || filter.isName("Fl");
}

// How often the stream is packed with flate, if with nothing else; 0 where Poppler must read it.
int flate_layers(const Dict& dict) {
    for (const char* const key : {"DecodeParms", "DP", "F"}) {
        if (!dict.lookup(key).isNull()) return 0;
    }
    Object filter = dict.lookup("Filter");
    if (filter.isNull()) filter = dict.lookup("Fl");
    if (is_flate(filter)) return 1;
    if (!filter.isArray() || filter.arrayGetLength() > kFiltersMax) return 0;
    for (int i = 0; i < filter.arrayGetLength(); ++i) {
        if (!is_flate(filter.arrayGet(i))) return 0;
    }
    return filter.arrayGetLength();
}

// The bytes as they stand in the file.
std::string packed_bytes(Stream& stream) {
    Stream* const raw = stream.getUndecodedStream();
    raw->reset();
    std::string out;
    std::array<unsigned char, 16'384> buffer{};
    for (;;) {
        const int got = raw->doGetChars(static_cast<int>(buffer.size()), buffer.data());
        if (got <= 0) return out;
        out.append(reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(got));
    }
}

enum class Inflated { all, some, too_much };

Inflated inflate_into(std::string_view packed, std::uint64_t bytes_max, std::string& out) {
    z_stream state{};
    if (inflateInit(&state) != Z_OK) return Inflated::some;
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    state.avail_in =
        static_cast<uInt>(std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max()));
    const std::size_t begin = out.size();
    std::size_t used = begin;
    Inflated verdict = Inflated::some;
    for (;;) {
        const std::size_t room = std::clamp<std::size_t>(used - begin, 65'536, 16'777'216);
        out.resize(used + room);
        state.next_out = reinterpret_cast<Bytef*>(out.data() + used);
        state.avail_out = static_cast<uInt>(room);
        const int status = inflate(&state, Z_NO_FLUSH);
        used = out.size() - state.avail_out;
        if (used > bytes_max) {
            verdict = Inflated::too_much;
            break;
        }
        if (status == Z_STREAM_END) {
            verdict = Inflated::all;
            break;
        }
        if (status != Z_OK || (state.avail_in == 0 && state.avail_out > 0)) break;
    }
    inflateEnd(&state);
    out.resize(used);
    return verdict;
}

// Appends a stream's content; false where Poppler must read it.
Result<bool> append_stream(const Object& object, std::uint64_t bytes_max, std::string& out) {
    if (!object.isStream()) return object.isNull();
    const int layers = flate_layers(*object.streamGetDict());
    if (layers == 0) return false;
    std::string bytes = packed_bytes(*object.getStream());
    for (int layer = 0; layer < layers; ++layer) {
        std::string inner;
        std::string& target = layer + 1 == layers ? out : inner;
        const std::size_t before = target.size();
        if (inflate_into(bytes, bytes_max, target) == Inflated::too_much) {
            return fail(Errc::too_large,
                        fmt::format("a page's content unpacks to more than unpacked_bytes_max ({} "
                                    "bytes)",
                                    bytes_max));
        }
        if (target.size() == before && !bytes.empty()) return false;
        bytes = std::move(inner);
    }
    return true;
}

}  // namespace

Result<std::optional<std::string>> unpacked_contents(const Object& contents,
                                                     std::uint64_t bytes_max) {
    std::string out;
    const bool several = contents.isArray();
    const int count = several ? std::min(contents.arrayGetLength(), kStreamsMax) : 1;
    for (int i = 0; i < count; ++i) {
        Result<bool> read = false;
        if (several) {
            const Object part = contents.arrayGet(i);
            read = append_stream(part, bytes_max, out);
        } else {
            read = append_stream(contents, bytes_max, out);
        }
        if (!read) return std::unexpected(read.error());
        if (!*read) return std::nullopt;
        out += '\n';
    }
    return out;
}

}  // namespace ingestor::extract::pdf
