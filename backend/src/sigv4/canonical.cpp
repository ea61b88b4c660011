#include "sigv4/canonical.hpp"

#include <algorithm>
#include <utility>

#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::sigv4 {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

void append_folded(std::string& out, std::string_view value) {
    bool gap = false;
    for (const char c : trimmed(value)) {
        if (is_blank(c)) {
            gap = true;
            continue;
        }
        if (std::exchange(gap, false)) out += ' ';
        out += c;
    }
}

void append_header(std::string& out, const RequestHead& head, std::string_view name) {
    out += name;
    out += ':';
    bool first = true;
    for (const auto& field : head.headers) {
        if (!equal_ignoring_case(field.name, name)) continue;
        if (!std::exchange(first, false)) out += ',';
        append_folded(out, field.value);
    }
    out += '\n';
}

std::string normalised(std::string_view path) {
    std::vector<std::string_view> kept;
    bool directory = false;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto segment = path.substr(at, end - at);
        directory = segment.empty() || segment == "." || segment == "..";
        if (segment == ".." && !kept.empty()) kept.pop_back();
        if (!directory) kept.push_back(segment);
        at = end + 1;
    }
    std::string out;
    for (const auto segment : kept) {
        out += '/';
        out += segment;
    }
    if (directory || out.empty()) out += '/';
    return out;
}

}  // namespace

std::string Scope::text() const {
    return date + '/' + region + '/' + service + "/aws4_request";
}

std::optional<std::string_view> RequestHead::header(std::string_view name) const {
    for (const auto& field : headers) {
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

std::vector<QueryParameter> parse_query(std::string_view query) {
    std::vector<QueryParameter> out;
    for (std::size_t at = 0; at < query.size();) {
        const auto end = std::min(query.find('&', at), query.size());
        const auto pair = query.substr(at, end - at);
        at = end + 1;
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view{};
        out.push_back(
            {.name = percent_decode(pair.substr(0, equals)), .value = percent_decode(value)});
    }
    return out;
}

const std::string* find_parameter(std::span<const QueryParameter> query, std::string_view name) {
    const auto found = std::ranges::find(query, name, &QueryParameter::name);
    return found == query.end() ? nullptr : &found->value;
}

PathRule path_rule_of(std::string_view service) {
    return service == "s3" ? PathRule::s3 : PathRule::normalised;
}

std::string canonical_path(std::string_view path, PathRule rule) {
    if (rule == PathRule::normalised) return percent_encode(normalised(path), "/");
    // Segment by segment, so that an encoded slash stays encoded.
    std::string out;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        if (at > 0) out += '/';
        out += percent_encode(percent_decode(path.substr(at, end - at)));
        at = end + 1;
    }
    return out.empty() ? "/" : out;
}

std::string canonical_query(std::span<const QueryParameter> query, std::string_view without) {
    std::vector<std::pair<std::string, std::string>> encoded;
    encoded.reserve(query.size());
    for (const auto& parameter : query) {
        if (!without.empty() && parameter.name == without) continue;
        encoded.emplace_back(percent_encode(parameter.name), percent_encode(parameter.value));
    }
    std::ranges::sort(encoded);
    std::string out;
    for (const auto& [name, value] : encoded) {
        if (!out.empty()) out += '&';
        out += name;
        out += '=';
        out += value;
    }
    return out;
}

std::string canonical_request(const RequestHead& head, std::span<const QueryParameter> query,
                              std::span<const std::string> signed_headers,
                              std::string_view payload_hash, PathRule rule) {
    std::string out(head.method);
    out += '\n';
    out += canonical_path(head.path, rule);
    out += '\n';
    out += canonical_query(query, kSignatureParameter);
    out += '\n';
    for (const auto& name : signed_headers) append_header(out, head, name);
    out += '\n';
    for (std::size_t i = 0; i < signed_headers.size(); ++i) {
        if (i > 0) out += ';';
        out += signed_headers[i];
    }
    out += '\n';
    out += payload_hash;
    return out;
}

std::string string_to_sign(std::string_view time, const Scope& scope,
                           std::string_view canonical_request) {
    std::string out(kAlgorithm);
    out += '\n';
    out += time;
    out += '\n';
    out += scope.text();
    out += '\n';
    out += sha256_hex(canonical_request);
    return out;
}

}  // namespace ingestor::sigv4
