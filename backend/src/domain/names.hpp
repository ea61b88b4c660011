#pragma once

#include <string>
#include <string_view>

namespace ingestor::domain {

// Names on the wire, fixed by the architecture document. A rule that misspells one matches nothing
// and says nothing, so they stand once, here, with a test that compares them with the template.

inline constexpr std::string_view kEventSource = "agent2.ingestor";
inline constexpr std::string_view kProcessingRequired = "Document Processing Required";
inline constexpr std::string_view kProcessingCompleted = "Document Processing Completed";
inline constexpr std::string_view kProcessingFailed = "Document Processing Failed";
inline constexpr std::string_view kQueuedMessage =
    "Job created and queued for processing. Check Jobs page for status.";

/// The bus that every account has; it cannot be deleted.
inline constexpr std::string_view kDefaultBus = "default";

/// Uploads of a user stand under this prefix, then their id and a slash.
inline constexpr std::string_view kUploadsPrefix = "uploads/";

/// The names of one environment (`dev`, `test`, `main`).
struct Names {
    std::string environment = "dev";
    std::string region = "us-east-1";
    std::string account = "000000000000";
    std::string bucket_name = {};  ///< Empty: named after the region.

    [[nodiscard]] std::string event_bus() const { return "agent2-ingestor-events-" + environment; }
    [[nodiscard]] std::string rule() const {
        return "agent2-ingestor-document-processing-" + environment;
    }
    [[nodiscard]] std::string function() const { return "agent2-ingestor-api-" + environment; }
    [[nodiscard]] std::string log_group() const { return "/aws/lambda/" + function(); }
    [[nodiscard]] std::string bucket() const {
        return bucket_name.empty() ? "agent2-ingestor-bucket-" + region : bucket_name;
    }
    [[nodiscard]] std::string function_arn() const {
        return "arn:aws:lambda:" + region + ":" + account + ":function:" + function();
    }
    [[nodiscard]] std::string event_bus_arn() const { return event_bus_arn(event_bus()); }
    [[nodiscard]] std::string event_bus_arn(std::string_view bus) const {
        return arn_of_events("event-bus/").append(bus);
    }
    [[nodiscard]] std::string archive_arn(std::string_view archive) const {
        return arn_of_events("archive/").append(archive);
    }
    [[nodiscard]] std::string replay_arn(std::string_view replay) const {
        return arn_of_events("replay/").append(replay);
    }
    /// `id`: a UUID of the connection or destination of that name.
    [[nodiscard]] std::string connection_arn(std::string_view name, std::string_view id) const {
        return arn_of_events("connection/").append(name).append("/").append(id);
    }
    /// Where AWS keeps what is secret of it.
    [[nodiscard]] std::string connection_secret_arn(std::string_view name,
                                                    std::string_view id) const {
        return std::string("arn:aws:secretsmanager:" + region + ":" + account +
                           ":secret:events!connection/")
            .append(name)
            .append("/")
            .append(id)
            .append("-")
            .append(id.substr(0, 6));
    }
    [[nodiscard]] std::string api_destination_arn(std::string_view name,
                                                  std::string_view id) const {
        return arn_of_events("api-destination/").append(name).append("/").append(id);
    }
    /// The default bus does not stand in the ARNs of its rules.
    [[nodiscard]] std::string rule_arn(std::string_view bus, std::string_view rule_name) const {
        auto arn = arn_of_events("rule/");
        if (bus != kDefaultBus) arn.append(bus).append("/");
        return arn.append(rule_name);
    }

private:
    [[nodiscard]] std::string arn_of_events(std::string_view kind) const {
        return std::string("arn:aws:events:" + region + ":" + account + ":").append(kind);
    }
};

}  // namespace ingestor::domain
