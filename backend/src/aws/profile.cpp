#include "aws/profile.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace ingestor::aws {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Takes the first line off the text.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// `[ profile  x ]` is `profile x`.
std::string section_name(std::string_view line) {
    line = trimmed(line.substr(1, line.find(']') - 1));
    const auto blank = line.find_first_of(" \t");
    if (blank == line.npos) return std::string(line);
    return std::string(line.substr(0, blank)) + ' ' + std::string(trimmed(line.substr(blank)));
}

}  // namespace

ProfileFiles profile_files(const Environment& environment) {
    const auto home = environment("HOME").value_or("") + "/.aws/";
    const auto name = environment("AWS_PROFILE");
    return {.credentials_path =
                environment("AWS_SHARED_CREDENTIALS_FILE").value_or(home + "credentials"),
            .config_path = environment("AWS_CONFIG_FILE").value_or(home + "config"),
            .name = name.value_or("default"),
            .named = name.has_value()};
}

std::optional<Profile> read_section(std::string_view text, std::string_view section) {
    std::optional<Profile> found;
    bool inside = false;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        if (line.starts_with('[') && line.find(']') != line.npos) {
            inside = section_name(line) == section;
            if (inside && !found) found.emplace();
            continue;
        }
        const auto equals = line.find('=');
        if (!inside || equals == line.npos || line.starts_with(' ') || line.starts_with('\t')) {
            continue;
        }
        (*found)[lower_case(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
    }
    return found;
}

std::optional<Profile> load_profile(const ProfileFiles& files) {
    const auto config = text_of(files.config_path);
    auto settings = read_section(config, "profile " + files.name);
    // The default one is written either way.
    if (!settings && files.name == "default") settings = read_section(config, "default");
    auto keys = read_section(text_of(files.credentials_path), files.name);
    if (!settings) return keys;
    if (keys) {
        for (const auto& [name, value] : *keys) (*settings)[name] = value;
    }
    return settings;
}

Result<std::string> region_of(const Environment& environment) {
    for (const auto* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (auto region = environment(name)) return *region;
    }
    const auto files = profile_files(environment);
    const auto profile = load_profile(files);
    const auto region = profile ? profile->find("region") : Profile::const_iterator();
    if (profile && region != profile->end() && !region->second.empty()) return region->second;
    return fail(Errc::invalid_argument,
                fmt::format("no region is set: give AWS_REGION, such as us-east-1, or the profile "
                            "'{}' a region in {}",
                            files.name, files.config_path),
                "AWS_REGION");
}

}  // namespace ingestor::aws
