#pragma once

#include <filesystem>

namespace ingestor {

/// Where things are in a data directory; docs/operations.md lists them for the operator.
struct DataDirectory {
    std::filesystem::path root;

    [[nodiscard]] std::filesystem::path database() const { return root / "agent2-ingestor.db"; }
    [[nodiscard]] std::filesystem::path objects() const { return root / "objects"; }
    [[nodiscard]] std::filesystem::path issuer_keys() const { return root / "issuer-keys"; }
    [[nodiscard]] std::filesystem::path access_keys() const { return root / "access-keys.json"; }
    /// Where the running server answers, for the commands that look for it.
    [[nodiscard]] std::filesystem::path service() const { return root / "service.json"; }
};

}  // namespace ingestor
