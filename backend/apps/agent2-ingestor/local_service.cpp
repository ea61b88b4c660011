#include "local_service.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/printable.hpp"
#include "data_directory.hpp"
#include "identity/local_issuer.hpp"
#include "identity/secret_file.hpp"

namespace ingestor::cli {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

/// Records of versions before it was kept have no region; it was this one unless told otherwise.
constexpr std::string_view kRegionBefore = "us-east-1";

std::string text_of(const json::value& record, std::string_view name) {
    const auto* object = record.if_object();
    const auto* value = object != nullptr ? object->if_contains(name) : nullptr;
    const auto* text = value != nullptr ? value->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

}  // namespace

Result<std::monostate> write_service_record(const std::string& data, const ServiceRecord& record) {
    const json::object text{{"url", record.url}, {"region", record.region}};
    const auto written =
        identity::write_secret_file(DataDirectory{data}.service(), json::serialize(text) + "\n");
    if (!written) return std::unexpected(written.error());
    return std::monostate{};
}

Result<ServiceRecord> read_service_record(const std::string& data) {
    const DataDirectory directory{data};
    std::ifstream in(directory.service());
    std::stringstream text;
    text << in.rdbuf();
    json::error_code error;
    const auto value = json::parse(text.str(), error);
    ServiceRecord record{.url = text_of(value, "url"), .region = text_of(value, "region")};
    if (record.region.empty()) record.region = kRegionBefore;
    if (error || record.url.empty()) {
        return fail(Errc::not_found,
                    "no service has run with the data directory '" + data +
                        "': start one with 'agent2-ingestor serve', or say where it is with --url "
                        "(or AGENT2_INGESTOR_URL) or --data (or AGENT2_INGESTOR_DATA)");
    }
    return record;
}

Result<std::monostate> open_data_directory(const std::string& data) {
    const auto access = secure_data_directory(data);
    if (!access) return std::unexpected(access.error());
    if (*access == DataDirectoryAccess::closed_to_others) {
        fmt::print(stderr,
                   "agent2-ingestor: other users could enter the data directory '{}': closed it to "
                   "them\n",
                   printable(data));
    }
    return std::monostate{};
}

Result<std::string> mint_local_token(const std::string& data, const std::string& user,
                                     std::chrono::seconds lifetime, ports::TokenScope scope) {
    const DataDirectory directory{data};
    if (!fs::is_directory(directory.issuer_keys())) {
        return fail(Errc::not_found,
                    "there is no signing key in '" + directory.issuer_keys().string() +
                        "': start 'agent2-ingestor serve' once, name its data directory with "
                        "--data, or bring a token with --token (or AGENT2_INGESTOR_TOKEN)");
    }
    const auto service = read_service_record(data);
    if (!service) return std::unexpected(service.error());
    if (const auto opened = open_data_directory(data); !opened) {
        return std::unexpected(opened.error());
    }
    const ports::SystemClock clock;
    auto issuer = identity::LocalIssuer::open(
        {.directory = directory.issuer_keys(), .issuer = service->url}, clock);
    if (!issuer) return std::unexpected(issuer.error());
    return (*issuer)->mint(user, lifetime, scope);
}

}  // namespace ingestor::cli
