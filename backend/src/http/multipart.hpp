#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::http {

/// What a multipart/form-data body may hold. How long a part may be is its reader's to decide.
struct MultipartLimits {
    std::size_t parts_max = 1100;
    std::size_t part_header_bytes_max = std::size_t{8} << 10;
};

/// What stands before the content of a part.
struct PartHead {
    std::string name;
    /// The last segment of what was sent, never a path; nullopt: the part is a field, not a file.
    std::optional<std::string> filename;
    std::string content_type;  ///< `text/plain` if none was sent (RFC 7578 section 4.4).
};

/// The boundary parameter of a Content-Type header.
/// Errors: unsupported (not multipart/form-data), invalid_argument (no boundary, or no legal one).
[[nodiscard]] Result<std::string> multipart_boundary(std::string_view content_type);

/// Reads a part's header block, without its blank line.
/// Errors: invalid_argument, unsupported (a Content-Transfer-Encoding).
[[nodiscard]] Result<PartHead> parse_part_head(std::string_view block);

/// Takes a multipart/form-data body (RFC 7578) apart while its bytes come. Pure: bytes in, events
/// out. Memory: one buffer of some 64 KiB, however long the parts are.
class MultipartDecoder {
public:
    enum class Event {
        need_more,   ///< Give it more bytes.
        part_begin,  ///< head() is that of the part that begins.
        part_bytes,  ///< bytes() are the next of the part; valid until the next call.
        part_end,
        body_end,  ///< The closing delimiter was met; what follows it means nothing.
    };

    MultipartDecoder(std::string_view boundary, MultipartLimits limits);

    /// Where to put bytes that arrived, at most as many as the span holds; then received().
    [[nodiscard]] std::span<char> room();
    void received(std::size_t count);

    /// Errors: invalid_argument (malformed), too_large (over a limit), unsupported.
    Result<Event> next();

    [[nodiscard]] const PartHead& head() const { return head_; }
    [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
    enum class State { preamble, header, part_start, content, ended };
    /// What the unread bytes begin with: a delimiter, or bytes that only look like one.
    struct Front {
        enum class Kind { undecided, delimiter, closing_delimiter, content };
        Kind kind = Kind::undecided;
        std::size_t length = 0;
    };

    [[nodiscard]] std::string_view unread() const;
    [[nodiscard]] Front front() const;
    Result<Event> next_header();
    bool begin_content();
    Event next_content();

    std::string delimiter_;  ///< CRLF, two hyphens and the boundary.
    MultipartLimits limits_;
    std::string buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    State state_ = State::preamble;
    std::size_t parts_ = 0;
    PartHead head_;
    std::string_view bytes_;
};

/// The parts of a request's multipart/form-data body, one after the other, streamed.
class MultipartReader {
public:
    /// `body` outlives the reader. Set the body's limit before: it covers all parts together.
    MultipartReader(Body& body, std::string_view boundary, MultipartLimits limits = {});

    /// Goes to the next part, past what is unread of this one; nullopt after the last.
    /// Errors: as Body::read_some; invalid_argument (malformed, or it ends early), too_large
    /// (a limit), unsupported.
    boost::asio::awaitable<Result<std::optional<PartHead>>> next_part();

    /// The next bytes of the part's content; empty: it has ended. Valid until the next call.
    boost::asio::awaitable<Result<std::string_view>> read_some();

    /// The rest of the part in memory. Errors: as next_part; too_large (over `bytes_max`).
    boost::asio::awaitable<Result<std::string>> read_all(std::size_t bytes_max);

private:
    boost::asio::awaitable<Result<MultipartDecoder::Event>> advance();

    Body& body_;
    MultipartDecoder decoder_;
    bool in_part_ = false;
    bool ended_ = false;
};

}  // namespace ingestor::http
