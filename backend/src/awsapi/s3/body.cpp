#include "awsapi/s3/body.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

S3Error incomplete_body() {
    return {.status = 400,
            .code = "IncompleteBody",
            .message =
                "You did not provide the number of bytes specified by the Content-Length "
                "HTTP header"};
}

/// Chunks of real clients are 8 KiB at least, but ours to accept are smaller ones too.
std::uint64_t transfer_bytes_max(const BodyPlan& plan) {
    if (!plan.framing) return plan.size_bytes;
    return plan.size_bytes + plan.size_bytes / 4 + std::uint64_t{1024} * 1024;
}

S3Result<std::string> announced_checksum(const BodyPlan& plan,
                                         const sigv4::AwsChunkedDecoder* decoder) {
    if (plan.checksum_value) return *plan.checksum_value;
    const auto name = std::string(kChecksumPrefix) + std::string(plan.checksum->name);
    for (const auto& [known, value] : decoder->trailers()) {
        if (known == name) return value;
    }
    return refuse({.status = 400,
                   .code = "MalformedTrailerError",
                   .message = "The request contained trailing data that was not well-formed or did "
                              "not conform to our published schema."});
}

S3Result<std::monostate> check_digests(const BodyPlan& plan, ports::ObjectWriter& writer,
                                       const sigv4::AwsChunkedDecoder* decoder) {
    if (plan.sha256_hex) {
        auto computed = to_hex(writer.digest("sha256"));
        if (computed != *plan.sha256_hex) {
            return refuse({.status = 400,
                           .code = "XAmzContentSHA256Mismatch",
                           .message = "The provided 'x-amz-content-sha256' header does not match "
                                      "what was computed.",
                           .details = {{"ClientComputedContentSHA256", *plan.sha256_hex},
                                       {"S3ComputedContentSHA256", std::move(computed)}}});
        }
    }
    if (plan.md5) {
        const auto computed = writer.digest("md5");
        if (computed != *plan.md5) {
            return refuse({.status = 400,
                           .code = "BadDigest",
                           .message = "The Content-MD5 you specified did not match what we "
                                      "received.",
                           .details = {{"ExpectedDigest", to_base64(*plan.md5)},
                                       {"CalculatedDigest", to_base64(computed)}}});
        }
    }
    if (plan.checksum) {
        const auto announced = announced_checksum(plan, decoder);
        if (!announced) return std::unexpected(announced.error());
        const auto raw = from_base64(*announced);
        if (!raw || raw->size() != plan.checksum->value_bytes) {
            return refuse(invalid_request(fmt::format("Value for {}{} trailing header is invalid.",
                                                      kChecksumPrefix, plan.checksum->name)));
        }
        if (*raw != writer.digest(plan.checksum->name)) {
            return refuse(bad_checksum(plan.checksum->name));
        }
    }
    return std::monostate{};
}

/// Holds a document as it comes; its commit is nobody's business.
class DocumentWriter final : public ports::ObjectWriter {
public:
    boost::asio::awaitable<Result<std::monostate>> write(std::string_view bytes) override {
        text_.append(bytes);
        co_return std::monostate{};
    }
    std::string digest(std::string_view algorithm) override {
        const auto kind = digest_kind(algorithm);
        if (!kind) return {};
        Digest digest(*kind);
        digest.update(text_);
        return digest.finish();
    }
    boost::asio::awaitable<Result<ports::ObjectInfo>> commit() override {
        co_return fail(Errc::unsupported, "a document is no object");
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    std::string text_;
};

}  // namespace

boost::asio::awaitable<S3Result<std::monostate>> receive_body(const BodyPlan& plan,
                                                              sigv4::Proof proof, http::Body& body,
                                                              ports::ObjectWriter& writer,
                                                              const std::string& key) {
    std::optional<sigv4::AwsChunkedDecoder> decoder;
    if (plan.framing) decoder.emplace(*plan.framing, std::move(proof));
    body.set_limit(transfer_bytes_max(plan));

    std::uint64_t received = 0;
    std::vector<char> buffer(kPieceBytes);
    while (true) {
        const auto count = co_await body.read_some(buffer);
        if (!count) co_return refuse(body_error(count.error()));
        if (*count == 0) break;
        std::string_view input(buffer.data(), *count);
        while (!input.empty()) {
            std::string_view piece = input;
            if (decoder) {
                const auto decoded = decoder->next(input);
                if (!decoded) co_return refuse(s3_error(decoded.error()));
                piece = *decoded;
            } else {
                input = {};
            }
            received += piece.size();
            if (received > plan.size_bytes) co_return refuse(incomplete_body());
            const auto written = co_await writer.write(piece);
            if (!written) co_return refuse(s3_error(written.error(), key));
        }
    }
    if (decoder) {
        if (const auto end = decoder->finish(); !end) co_return refuse(s3_error(end.error()));
    }
    if (received != plan.size_bytes) co_return refuse(incomplete_body());
    if (plan.digests().empty()) co_return std::monostate{};
    const auto flushed = co_await writer.flush();
    if (!flushed) co_return refuse(s3_error(flushed.error(), key));
    co_return check_digests(plan, writer, decoder ? &*decoder : nullptr);
}

boost::asio::awaitable<S3Result<std::string>> receive_document(const BodyPlan& plan,
                                                               sigv4::Proof proof,
                                                               http::Body& body) {
    DocumentWriter writer;
    const auto received = co_await receive_body(plan, std::move(proof), body, writer, {});
    if (!received) co_return std::unexpected(received.error());
    co_return writer.take();
}

std::vector<std::string> BodyPlan::digests() const {
    std::vector<std::string> names;
    if (sha256_hex) names.emplace_back("sha256");
    if (md5) names.emplace_back("md5");
    if (checksum != nullptr) names.emplace_back(checksum->name);
    return names;
}

std::string BodyPlan::kept_digest() const {
    return checksum == nullptr ? std::string() : std::string(checksum->name);
}

}  // namespace ingestor::awsapi::s3
