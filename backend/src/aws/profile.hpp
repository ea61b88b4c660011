#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/endpoint.hpp"
#include "base/result.hpp"

namespace ingestor::aws {

/// The settings of one profile by their lower-case names.
using Profile = std::map<std::string, std::string, std::less<>>;

/// The files that the AWS tools share: `[name]` in the one, `[profile name]` in the other.
struct ProfileFiles {
    std::string credentials_path;
    std::string config_path;
    std::string name;    ///< Of the profile.
    bool named = false;  ///< By AWS_PROFILE, and not for want of it.
};

/// Where AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE and AWS_PROFILE say, else `~/.aws` and
/// `default`.
[[nodiscard]] ProfileFiles profile_files(const Environment& environment);

/// What a section of such a file's text holds; nullopt: it has no such section. Indented lines,
/// which belong to a setting above them, are passed over.
[[nodiscard]] std::optional<Profile> read_section(std::string_view text, std::string_view section);

/// The profile of both files, where what the credentials file says counts; nullopt: neither has it.
/// Reads files, so it may block.
[[nodiscard]] std::optional<Profile> load_profile(const ProfileFiles& files);

/// AWS_REGION, else AWS_DEFAULT_REGION, else the profile's `region`. May read files, so it may
/// block. Errors: invalid_argument (none of them says).
/// Source: AWS SDKs and Tools Reference Guide, "AWS Region".
[[nodiscard]] Result<std::string> region_of(const Environment& environment);

}  // namespace ingestor::aws
