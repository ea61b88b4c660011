#include "documents/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/encoding.hpp"

namespace ingestor::documents {
namespace {

Result<std::string> read_part(int output, std::uint64_t offset, std::uint64_t size_bytes) {
    int failure = 0;
    std::string part;
    // GCC 12 tells the callback of the capacity, not of the size asked for.
    part.resize_and_overwrite(size_bytes, [&](char* out, std::size_t) {
        std::size_t have = 0;
        while (have < size_bytes && failure == 0) {
            const auto got =
                ::pread(output, out + have, size_bytes - have, static_cast<off_t>(offset + have));
            if (got > 0) have += static_cast<std::size_t>(got);
            if (got == 0) failure = ENODATA;
            if (got < 0 && errno != EINTR) failure = errno;
        }
        return have;
    });
    if (failure != 0) {
        return fail(Errc::internal, fmt::format("read the output: {}", std::strerror(failure)));
    }
    if (!is_utf8(part)) return fail(Errc::internal, "the parser returned text that is not UTF-8");
    return part;
}

bool looks_like_an_object(std::string_view text) {
    return text.starts_with('{') && text.find_last_of('}') == text.find_last_not_of(" \n");
}

}  // namespace

Result<FileDescriptor> make_output_file(std::uint64_t size_bytes) {
    // Since Linux 6.3 a memory file can be kept from ever being run; an older kernel says EINVAL.
    constexpr unsigned kNoExecSeal = 8;
    constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    FileDescriptor file(::memfd_create("extraction", kFlags | kNoExecSeal));
    if (!file && errno == EINVAL) file = FileDescriptor(::memfd_create("extraction", kFlags));
    const auto made =
        file && ::ftruncate(file.get(), static_cast<off_t>(size_bytes)) == 0 &&
        ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0;
    if (!made) {
        return fail(Errc::unavailable,
                    fmt::format("a memory file for the output: {}", std::strerror(errno)));
    }
    return file;
}

std::uint64_t total_bytes(const Done& done) {
    std::uint64_t total = 0;
    for (const auto& [kind, bytes] : done.outputs) total += bytes;
    return total;
}

bool fits(const Done& done, const std::vector<formats::OutputKind>& wanted,
          std::uint64_t size_bytes) {
    if (!std::ranges::equal(done.outputs, wanted, {}, &OutputSize::kind)) return false;
    // One after the other, so that no sum can overflow.
    for (const auto& [kind, bytes] : done.outputs) {
        if (bytes > size_bytes) return false;
        size_bytes -= bytes;
    }
    return true;
}

Result<ports::Extraction> read_outputs(int output, Done done) {
    ports::Extraction extraction{.format = std::move(done.format),
                                 .content_type = std::move(done.content_type),
                                 .sha256 = std::move(done.sha256),
                                 .pages = done.pages,
                                 .words = done.words,
                                 .warnings = std::move(done.warnings)};
    std::uint64_t offset = 0;
    for (const auto& [kind, size_bytes] : done.outputs) {
        auto bytes = read_part(output, offset, size_bytes);
        if (!bytes) return std::unexpected(std::move(bytes.error()));
        const auto& row = formats::row_of(kind);
        if (row.is_json && !looks_like_an_object(*bytes)) {
            return fail(Errc::internal,
                        fmt::format("the parser returned a {} that is no JSON object", row.name));
        }
        extraction.outputs.push_back({.kind = kind, .bytes = std::move(*bytes)});
        offset += size_bytes;
    }
    // Written by the process that is not to be trusted; it names the content in the database.
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (extraction.sha256.size() != 64 || !std::ranges::all_of(extraction.sha256, is_digit)) {
        return fail(Errc::internal, "the parser returned a digest that is none");
    }
    return extraction;
}

}  // namespace ingestor::documents
