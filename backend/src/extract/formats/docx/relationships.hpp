#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "extract/container/zip_package.hpp"

namespace ingestor::extract::docx {

/// What one part of an Office package refers to (ECMA-376 part 2).
class Relationships {
public:
    /// Those of `part`; of the package itself if it is empty. None if the part names none.
    /// Errors: corrupt, encrypted, too_large.
    [[nodiscard]] static Result<Relationships> of(container::ZipPackage& package,
                                                  const std::string& part);

    /// The part of the first relationship whose type ends in `/kind`; empty if there is none.
    [[nodiscard]] std::string part_of_kind(std::string_view kind) const;
    /// The parts of all relationships of a kind, each once.
    [[nodiscard]] std::vector<std::string> parts_of_kind(std::string_view kind) const;
    /// The part of a relationship's id; empty if there is none in the package.
    [[nodiscard]] std::string part_of_id(const std::string& id) const;
    /// The URL of a relationship that leads outside; empty if there is none.
    [[nodiscard]] std::string url_of_id(const std::string& id) const;

private:
    struct Target {
        std::string kind;
        std::string target;
        bool external = false;
    };
    std::map<std::string, Target> targets_;
};

}  // namespace ingestor::extract::docx
