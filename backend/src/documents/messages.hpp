#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "documents/sandbox_status.hpp"
#include "formats/outputs.hpp"

/// What the server and its helpers say to each other, over sockets that keep messages apart
/// (SOCK_SEQPACKET).
///
/// The program that the server starts is the zygote: it loads the parsers and never sees a
/// document. It opens with Hello. A Fork, with the socket and the standard error of a new helper
/// beside it, makes it clone itself; it answers on that socket, with Forked or ForkFailed.
///
/// The helper opens with Hello (which may come before Forked). Then the server sends a Job, with
/// one or two descriptors beside it: the document, and a memory file for the outputs where it is
/// not the one of the job before. The helper answers with any number of Progress messages and then
/// one Done or Failed, and waits for the next Job. End of file ends either. No byte of a document
/// and of its outputs goes through a socket.
///
/// On the wire: one byte of kind, then the fields in the order below; integers little-endian of
/// their size, a string as its length in 32 bits and its bytes, a list as its count in 32 bits and
/// its items, an optional as a byte 0 or 1 and the value if 1. Nothing may follow the last field.
///
/// The server takes a helper for hostile: decode_reply() refuses whatever is not exactly this.
namespace ingestor::documents {

/// Both programs come out of one build; a helper of another version is not spoken with.
inline constexpr std::uint32_t kProtocolVersion = 4;
/// Where zygote and helper find their end of the socket.
inline constexpr int kHelperSocket = 3;

/// How a helper ends that was refused memory.
inline constexpr int kExitOutOfMemory = 71;
/// How a helper ends that could not read the document or take its descriptors: the machine's fault.
inline constexpr int kExitInputUnreadable = 72;

/// What no document may exceed, whatever a Job says: the kernel holds a helper to it for life.
inline constexpr std::uint64_t kMemoryBytesCeiling = std::uint64_t{1} << 30;

inline constexpr std::size_t kJobMessageBytesMax = 16 * 1024;
inline constexpr std::size_t kReplyMessageBytesMax = 64 * 1024;
inline constexpr std::size_t kNameBytesMax = 4 * 1024;  ///< Of each string but those below.
inline constexpr std::size_t kWarningsMax = 50;         ///< The sidecar holds them all.
inline constexpr std::size_t kWarningBytesMax = 1024;

struct Job {
    std::uint64_t size_bytes = 0;        ///< Of the document, from the start of its descriptor.
    std::uint64_t output_bytes_max = 0;  ///< The size of the memory file.
    std::uint64_t memory_bytes_max = 0;  ///< Of address space.
    std::string filename = {};
    std::string source_uri = {};
    std::string chunks_key = {};  ///< Which the sidecar names.
    std::vector<formats::OutputKind> outputs = {};

    friend bool operator==(const Job&, const Job&) = default;
};

struct Hello {
    std::uint32_t version = kProtocolVersion;
    SandboxStatus sandbox = {};

    friend bool operator==(const Hello&, const Hello&) = default;
};

struct Progress {
    std::uint32_t pages_done = 0;

    friend bool operator==(const Progress&, const Progress&) = default;
};

struct OutputSize {
    formats::OutputKind kind = formats::OutputKind::markdown;
    std::uint64_t bytes = 0;

    friend bool operator==(const OutputSize&, const OutputSize&) = default;
};

/// The outputs stand in the memory file, one behind the other, as the Job asked for them.
struct Done {
    std::vector<OutputSize> outputs = {};
    std::uint64_t words = 0;
    std::optional<std::uint32_t> pages = {};
    std::string format = {};
    std::string content_type = {};
    std::string sha256 = {};
    std::vector<std::string> warnings = {};

    friend bool operator==(const Done&, const Done&) = default;
};

/// The document could not be turned into text, for a reason that the parser understood.
struct Failed {
    Errc code = Errc::internal;
    std::string message = {};

    friend bool operator==(const Failed&, const Failed&) = default;
};

/// The zygote has made the helper; a child of the server, which has to reap it.
struct Forked {
    std::uint32_t pid = 0;

    friend bool operator==(const Forked&, const Forked&) = default;
};

/// The kernel refused a further process.
struct ForkFailed {
    std::string message = {};

    friend bool operator==(const ForkFailed&, const ForkFailed&) = default;
};

using Reply = std::variant<Hello, Progress, Done, Failed, Forked, ForkFailed>;

/// Strings over their limit are cut, at the border of a character.
[[nodiscard]] std::string encode(const Job& job);
[[nodiscard]] std::string encode(const Reply& reply);
[[nodiscard]] std::string encode_fork();

/// Errors: corrupt.
[[nodiscard]] bool is_fork(std::string_view message);
[[nodiscard]] Result<Job> decode_job(std::string_view message);
/// Every string that comes out is UTF-8 and within its limit. Errors: corrupt.
[[nodiscard]] Result<Reply> decode_reply(std::string_view message);

}  // namespace ingestor::documents
