#include "extract/formats/docx/relationships.hpp"

#include <algorithm>
#include <ranges>
#include <vector>

#include "extract/formats/docx/wordml.hpp"

namespace ingestor::extract::docx {
namespace {

constexpr std::uint64_t kPartBytesMax = std::uint64_t{16} << 20;

std::string folder_of(std::string_view part) {
    const std::size_t slash = part.rfind('/');
    return slash == std::string_view::npos ? std::string() : std::string(part.substr(0, slash));
}

std::string relationships_part(std::string_view part) {
    const std::size_t slash = part.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? part : part.substr(slash + 1);
    const std::string folder = folder_of(part);
    return (folder.empty() ? "" : folder + "/") + "_rels/" + std::string(name) + ".rels";
}

/// A target's name in the package. A path that climbs out of the package stays at its root, where
/// it names nothing that is not the document's own.
std::string resolved(std::string_view target, const std::string& folder) {
    std::vector<std::string_view> steps;
    const auto walk = [&](std::string_view path) {
        for (const auto piece : std::views::split(path, '/')) {
            const std::string_view step(piece.begin(), piece.end());
            if (step.empty() || step == ".") continue;
            if (step != "..") {
                steps.push_back(step);
            } else if (!steps.empty()) {
                steps.pop_back();
            }
        }
    };
    if (!target.starts_with('/')) walk(folder);
    walk(target);
    std::string out;
    for (const std::string_view step : steps) {
        if (!out.empty()) out += '/';
        out += step;
    }
    return out;
}

}  // namespace

Result<Relationships> Relationships::of(container::ZipPackage& package, const std::string& part) {
    Relationships out;
    const std::string source = relationships_part(part);
    if (!package.has(source)) return out;
    const auto bytes = package.read(source, kPartBytesMax);
    if (!bytes) return std::unexpected(bytes.error());
    const auto document = container::parse_xml(*bytes, source);
    if (!document) return std::unexpected(document.error());
    const xmlNode* root = xmlDocGetRootElement(document->get());
    for (const xmlNode* at = root == nullptr ? nullptr : root->children; at != nullptr;
         at = at->next) {
        if (local_name(at) != "Relationship") continue;
        const std::string type = attribute(at, "Type");
        const std::string target = attribute(at, "Target");
        const bool external = attribute(at, "TargetMode") == "External";
        out.targets_[attribute(at, "Id")] = {
            .kind = type.substr(type.rfind('/') + 1),
            .target = external ? target : resolved(target, folder_of(part)),
            .external = external};
    }
    return out;
}

std::string Relationships::part_of_kind(std::string_view kind) const {
    for (const auto& [id, target] : targets_) {
        if (target.kind == kind && !target.external) return target.target;
    }
    return {};
}

std::vector<std::string> Relationships::parts_of_kind(std::string_view kind) const {
    std::vector<std::string> parts;
    for (const auto& [id, target] : targets_) {
        const bool known = std::ranges::find(parts, target.target) != parts.end();
        if (target.kind == kind && !target.external && !known) parts.push_back(target.target);
    }
    return parts;
}

std::string Relationships::part_of_id(const std::string& id) const {
    const auto found = targets_.find(id);
    return found == targets_.end() || found->second.external ? std::string() : found->second.target;
}

std::string Relationships::url_of_id(const std::string& id) const {
    const auto found = targets_.find(id);
    return found == targets_.end() || !found->second.external ? std::string()
                                                              : found->second.target;
}

}  // namespace ingestor::extract::docx
