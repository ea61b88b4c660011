#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fuzz.hpp"
#include "http/request_parser.hpp"

namespace {

using namespace ingestor;
using fuzz::require;

struct Outcome {
    bool refused = false;
    bool has_head = false;
    bool ended = false;
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

void check_head(const http::RequestParser& parser, const http::Request& request,
                const http::ServerLimits& limits) {
    require(request.target.starts_with('/') || request.target == "*", "a target is a path");
    require(request.target.size() <= limits.target_bytes_max + 1, "targets are limited");
    require(!parser.is_chunked() || parser.content_length() == 0, "one framing of a body");
    int hosts = 0;
    for (const auto& field : request.headers) {
        const std::string_view value = field.value();
        require(value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos,
                "no header holds the end of a line");
        hosts += field.name() == boost::beast::http::field::host ? 1 : 0;
    }
    require(hosts <= 1, "one Host");
}

void read_body(http::RequestParser& parser, std::string_view bytes, std::size_t piece,
               Outcome& outcome) {
    std::string out(piece, '\0');
    std::size_t at = 0;
    std::size_t available = 0;
    while (!outcome.ended) {
        const auto chunks = parser.decode_chunks(bytes.substr(at, available - at), out);
        if (!chunks) {
            outcome.refused = true;
            return;
        }
        require(chunks->taken <= available - at, "no more is taken than is there");
        at += chunks->taken;
        outcome.body.append(out, 0, chunks->produced);
        outcome.ended = chunks->ended;
        const bool moved = chunks->taken > 0 || chunks->produced > 0;
        if (!moved && available == bytes.size()) return;
        if (!moved) available = std::min(available + piece, bytes.size());
    }
}

Outcome read(std::string_view bytes, std::size_t piece) {
    const http::ServerLimits limits;
    http::Request request;
    http::RequestParser parser(request, limits);
    Outcome outcome;
    std::size_t head = 0;
    for (std::size_t available = 0; head == 0;) {
        if (available == bytes.size()) return outcome;
        available = std::min(available + piece, bytes.size());
        const auto taken = parser.parse_head(bytes.substr(0, available));
        if (!taken) {
            require(taken.error().status >= 400, "a refusal has a status");
            outcome.refused = true;
            return outcome;
        }
        head = *taken;
    }
    check_head(parser, request, limits);
    outcome.has_head = true;
    outcome.method = request.method_text;
    outcome.target = request.target;
    for (const auto& field : request.headers) {
        outcome.headers.emplace_back(field.name_string(), field.value());
    }
    if (parser.is_chunked()) read_body(parser, bytes.substr(head), piece, outcome);
    if (outcome.refused) outcome.body.clear();
    return outcome;
}

}  // namespace

/// The first byte says in pieces of how many bytes the rest, a request, arrives: they must make no
/// difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto piece = std::size_t{1} + input.byte();
    const auto whole = read(input.rest(), std::max<std::size_t>(1, input.rest().size()));
    require(read(input.rest(), piece) == whole, "a request reads the same in pieces");
    return 0;
}
