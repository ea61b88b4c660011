#include "sigv4/credential_text.hpp"

#include <algorithm>
#include <array>

namespace ingestor::sigv4 {

std::optional<CredentialText> parse_credential(std::string_view text) {
    std::array<std::string_view, 5> parts;
    for (auto& part : parts) {
        const auto end = std::min(text.find('/'), text.size());
        part = text.substr(0, end);
        const bool is_last = &part == &parts.back();
        if (is_last != (end == text.size())) return std::nullopt;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const auto& [id, date, region, service, terminator] = parts;
    if (terminator != "aws4_request" || id.empty()) return std::nullopt;
    return CredentialText{.access_key_id = std::string(id),
                          .scope = {.date = std::string(date),
                                    .region = std::string(region),
                                    .service = std::string(service)}};
}

}  // namespace ingestor::sigv4
