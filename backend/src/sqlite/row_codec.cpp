#include "sqlite/row_codec.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "base/uuid.hpp"

namespace ingestor::sqlite {

std::optional<JobKey> JobKey::of(const domain::JobId& job_id) {
    if (!is_uuid(job_id.value())) return std::nullopt;
    const auto nibble = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    JobKey key;
    std::size_t place = 0;
    for (const char digit : job_id.value()) {
        if (digit == '-') continue;
        auto& byte = key.bytes_.at(place / 2);
        byte = static_cast<char>((static_cast<unsigned char>(byte) << 4) | nibble(digit));
        ++place;
    }
    return key;
}

KeyRange::KeyRange(std::string_view text) {
    constexpr std::string_view kLeast = "00000000-0000-0000-0000-000000000000";
    constexpr std::string_view kMost = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    if (text.size() > kLeast.size()) return;
    const auto least =
        JobKey::of(domain::JobId{std::string(text).append(kLeast.substr(text.size()))});
    const auto most =
        JobKey::of(domain::JobId{std::string(text).append(kMost.substr(text.size()))});
    if (!least || !most) return;
    first_ = least->bytes();
    last_ = most->bytes();
}

domain::ObjectKey object_key_at(const Query& row, int column) {
    auto key = domain::ObjectKey::parse(row.text(column));
    if (!key) {
        throw StorageFailure{
            {.code = Errc::corrupt, .message = "the database: " + key.error().message}};
    }
    return std::move(*key);
}

domain::JobId job_id_of(std::string_view bytes) {
    auto text = to_hex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U})
        text.insert(std::min(dash, text.size()), "-");
    return domain::JobId{std::move(text)};
}

std::string join_resources(const std::vector<std::string>& resources) {
    std::string text;
    for (const auto& resource : resources) {
        for (const char c : resource) {
            if (c == '\n') {
                text += "\\n";
            } else if (c == '\\') {
                text += "\\\\";
            } else {
                text += c;
            }
        }
        text += '\n';
    }
    return text;
}

std::vector<std::string> split_resources(std::string_view text) {
    std::vector<std::string> resources;
    std::string resource;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\n') {
            resources.push_back(std::move(resource));
            resource.clear();
        } else if (text[at] == '\\' && at + 1 < text.size()) {
            ++at;
            resource += text[at] == 'n' ? '\n' : text[at];
        } else {
            resource += text[at];
        }
    }
    return resources;
}

namespace {

std::map<std::string, std::string> texts_of(const boost::json::value& object) {
    std::map<std::string, std::string> texts;
    if (!object.is_object()) return texts;
    for (const auto& [key, text] : object.get_object()) {
        if (text.is_string()) texts.emplace(key, text.get_string());
    }
    return texts;
}

}  // namespace

std::string join_tags(const ports::Tags& tags) {
    boost::json::object text;
    for (const auto& [key, value] : tags) text[key] = value;
    return boost::json::serialize(text);
}

ports::Tags split_tags(std::string_view text) {
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    return error ? ports::Tags() : texts_of(value);
}

std::string input_text(const eventbridge::transform::TargetInput& input) {
    boost::json::object text;
    if (const auto* constant = std::get_if<eventbridge::transform::ConstantInput>(&input)) {
        text["Input"] = constant->json;
    } else if (const auto* part = std::get_if<eventbridge::transform::InputPath>(&input)) {
        text["InputPath"] = part->path;
    } else if (const auto* made = std::get_if<eventbridge::transform::InputTransformer>(&input)) {
        boost::json::object paths;
        for (const auto& [name, path] : made->paths) paths[name] = path;
        text["InputPathsMap"] = std::move(paths);
        text["InputTemplate"] = made->input_template;
    } else {
        return {};
    }
    return boost::json::serialize(text);
}

eventbridge::transform::TargetInput input_of(std::string_view text) {
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    if (error || !value.is_object()) return {};
    const auto& members = value.get_object();
    const auto text_at = [&members](std::string_view name) -> std::optional<std::string> {
        const auto* member = members.if_contains(name);
        if (member == nullptr || !member->is_string()) return std::nullopt;
        return std::string(member->get_string());
    };
    if (auto json = text_at("Input"))
        return eventbridge::transform::ConstantInput{std::move(*json)};
    if (auto path = text_at("InputPath"))
        return eventbridge::transform::InputPath{std::move(*path)};
    if (auto made = text_at("InputTemplate")) {
        eventbridge::transform::InputTransformer transformer{.input_template = std::move(*made)};
        if (const auto* paths = members.if_contains("InputPathsMap")) {
            transformer.paths = texts_of(*paths);
        }
        return transformer;
    }
    return {};
}

}  // namespace ingestor::sqlite
