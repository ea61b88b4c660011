#include <variant>

#include <boost/json.hpp>

#include "api/body.hpp"
#include "api/bus/messages.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;
using fuzz::require;
namespace json = boost::json;

/// Clients read `detail` as a list of faults, each with its place.
void check_problem(const http::Response& response) {
    require(response.status == 422, "a body that is wrong is a 422");
    const auto answer = json::parse(std::get<std::string>(response.body));
    for (const auto& fault : answer.at("detail").as_array()) {
        require(!fault.at("loc").as_array().empty(), "a fault has a place");
        require(fault.at("msg").is_string() && fault.at("type").is_string(), "and a reason");
    }
}

}  // namespace

/// The JSON body of a request, read as the handlers do: by its table, and field by field.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::Input(data, size).rest();
    const auto rule = api::bus::whole_rule_message().read(text);
    if (rule) {
        const auto again = json::serialize(api::bus::whole_rule_message().write(*rule));
        require(api::bus::whole_rule_message().read(again).has_value(),
                "what was read can be written and read again");
    } else {
        check_problem(rule.error());
    }
    const auto body = api::parse_object(text);
    if (!body) {
        check_problem(body.error());
        return 0;
    }
    api::Fields fields(*body);
    static_cast<void>(fields.required_text("filename"));
    static_cast<void>(fields.optional_text("job_name"));
    static_cast<void>(fields.optional_list("job_ids"));
    if (const auto* files = fields.required_list("files")) {
        for (std::size_t i = 0; i < files->size(); ++i) {
            const auto* object = (*files)[i].if_object();
            if (object == nullptr) continue;
            api::Fields file(*object, "files." + std::to_string(i), fields.faults());
            static_cast<void>(file.required_text("file_key"));
        }
    }
    if (!fields.faults().empty()) {
        check_problem(api::validation_problem(std::move(fields.faults())));
    }
    return 0;
}
