#include "local_service.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>

#include "data_directory.hpp"
#include "identity/local_issuer.hpp"

namespace ingestor::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<std::monostate> write_service_url(const std::string& data, const std::string& url) {
    const DataDirectory directory{data};
    const auto temporary = directory.service().string() + ".new";
    {
        std::ofstream out(temporary, std::ios::trunc);
        out << json::serialize(json::object{{"url", url}}) << "\n";
        if (!out.flush()) return fail(Errc::unavailable, "cannot write " + temporary);
    }
    std::error_code error;
    fs::rename(temporary, directory.service(), error);
    if (error) {
        return fail(Errc::unavailable, directory.service().string() + ": " + error.message());
    }
    return std::monostate{};
}

Result<std::string> read_service_url(const std::string& data) {
    const DataDirectory directory{data};
    std::ifstream in(directory.service());
    std::stringstream text;
    text << in.rdbuf();
    json::error_code error;
    const auto value = json::parse(text.str(), error);
    const auto* object = value.if_object();
    const auto* url = object != nullptr ? object->if_contains("url") : nullptr;
    if (error || url == nullptr || !url->is_string()) {
        return fail(Errc::not_found,
                    "no service has run with the data directory '" + data +
                        "': start one with 'agent2-ingestor serve', or say where it is with --url "
                        "(or AGENT2_INGESTOR_URL) or --data (or AGENT2_INGESTOR_DATA)");
    }
    return std::string(url->get_string());
}

Result<std::string> mint_local_token(const std::string& data, const std::string& user,
                                     std::chrono::seconds lifetime) {
    const DataDirectory directory{data};
    if (!fs::is_directory(directory.issuer_keys())) {
        return fail(Errc::not_found,
                    "there is no signing key in '" + directory.issuer_keys().string() +
                        "': start 'agent2-ingestor serve' once, name its data directory with "
                        "--data, or bring a token with --token (or AGENT2_INGESTOR_TOKEN)");
    }
    auto url = read_service_url(data);
    if (!url) return url;
    const SystemClock clock;
    auto issuer = LocalIssuer::open({.directory = directory.issuer_keys(), .issuer = *url}, clock);
    if (!issuer) return std::unexpected(issuer.error());
    return (*issuer)->mint(user, lifetime);
}

}  // namespace ingestor::cli
