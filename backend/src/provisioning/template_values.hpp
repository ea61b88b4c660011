#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/result.hpp"
#include "domain/names.hpp"

namespace ingestor::provisioning {

/// Works out the values of a CloudFormation template: `Ref`, `Fn::Sub`, `Fn::GetAtt` and `Fn::Join`
/// in both spellings, over parameters, pseudo parameters and the resources of the template itself
/// ("Intrinsic function reference" in the CloudFormation user guide). Other functions are refused,
/// as are functions that lead back to where they stand, and values that are too large in all: a
/// few lines can ask for more than any memory holds.
class TemplateValues {
public:
    /// Errors: invalid_argument (a parameter has no value, or one that is not allowed).
    [[nodiscard]] static Result<TemplateValues> create(const YAML::Node& root,
                                                       const domain::Names& names);

    /// The text of a scalar or of a function call. `place` is for messages.
    [[nodiscard]] Result<std::string> text(const YAML::Node& node, const std::string& place);
    /// The JSON of any value, with its functions worked out. Plain scalars are numbers, booleans or
    /// null where they look it; quoted ones are strings.
    [[nodiscard]] Result<std::string> json(const YAML::Node& node, const std::string& place);

private:
    TemplateValues(const YAML::Node& resources, domain::Names names);

    [[nodiscard]] Result<std::string> ref(const std::string& name, const std::string& place);
    [[nodiscard]] Result<std::string> attribute(const std::string& path, const std::string& place);
    /// A property of the resource of that name, for a function that stands at `place`.
    [[nodiscard]] Result<std::string> property(const std::string& resource, const char* name,
                                               const std::string& place);
    [[nodiscard]] Result<std::string> substitute(std::string_view text,
                                                 const std::map<std::string, std::string>& own,
                                                 const std::string& place);
    [[nodiscard]] Result<std::string> call(std::string_view function, const YAML::Node& argument,
                                           const std::string& place);
    [[nodiscard]] Result<std::string> value_of(const YAML::Node& node, const std::string& place);
    [[nodiscard]] Result<std::string> json_of(const YAML::Node& node, const std::string& place);
    /// Counts a value that was worked out against what all may take together.
    [[nodiscard]] Result<std::string> counted(Result<std::string> value, const std::string& place);

    YAML::Node resources_;
    domain::Names names_;
    std::map<std::string, std::string> parameters_;
    std::vector<std::string> open_;  ///< The properties being worked out, outermost first.
    std::size_t depth_ = 0;
    std::size_t bytes_left_;
};

}  // namespace ingestor::provisioning
