#include "http/multipart.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "http/form.hpp"

namespace ingestor::http {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;
constexpr std::size_t kPaddingBytesMax = 256;

/// How many bytes at the end of `text` may be the beginning of `wanted`.
std::size_t partial_match(std::string_view text, std::string_view wanted) {
    auto count = std::min(text.size(), wanted.size() - 1);
    while (count > 0 && text.substr(text.size() - count) != wanted.substr(0, count)) --count;
    return count;
}

}  // namespace

MultipartDecoder::MultipartDecoder(std::string_view boundary, MultipartLimits limits)
    : delimiter_("\r\n--"), limits_(limits) {
    delimiter_.append(boundary);
    buffer_.resize(std::max(kBufferBytes, 2 * limits.part_header_bytes_max));
    // The first delimiter needs no line break before it: as if there were one.
    std::memcpy(buffer_.data(), "\r\n", 2);
    end_ = 2;
}

std::string_view MultipartDecoder::unread() const {
    return std::string_view(buffer_).substr(begin_, end_ - begin_);
}

std::span<char> MultipartDecoder::room() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return std::span(buffer_).subspan(end_);
}

void MultipartDecoder::received(std::size_t count) {
    end_ += count;
}

Result<MultipartDecoder::Event> MultipartDecoder::next() {
    while (true) {
        switch (state_) {
            case State::preamble: {
                // What stands before the first delimiter means nothing.
                if (next_content() == Event::need_more) return Event::need_more;
                continue;
            }
            case State::header:
                return next_header();
            case State::part_start: {
                if (!begin_content()) return Event::need_more;
                state_ = State::content;
                continue;
            }
            case State::content:
                return next_content();
            case State::ended:
                return Event::body_end;
        }
    }
}

MultipartDecoder::Front MultipartDecoder::front() const {
    const auto bytes = unread();
    if (!bytes.starts_with(delimiter_)) {
        const bool may_become = std::string_view(delimiter_).starts_with(bytes);
        return {.kind = may_become ? Front::Kind::undecided : Front::Kind::content};
    }
    const auto after = bytes.substr(delimiter_.size());
    if (after.starts_with("--")) {
        return {.kind = Front::Kind::closing_delimiter, .length = delimiter_.size() + 2};
    }
    const auto padding = std::min(after.find_first_not_of(" \t"), after.size());
    const auto line_end = after.substr(padding, 2);
    if (line_end == "\r\n") {
        return {.kind = Front::Kind::delimiter, .length = delimiter_.size() + padding + 2};
    }
    const bool may_become =
        padding <= kPaddingBytesMax && (line_end.empty() || line_end == "\r" || after == "-");
    return {.kind = may_become ? Front::Kind::undecided : Front::Kind::content};
}

Result<MultipartDecoder::Event> MultipartDecoder::next_header() {
    const auto bytes = unread();
    if (bytes.starts_with("\r\n")) {
        return fail(Errc::invalid_argument, "multipart: a part without headers");
    }
    const auto end = bytes.find("\r\n\r\n");
    // Where the end is not there yet, up to three bytes of it may be.
    const auto length =
        end == std::string_view::npos ? bytes.size() - std::min<std::size_t>(bytes.size(), 3) : end;
    if (length > limits_.part_header_bytes_max) {
        return fail(Errc::too_large,
                    fmt::format("multipart: the headers of a part are over {} bytes",
                                limits_.part_header_bytes_max));
    }
    if (end == std::string_view::npos) return Event::need_more;
    if (++parts_ > limits_.parts_max) {
        return fail(Errc::too_large, fmt::format("multipart: over {} parts", limits_.parts_max));
    }
    auto head = parse_part_head(bytes.substr(0, end));
    if (!head) return std::unexpected(std::move(head.error()));
    head_ = std::move(*head);
    // The blank line stays for now: it may be the beginning of the delimiter of a part without
    // content (RFC 2046 section 5.1.1, body-part).
    begin_ += end + 2;
    state_ = State::part_start;
    return Event::part_begin;
}

/// Takes the blank line, unless it belongs to a delimiter. False: more bytes are needed.
bool MultipartDecoder::begin_content() {
    switch (front().kind) {
        case Front::Kind::undecided:
            return false;
        case Front::Kind::delimiter:
        case Front::Kind::closing_delimiter:
            return true;
        case Front::Kind::content:
            begin_ += 2;
            return true;
    }
    return false;
}

MultipartDecoder::Event MultipartDecoder::next_content() {
    const auto bytes = unread();
    auto length = bytes.find(delimiter_);
    if (length == 0) {
        const auto found = front();
        switch (found.kind) {
            case Front::Kind::undecided:
                return Event::need_more;
            case Front::Kind::delimiter:
                begin_ += found.length;
                state_ = State::header;
                return Event::part_end;
            case Front::Kind::closing_delimiter:
                begin_ += found.length;
                state_ = State::ended;
                return Event::part_end;
            case Front::Kind::content:
                length = delimiter_.size();
                break;
        }
    } else if (length == std::string_view::npos) {
        length = bytes.size() - partial_match(bytes, delimiter_);
        if (length == 0) return Event::need_more;
    }
    bytes_ = bytes.substr(0, length);
    begin_ += length;
    return Event::part_bytes;
}

MultipartReader::MultipartReader(Body& body, std::string_view boundary, MultipartLimits limits)
    : body_(body), decoder_(boundary, limits) {}

asio::awaitable<Result<MultipartDecoder::Event>> MultipartReader::advance() {
    using Event = MultipartDecoder::Event;
    while (true) {
        auto event = decoder_.next();
        if (!event || *event != Event::need_more) co_return event;
        const auto count = co_await body_.read_some(decoder_.room());
        if (!count) co_return std::unexpected(count.error());
        if (*count == 0) {
            co_return fail(Errc::invalid_argument, "multipart: the body ends within a part");
        }
        decoder_.received(*count);
    }
}

asio::awaitable<Result<std::optional<PartHead>>> MultipartReader::next_part() {
    using Event = MultipartDecoder::Event;
    while (!ended_) {
        const auto event = co_await advance();
        if (!event) co_return std::unexpected(event.error());
        switch (*event) {
            case Event::need_more:
                break;
            case Event::part_begin:
                in_part_ = true;
                co_return decoder_.head();
            case Event::part_bytes:
                break;
            case Event::part_end:
                in_part_ = false;
                break;
            case Event::body_end:
                ended_ = true;
                break;
        }
    }
    co_return std::nullopt;
}

asio::awaitable<Result<std::string_view>> MultipartReader::read_some() {
    using Event = MultipartDecoder::Event;
    while (in_part_) {
        const auto event = co_await advance();
        if (!event) co_return std::unexpected(event.error());
        switch (*event) {
            case Event::need_more:
            case Event::part_begin:
                break;
            case Event::part_bytes:
                co_return decoder_.bytes();
            case Event::part_end:
            case Event::body_end:
                in_part_ = false;
                break;
        }
    }
    co_return std::string_view{};
}

asio::awaitable<Result<std::string>> MultipartReader::read_all(std::size_t bytes_max) {
    std::string text;
    while (true) {
        const auto bytes = co_await read_some();
        if (!bytes) co_return std::unexpected(bytes.error());
        if (bytes->empty()) co_return text;
        if (text.size() + bytes->size() > bytes_max) {
            co_return fail(Errc::too_large,
                           fmt::format("multipart: field '{}' is over {} bytes",
                                       decoder_.head().name, bytes_max),
                           decoder_.head().name);
        }
        text.append(*bytes);
    }
}

}  // namespace ingestor::http
