#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "http/limits.hpp"
#include "http/message.hpp"

namespace ingestor::http {

/// Why a request is refused by the server itself.
struct Rejection {
    unsigned status = 400;
    std::string_view detail;
};

/// Reads one request: its head, then its body's chunks. Pure: bytes in, request out.
///
/// Beast parses. What it lets pass, and what another server in front of this one might read
/// differently, is refused here: folded lines, repeated or listed lengths, a length beside a
/// transfer coding, codings other than `chunked` or in HTTP/1.0, bare line feeds, missing, repeated
/// or odd Host (RFC 9112 sections 2.2, 3.2, 5.2, 6.1 and 6.3).
class RequestParser final : private boost::beast::http::basic_parser<true> {
public:
    /// Fills the request's method, target and headers.
    RequestParser(Request& request, const ServerLimits& limits);

    /// Parses a head at the front of `bytes`, which holds all that came since the last head or
    /// body. Returns how many bytes the head took; 0: more bytes are needed (give them all again).
    [[nodiscard]] std::expected<std::size_t, Rejection> parse_head(std::string_view bytes);

    struct Chunks {
        std::size_t taken = 0;     ///< Of the input.
        std::size_t produced = 0;  ///< Into the output.
        bool ended = false;
    };
    /// Undoes the chunked coding. What is not taken has to be given again, with more behind it.
    [[nodiscard]] std::expected<Chunks, Rejection> decode_chunks(std::string_view bytes,
                                                                 std::span<char> out);

    [[nodiscard]] bool is_http_1_0() const { return version_ == 10; }
    [[nodiscard]] bool wants_keep_alive() const { return basic_parser::keep_alive(); }
    [[nodiscard]] bool is_chunked() const { return basic_parser::chunked(); }
    /// The announced length of a body that is not chunked; 0 if there is none.
    [[nodiscard]] std::uint64_t content_length() const { return content_length_.value_or(0); }
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }

private:
    using error_code = boost::beast::error_code;
    using string_view = boost::beast::string_view;
    using field = boost::beast::http::field;

    void on_request_impl(boost::beast::http::verb method, string_view method_text,
                         string_view target, int version, error_code& error) override;
    void on_field_impl(field name, string_view name_text, string_view value,
                       error_code& error) override;
    void on_header_impl(error_code& error) override;
    void on_chunk_header_impl(std::uint64_t size, string_view extensions,
                              error_code& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body,
                                   error_code& error) override;
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    void refuse(unsigned status, std::string_view detail, error_code& error);
    [[nodiscard]] std::optional<Rejection> check_target();
    [[nodiscard]] std::optional<Rejection> check_framing() const;
    [[nodiscard]] Rejection why(const error_code& error) const;
    [[nodiscard]] Rejection too_long(std::string_view bytes) const;

    Request& request_;
    const ServerLimits& limits_;
    std::optional<Rejection> rejection_;
    std::size_t searched_ = 0;  ///< Where the search for the head's end goes on.
    int version_ = 11;
    bool head_done_ = false;
    bool expects_continue_ = false;
    bool has_coding_ = false;
    int hosts_ = 0;
    std::optional<std::uint64_t> content_length_;
    std::uint64_t chunk_left_ = 0;
    std::size_t extension_bytes_ = 0;
    std::span<char> out_;
    std::size_t produced_ = 0;
};

}  // namespace ingestor::http
