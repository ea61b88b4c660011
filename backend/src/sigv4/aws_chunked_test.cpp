#include "sigv4/aws_chunked.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor::sigv4 {
namespace {

constexpr ChunkFraming kUnsignedTrailer{.signed_chunks = false, .trailer = true};
constexpr ChunkFraming kSigned{.signed_chunks = true, .trailer = false};
constexpr ChunkFraming kSignedTrailer{.signed_chunks = true, .trailer = true};

/// The proof of the head in the examples of the S3 API reference.
Proof example_proof(std::string_view seed) {
    const Scope scope{"20130524", "us-east-1", "s3"};
    return {.kind = AuthKind::header_v4,
            .access_key_id = "AKIAIOSFODNN7EXAMPLE",
            .payload_hash = "",
            .scope = scope,
            .time = "20130524T000000Z",
            .signature = std::string(seed),
            .signing_key = derive_signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope)};
}

std::string chunk(std::string_view size, std::string_view signature, const std::string& data) {
    return std::string(size) + ";chunk-signature=" + std::string(signature) + "\r\n" + data +
           (data.empty() ? "" : "\r\n");
}

std::string signed_example() {
    return chunk("10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                 std::string(65536, 'a')) +
           chunk("400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
                 std::string(1024, 'a')) +
           chunk("0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "") +
           "\r\n";
}
constexpr std::string_view kSignedSeed =
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";

constexpr std::string_view kTrailerSeed =
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

struct Decoded {
    std::string bytes;
    std::optional<ChunkError> error;
    std::vector<std::pair<std::string, std::string>> trailers;
};

Decoded decode(ChunkFraming framing, const Proof& proof, std::string_view wire, std::size_t cut) {
    AwsChunkedDecoder decoder(framing, proof);
    Decoded out;
    for (std::size_t at = 0; at < wire.size(); at += cut) {
        auto input = wire.substr(at, cut);
        while (!input.empty()) {
            const auto piece = decoder.next(input);
            if (!piece) {
                out.error = piece.error();
                return out;
            }
            out.bytes += *piece;
        }
    }
    if (const auto end = decoder.finish(); !end) out.error = end.error();
    out.trailers = decoder.trailers();
    return out;
}

TEST(AwsChunked, UnsignedStreamWithTrailerInAnyCut) {
    const std::string wire =
        "6\r\nhello\n\r\n3;ignored=1\r\nabc\r\n0\r\nX-Amz-Checksum-CRC64NVME: akP7S61aVgc= "
        "\r\n\r\n";
    for (std::size_t cut = 1; cut <= wire.size(); ++cut) {
        const auto out = decode(kUnsignedTrailer, {}, wire, cut);
        EXPECT_FALSE(out.error) << cut << out.error->message;
        EXPECT_EQ(out.bytes, "hello\nabc");
        ASSERT_EQ(out.trailers.size(), 1U);
        EXPECT_EQ(out.trailers[0].first, "x-amz-checksum-crc64nvme");
        EXPECT_EQ(out.trailers[0].second, "akP7S61aVgc=");
    }
}

TEST(AwsChunked, PublishedSignedStream) {
    for (const std::size_t cut : {1U, 7U, 4096U, 65536U, 100000U}) {
        const auto out = decode(kSigned, example_proof(kSignedSeed), signed_example(), cut);
        EXPECT_FALSE(out.error) << cut << out.error->message;
        EXPECT_EQ(out.bytes, std::string(66560, 'a'));
    }
}

// The first two chunks' signatures are not printed in our source: they follow from the chain, whose
// last link and trailer are.
std::string chain_link(const Proof& proof, std::string_view previous, const std::string& data) {
    return to_hex(hmac_sha256(proof.signing_key, "AWS4-HMAC-SHA256-PAYLOAD\n" + proof.time + '\n' +
                                                     proof.scope.text() + '\n' +
                                                     std::string(previous) + '\n' + sha256_hex("") +
                                                     '\n' + sha256_hex(data)));
}

std::string signed_trailer_example() {
    const auto proof = example_proof(kTrailerSeed);
    const std::string first(65536, 'a');
    const std::string second(1024, 'a');
    const auto one = chain_link(proof, kTrailerSeed, first);
    const auto two = chain_link(proof, one, second);
    return chunk("10000", one, first) + chunk("400", two, second) +
           chunk("0", "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", "") +
           "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:"
           "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
}

TEST(AwsChunked, PublishedSignedStreamWithTrailer) {
    const auto out =
        decode(kSignedTrailer, example_proof(kTrailerSeed), signed_trailer_example(), 1000);
    EXPECT_FALSE(out.error) << out.error->message;
    ASSERT_EQ(out.trailers.size(), 1U);
    EXPECT_EQ(out.trailers[0].second, "sOO8/Q==");
    EXPECT_EQ(out.bytes.size(), 66560U);
}

std::string changed(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.rfind(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

struct BadStream {
    std::string name;
    ChunkFraming framing;
    std::string wire;
    ChunkFailure failure;
};

std::vector<BadStream> bad_streams() {
    using enum ChunkFailure;
    return {
        {"NoSize", kUnsignedTrailer, "\r\nhello", malformed},
        {"NegativeSize", kUnsignedTrailer, "-1\r\nhello", malformed},
        {"PrefixedSize", kUnsignedTrailer, "0x5\r\nhello", malformed},
        {"SizeBeyondAllBounds", kUnsignedTrailer, "11111111111111111\r\n", malformed},
        {"EndlessSizeLine", kUnsignedTrailer, "5;" + std::string(300, 'x'), malformed},
        {"BareNewline", kUnsignedTrailer, "5\nhello\r\n", malformed},
        {"DataLongerThanItsSize", kUnsignedTrailer, "4\r\nhello\r\n0\r\n\r\n", malformed},
        {"EndlessTrailer", kUnsignedTrailer, "0\r\na:" + std::string(9000, 'x'), malformed},
        {"ManyTrailers", kUnsignedTrailer,
         [] {
             std::string out = "0\r\n";
             for (int i = 0; i < 3000; ++i) out += "a:b\r\n";
             return out + "\r\n";
         }(),
         malformed},
        {"TrailerWithoutColon", kUnsignedTrailer, "0\r\nabc\r\n\r\n", malformed},
        {"TrailerNotAnnounced", kSigned, changed(signed_example(), "\r\n\r\n", "\r\nx:y\r\n\r\n"),
         malformed},
        {"EndsInSize", kUnsignedTrailer, "5", incomplete},
        {"EndsInData", kUnsignedTrailer, "5\r\nhel", incomplete},
        {"EndsBeforeLastChunk", kUnsignedTrailer, "5\r\nhello\r\n", incomplete},
        {"EndsInTrailer", kUnsignedTrailer, "0\r\na:b\r\n", incomplete},
        {"Nothing", kUnsignedTrailer, "", incomplete},
        {"GoesOn", kUnsignedTrailer, "0\r\n\r\n5\r\n", trailing_bytes},
        {"ChunkWithoutSignature", kSigned, "5\r\nhello\r\n0\r\n\r\n", signature_mismatch},
        {"ChangedChunk", kSigned, changed(signed_example(), "aaaa\r\n0;", "aaab\r\n0;"),
         signature_mismatch},
        {"LastChunkCutOff", kSigned,
         chunk("0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", ""),
         signature_mismatch},
        {"ChangedTrailer", kSignedTrailer, changed(signed_trailer_example(), "sOO8", "sOO9"),
         signature_mismatch},
        {"TrailerWithoutSignature", kSignedTrailer,
         changed(signed_trailer_example(), "x-amz-trailer-signature", "x-amz-other"),
         signature_mismatch},
    };
}

class AwsChunkedRefuses : public testing::TestWithParam<BadStream> {};

TEST_P(AwsChunkedRefuses, InAnyCut) {
    const auto& row = GetParam();
    const auto seed = row.framing.trailer ? kTrailerSeed : kSignedSeed;
    for (const std::size_t cut : {1U, 2U, 3U, 64U, 70000U}) {
        const auto out = decode(row.framing, example_proof(seed), row.wire, cut);
        ASSERT_TRUE(out.error) << cut;
        EXPECT_EQ(out.error->failure, row.failure) << cut << ' ' << out.error->message;
    }
}

INSTANTIATE_TEST_SUITE_P(Streams, AwsChunkedRefuses, testing::ValuesIn(bad_streams()),
                         [](const auto& row) { return row.param.name; });

TEST(AwsChunked, LiteralsNameTheirFraming) {
    EXPECT_FALSE(chunk_framing("UNSIGNED-PAYLOAD"));
    EXPECT_FALSE(chunk_framing("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"));
    EXPECT_TRUE(chunk_framing("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")->trailer);
    EXPECT_FALSE(chunk_framing("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")->trailer);
    EXPECT_FALSE(chunk_framing("STREAMING-UNSIGNED-PAYLOAD-TRAILER")->signed_chunks);
}

}  // namespace
}  // namespace ingestor::sigv4
