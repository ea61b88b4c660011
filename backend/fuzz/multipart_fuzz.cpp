#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "http/multipart.hpp"

namespace {

using namespace ingestor;
using fuzz::require;

struct Part {
    std::string name;
    std::optional<std::string> filename;
    std::string content_type;
    std::string bytes;
    bool whole = false;

    friend bool operator==(const Part&, const Part&) = default;
};

struct Outcome {
    bool refused = false;
    bool ended = false;
    std::vector<Part> parts;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

constexpr http::MultipartLimits kLimits{.parts_max = 20, .part_header_bytes_max = 1024};

void check_head(const http::PartHead& head) {
    require(is_utf8(head.name), "names of parts are UTF-8");
    const auto& filename = head.filename.value_or("");
    require(is_utf8(filename), "names of files are UTF-8");
    require(filename.find_first_of("/\\") == filename.npos, "the name of a file is no path");
}

Outcome read(std::string_view boundary, std::string_view body, std::size_t piece) {
    using Event = http::MultipartDecoder::Event;
    http::MultipartDecoder decoder(boundary, kLimits);
    Outcome outcome;
    while (true) {
        const auto event = decoder.next();
        if (!event) {
            // How much of the last part came out before the fault was seen is of no account.
            outcome.refused = true;
            if (!outcome.parts.empty() && !outcome.parts.back().whole) outcome.parts.pop_back();
            return outcome;
        }
        switch (*event) {
            case Event::need_more: {
                if (body.empty()) {
                    if (!outcome.parts.empty()) outcome.parts.back().bytes.clear();
                    return outcome;
                }
                const auto room = decoder.room();
                require(!room.empty(), "there is room for more");
                const auto count = std::min({piece, room.size(), body.size()});
                std::memcpy(room.data(), body.data(), count);
                decoder.received(count);
                body.remove_prefix(count);
                break;
            }
            case Event::part_begin: {
                const auto& head = decoder.head();
                check_head(head);
                outcome.parts.push_back({.name = head.name,
                                         .filename = head.filename,
                                         .content_type = head.content_type,
                                         .bytes = {}});
                break;
            }
            case Event::part_bytes:
                require(!decoder.bytes().empty(), "bytes of a part are some");
                outcome.parts.back().bytes += decoder.bytes();
                break;
            case Event::part_end:
                outcome.parts.back().whole = true;
                break;
            case Event::body_end:
                outcome.ended = true;
                return outcome;
        }
    }
}

/// What is written by the rules comes out again.
void round_trip(std::string_view content, std::size_t piece) {
    constexpr std::string_view kBoundary = "----border";
    if (content.find(kBoundary) != content.npos) return;
    const std::string border(kBoundary);
    const auto body = "--" + border +
                      "\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.txt\"\r\n"
                      "Content-Type: text/html\r\n\r\n" +
                      std::string(content) + "\r\n--" + border + "--\r\n";
    const Outcome wanted{.ended = true,
                         .parts = {{.name = "a",
                                    .filename = "b.txt",
                                    .content_type = "text/html",
                                    .bytes = std::string(content),
                                    .whole = true}}};
    require(read(kBoundary, body, piece) == wanted, "a part comes out as it was sent");
}

}  // namespace

/// A Content-Type in the first line; a byte that says in pieces of how many bytes the body arrives;
/// the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto content_type = input.line();
    const auto piece = std::size_t{1} + input.byte();
    const auto body = input.rest();
    round_trip(body, piece);
    const auto boundary = http::multipart_boundary(content_type);
    if (!boundary) return 0;
    const auto whole = read(*boundary, body, std::max<std::size_t>(1, body.size()));
    require(read(*boundary, body, piece) == whole, "a body reads the same in pieces");
    return 0;
}
