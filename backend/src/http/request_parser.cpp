#include "http/request_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "base/encoding.hpp"

namespace ingestor::http {

namespace beast = boost::beast;
using beast::http::verb;

namespace {

std::string_view plain(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Chunk extensions mean nothing to us; more than this over a whole body is an attack.
constexpr std::size_t kExtensionBytesMax = std::size_t{16} << 10;

bool is_folded(std::string_view head) {
    for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
        if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return true;
    }
    return false;
}

bool has_bare_line_feed(std::string_view bytes) {
    for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
        if (at == 0 || bytes[at - 1] != '\r') return true;
    }
    return false;
}

/// RFC 3986 section 3.2 allows more than hosts need; what could end a host early is refused.
bool is_host(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7F &&
               std::string_view("/?#@\\<>\"{}|^`,").find(c) == std::string_view::npos;
    });
}

}  // namespace

RequestParser::RequestParser(Request& request, const ServerLimits& limits)
    : request_(request), limits_(limits) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(boost::none);
}

std::expected<std::size_t, Rejection> RequestParser::parse_head(std::string_view bytes) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    const auto found = bytes.find(kEnd, searched_);
    if (found == std::string_view::npos) {
        searched_ = bytes.size() - std::min(bytes.size(), kEnd.size() - 1);
        // Such a head would not end for us, whatever came.
        if (has_bare_line_feed(bytes)) {
            return std::unexpected(Rejection{400, "a line does not end with CRLF"});
        }
        if (bytes.size() >= limits_.header_bytes_max) return std::unexpected(too_long(bytes));
        return 0;
    }
    const auto head = bytes.substr(0, found + kEnd.size());
    if (head.size() > limits_.header_bytes_max) return std::unexpected(too_long(head));
    if (is_folded(head)) {
        return std::unexpected(Rejection{400, "folded header lines are not accepted"});
    }
    error_code error;
    const auto taken = put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error) return std::unexpected(why(error));
    if (const auto refused = check_framing()) return std::unexpected(*refused);
    if (const auto refused = check_target()) return std::unexpected(*refused);
    return taken;
}

Rejection RequestParser::too_long(std::string_view bytes) const {
    // Which of the two limits: a first line without an end is a target that is too long.
    const bool first_line_ends = bytes.find('\n') != std::string_view::npos;
    if (!first_line_ends) return {414, "the request target is too long"};
    return {431, "the request headers are too long"};
}

Rejection RequestParser::why(const error_code& error) const {
    if (rejection_) return *rejection_;
    if (error == beast::http::error::bad_version)
        return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
    return {400, "malformed request"};
}

void RequestParser::refuse(unsigned status, std::string_view detail, error_code& error) {
    rejection_ = Rejection{status, detail};
    error = beast::http::error::bad_value;
}

void RequestParser::on_request_impl(verb method, string_view method_text, string_view target,
                                    int version, error_code& error) {
    if (target.size() > limits_.target_bytes_max) {
        return refuse(414, "the request target is too long", error);
    }
    version_ = version;
    request_.method = method;
    request_.method_text.assign(method_text.data(), method_text.size());
    request_.target.assign(target.data(), target.size());
    request_.headers.clear();
}

void RequestParser::on_field_impl(field name, string_view name_text, string_view value,
                                  error_code& error) {
    // What follows the last chunk are trailers: they must not pass for headers.
    if (head_done_) return;
    if (name == field::content_length) {
        std::uint64_t length = 0;
        const auto* end = value.data() + value.size();
        const auto read = std::from_chars(value.data(), end, length);
        if (content_length_ || read.ec != std::errc{} || read.ptr != end) {
            return refuse(400, "Content-Length must be one number", error);
        }
        content_length_ = length;
    } else if (name == field::transfer_encoding) {
        if (has_coding_) return refuse(400, "Transfer-Encoding is repeated", error);
        has_coding_ = true;
        if (!equal_ignoring_case(plain(value), "chunked")) {
            // RFC 9112 section 6.1: a body whose end cannot be known, or a coding not known.
            const bool ends_chunked = beast::http::token_list(value).exists("chunked");
            return refuse(ends_chunked ? 501 : 400, "only Transfer-Encoding: chunked is accepted",
                          error);
        }
    } else if (name == field::host) {
        ++hosts_;
        if (!is_host(plain(value))) return refuse(400, "malformed Host", error);
    } else if (name == field::expect) {
        if (!equal_ignoring_case(plain(value), "100-continue")) {
            return refuse(417, "only Expect: 100-continue is understood", error);
        }
        expects_continue_ = version_ >= 11;
    }
    request_.headers.insert(name, name_text, value);
}

void RequestParser::on_header_impl(error_code&) {
    head_done_ = true;
}

std::optional<Rejection> RequestParser::check_framing() const {
    if (has_coding_ && content_length_) {
        return Rejection{400, "Content-Length and Transfer-Encoding exclude each other"};
    }
    if (has_coding_ && version_ < 11) {
        return Rejection{400, "HTTP/1.0 has no Transfer-Encoding"};
    }
    if (hosts_ > 1) return Rejection{400, "Host is repeated"};
    if (hosts_ == 0 && version_ >= 11) return Rejection{400, "Host is missing"};
    return std::nullopt;
}

std::optional<Rejection> RequestParser::check_target() {
    auto& target = request_.target;
    if (target.find('#') != std::string::npos) {
        return Rejection{400, "a request target has no fragment"};
    }
    if (target.starts_with('/')) return std::nullopt;
    if (target == "*" && request_.method == verb::options) return std::nullopt;

    const auto scheme = target.find("://");
    const auto name = std::string_view(target).substr(0, scheme);
    const bool absolute = scheme != std::string::npos &&
                          (equal_ignoring_case(name, "http") || equal_ignoring_case(name, "https"));
    if (!absolute) return Rejection{400, "the request target must be a path"};
    const auto after = std::string_view(target).substr(scheme + 3);
    const auto end = std::min(after.find_first_of("/?"), after.size());
    const std::string authority(after.substr(0, end));
    if (authority.empty() || !is_host(authority)) return Rejection{400, "malformed request target"};
    std::string path(after.substr(end));
    if (!path.starts_with('/')) path.insert(0, "/");
    request_.headers.set(field::host, authority);
    target = std::move(path);
    return std::nullopt;
}

std::expected<RequestParser::Chunks, Rejection> RequestParser::decode_chunks(std::string_view bytes,
                                                                             std::span<char> out) {
    Chunks chunks;
    out_ = out;
    produced_ = 0;
    while (!is_done() && produced_ < out.size() && chunks.taken < bytes.size()) {
        const auto rest = bytes.substr(chunks.taken);
        // Beast asserts that many bytes once it has seen a last chunk's head. They always come: the
        // shortest last chunk is that long.
        constexpr std::size_t kLastChunkBytes = 5;
        if (chunk_left_ == 0 && rest.size() < kLastChunkBytes) break;
        error_code error;
        const auto taken = put(boost::asio::const_buffer(rest.data(), rest.size()), error);
        chunks.taken += taken;
        if (error == beast::http::error::need_more) break;
        if (error) {
            if (rejection_) return std::unexpected(*rejection_);
            return std::unexpected(Rejection{400, "malformed chunked body"});
        }
    }
    chunks.produced = produced_;
    chunks.ended = is_done();
    return chunks;
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, string_view extensions,
                                         error_code& error) {
    chunk_left_ = size;
    extension_bytes_ += extensions.size();
    if (extension_bytes_ > kExtensionBytesMax) refuse(400, "too many chunk extensions", error);
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code&) {
    const auto count = std::min(body.size(), out_.size() - produced_);
    std::memcpy(out_.data() + produced_, body.data(), count);
    produced_ += count;
    chunk_left_ -= count;
    return count;
}

}  // namespace ingestor::http
