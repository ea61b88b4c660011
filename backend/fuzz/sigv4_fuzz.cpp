#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "fuzz.hpp"
#include "sigv4/sign.hpp"
#include "sigv4/verify.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::sigv4;
using fuzz::require;

const Credentials kKey{"AKIDEXAMPLE", "a secret that no input holds"};
constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};

const Verifier& verifier(std::string_view service) {
    const auto lookup = [](std::string_view id) -> std::optional<Credentials> {
        if (id == kKey.access_key_id) return kKey;
        return std::nullopt;
    };
    static const Verifier kS3(lookup, "us-east-1", "s3");
    static const Verifier kEvents(lookup, "us-east-1", "events");
    return service == "s3" ? kS3 : kEvents;
}

bool is_token(std::string_view name) {
    return !name.empty() && name.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "!#$%&'*+-.^_`|~") == name.npos;
}

/// As HTTP hands a value on: without line ends, trimmed.
std::string_view field_value(std::string_view text) {
    return trimmed(text.substr(0, text.find_first_of(std::string_view("\r\n\0", 3))));
}

/// Whether a sender could be asked to sign it: nothing of a signature is in it already.
bool is_plain(const RequestHead& head) {
    if (auth_kind(head) != AuthKind::none) return false;
    for (const auto& parameter : parse_query(head.query)) {
        if (lower_case(parameter.name).starts_with("x-amz-")) return false;
    }
    for (const auto& header : head.headers) {
        const auto name = lower_case(header.name);
        if (name.starts_with("x-amz-") || name == "host" || name == "authorization") return false;
    }
    return true;
}

void sign_then_verify(RequestHead head, std::string_view service) {
    static SigningKeys keys;
    const Signer signer{kKey, "us-east-1", service, keys};
    head.headers.push_back({.name = "Host", .value = "127.0.0.1:8080"});
    const auto& by = verifier(service);
    constexpr std::string_view kBodyHash =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    auto signed_head = head;
    const auto added = sign(signer, head, kBodyHash, kNow);
    for (const auto& [name, value] : added) {
        signed_head.headers.push_back({.name = name, .value = value});
    }
    require(by.verify(signed_head, kNow, kBodyHash).has_value(), "what was signed verifies");
    const auto longer = std::string(head.path) + "/x";
    signed_head.path = longer;
    require(!by.verify(signed_head, kNow, kBodyHash), "but not for another path");

    auto link = head;
    const auto query = presign(signer, head, std::chrono::seconds(900), kNow);
    link.query = query;
    require(by.verify(link, kNow).has_value(), "a presigned link verifies");
    link.method = link.method == "GET" ? "PUT" : "GET";
    require(!by.verify(link, kNow), "but not for another method");
}

}  // namespace

/// Lines: the service, method, path, query, and a header each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::string_view service = input.line() == "s3" ? "s3" : "events";
    RequestHead head{.method = input.line(), .path = {}, .query = {}, .headers = {}};
    head.path = input.line();
    head.query = input.line();
    while (!input.rest().empty()) {
        const auto line = input.line();
        const auto colon = line.find(':');
        if (colon == line.npos || !is_token(line.substr(0, colon))) continue;
        head.headers.push_back(
            {.name = line.substr(0, colon), .value = field_value(line.substr(colon + 1))});
    }
    const auto proof = verifier(service).verify(head, kNow, std::string(64, '0'));
    require(!proof, "nobody signs without the secret");
    require(!proof.error().message.empty(), "a refusal has a reason");
    if (is_plain(head)) sign_then_verify(std::move(head), service);
    return 0;
}
