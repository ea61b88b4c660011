#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "sigv4/aws_chunked.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::sigv4;
using fuzz::require;

constexpr ChunkFraming kFramings[] = {{.signed_chunks = false, .trailer = true},
                                      {.signed_chunks = true, .trailer = false},
                                      {.signed_chunks = true, .trailer = true}};

const Proof& proof() {
    static const Proof kProof{.kind = AuthKind::header_v4,
                              .access_key_id = "AKIDEXAMPLE",
                              .payload_hash = "",
                              .scope = {.date = "20260102", .region = "us-east-1", .service = "s3"},
                              .time = "20260102T030405Z",
                              .signature = std::string(64, '0'),
                              .signing_key = std::string(32, 'k')};
    return kProof;
}

struct Outcome {
    bool refused = false;
    std::string bytes;
    std::vector<std::pair<std::string, std::string>> trailers;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome decode(ChunkFraming framing, std::string_view wire, std::size_t piece) {
    AwsChunkedDecoder decoder(framing, proof());
    Outcome outcome;
    while (!wire.empty()) {
        auto input = wire.substr(0, piece);
        wire.remove_prefix(input.size());
        while (!input.empty()) {
            const auto run = decoder.next(input);
            if (!run) return {.refused = true, .bytes = {}, .trailers = {}};
            outcome.bytes += *run;
        }
    }
    if (!decoder.finish()) return {.refused = true, .bytes = {}, .trailers = {}};
    outcome.trailers = decoder.trailers();
    return outcome;
}

std::string chain(std::string_view kind, std::string_view previous, std::string_view hashes) {
    const auto text = fmt::format("{}\n{}\n{}\n{}\n{}", kind, proof().time, proof().scope.text(),
                                  previous, hashes);
    return to_hex(hmac_sha256(proof().signing_key, text));
}

/// The sender's side: chunks of so many bytes, an empty one, the trailer.
std::string encode(ChunkFraming framing, std::string_view payload, std::size_t chunk_bytes) {
    std::string wire;
    auto previous = proof().signature;
    const auto add = [&](std::string_view data) {
        wire += fmt::format("{:x}", data.size());
        if (framing.signed_chunks) {
            previous = chain("AWS4-HMAC-SHA256-PAYLOAD", previous,
                             sha256_hex("") + "\n" + sha256_hex(data));
            wire += ";chunk-signature=" + previous;
        }
        wire += "\r\n";
        if (!data.empty()) wire.append(data).append("\r\n");
    };
    for (std::size_t at = 0; at < payload.size(); at += chunk_bytes) {
        add(payload.substr(at, chunk_bytes));
    }
    add({});
    if (framing.trailer) wire += "x-amz-checksum-crc32:AAAAAA==\r\n";
    if (framing.trailer && framing.signed_chunks) {
        wire += "x-amz-trailer-signature:" +
                chain("AWS4-HMAC-SHA256-TRAILER", previous,
                      sha256_hex("x-amz-checksum-crc32:AAAAAA==\n")) +
                "\r\n";
    }
    return wire + "\r\n";
}

}  // namespace

/// A byte for the framing, one for the size of the pieces in which the body arrives, the body; and
/// the body once more as the payload of a stream that we write.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto framing = kFramings[input.byte() % std::size(kFramings)];
    const auto piece = std::size_t{1} + input.byte();
    const auto body = input.rest();
    const auto whole = decode(framing, body, std::max<std::size_t>(1, body.size()));
    require(decode(framing, body, piece) == whole, "a stream reads the same in pieces");

    // Signatures take their time: not too many chunks.
    auto wire = encode(framing, body, std::max(piece, body.size() / 16));
    const auto decoded = decode(framing, wire, 1 + piece / 2);
    require(!decoded.refused, "a stream that was written by the rules is read");
    require(decoded.bytes == body, "its payload comes out as it went in");
    require(decoded.trailers.size() == (framing.trailer ? 1U : 0U), "and so does its trailer");
    if (framing.signed_chunks && !body.empty()) {
        auto& changed = wire[wire.find("\r\n") + 2];
        changed = static_cast<char>(changed ^ 1);
        require(decode(framing, wire, piece).refused, "a changed payload is found out");
    }
    return 0;
}
