#include "bus/destinations/secrets.hpp"

#include <algorithm>
#include <variant>
#include <vector>

#include "base/encoding.hpp"

namespace ingestor::bus::destinations {

namespace {

constexpr std::string_view kShown = "***";

void add_parameters(const ports::ConnectionParameters& parameters,
                    std::vector<std::string>& secrets) {
    for (const auto* list : {&parameters.headers, &parameters.query, &parameters.body}) {
        for (const auto& [key, value, is_secret] : *list) {
            if (is_secret) secrets.push_back(value);
        }
    }
}

std::vector<std::string> secrets_of(const ports::Connection& connection) {
    std::vector<std::string> secrets;
    const auto& authorization = connection.authorization;
    if (const auto* basic = std::get_if<ports::BasicAuthorization>(&authorization)) {
        secrets.push_back(basic->password);
        secrets.push_back(to_base64(basic->username + ":" + basic->password));
    } else if (const auto* key = std::get_if<ports::ApiKeyAuthorization>(&authorization)) {
        secrets.push_back(key->value);
    } else {
        const auto& client = std::get<ports::OAuthAuthorization>(authorization);
        secrets.push_back(client.client_secret);
        add_parameters(client.parameters, secrets);
    }
    add_parameters(connection.parameters, secrets);
    return secrets;
}

void blank_out(std::string& text, std::string_view secret) {
    if (secret.empty()) return;
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kShown.size())) {
        text.replace(at, secret.size(), kShown);
    }
}

}  // namespace

std::string without_secrets(std::string text, const ports::Connection& connection,
                            std::string_view token) {
    auto secrets = secrets_of(connection);
    // `Bearer TOKEN`: the token may be repeated without its type.
    secrets.emplace_back(token.substr(std::min(token.find(' ') + 1, token.size())));
    // One may be a part of another.
    std::ranges::sort(secrets, std::ranges::greater(), &std::string::size);
    for (const auto& secret : secrets) {
        blank_out(text, secret);
        blank_out(text, percent_encode(secret));
    }
    return text;
}

}  // namespace ingestor::bus::destinations
