#include <boost/json.hpp>

#include "fuzz.hpp"
#include "provisioning/template.hpp"

/// The text of a CloudFormation template.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using namespace ingestor::provisioning;
    using fuzz::require;
    const auto provision = read_template(fuzz::Input(data, size).rest(), domain::Names{});
    if (!provision) {
        require(provision.error().code == Errc::invalid_argument, "what is wrong is the template");
        require(!provision.error().message.empty(), "a refusal has a reason");
        return 0;
    }
    require(!provision->bus.name.empty(), "a bus has a name");
    for (const auto& rule : provision->rules) {
        boost::system::error_code error;
        boost::json::parse(rule.event_pattern, error);
        require(!error, "a pattern is JSON");
        for (const auto& target : rule.targets) {
            require(target.maximum_retry_attempts >= 0 && target.maximum_retry_attempts <= 185,
                    "EventBridge takes up to 185 retries");
        }
    }
    return 0;
}
