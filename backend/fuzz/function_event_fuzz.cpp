#include <algorithm>

#include "fuzz.hpp"
#include "http/field_syntax.hpp"
#include "lambda/function_event.hpp"

namespace {

using namespace ingestor;
using fuzz::require;

/// A request is one that a session could have read off a connection.
void check_request(const http::Request& request) {
    require(request.target.starts_with('/'), "a target is a path");
    const auto path = request.path();
    require(std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7F; }),
            "a path is encoded");
    require(http::is_field_name(request.method_text), "a method is a token");
    require(request.request_id.empty() || http::is_request_id(request.request_id),
            "a request id is fit for the log");
    for (const auto& field : request.headers) {
        const auto name = field.name_string();
        const auto value = field.value();
        require(http::is_field_name({name.data(), name.size()}), "a header's name is a token");
        require(http::is_field_value({value.data(), value.size()}), "a header's value is one line");
    }
}

}  // namespace

/// The first line is the base path; then what Lambda hands to the function.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto base_path = input.line();
    const auto event = lambda::parse_function_event(input.rest(), base_path);
    if (!event) {
        require(event.error().code == Errc::invalid_argument, "a refusal blames the event");
        require(!event.error().message.empty(), "and says why");
        return 0;
    }
    if (const auto* http = std::get_if<lambda::HttpEvent>(&*event)) check_request(http->request);
    if (const auto* process = std::get_if<lambda::ProcessEvent>(&*event)) {
        require(!to_json(process->event).empty(), "an event can be written again");
    }
    return 0;
}
