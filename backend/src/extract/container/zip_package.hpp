#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"

struct zip;

namespace ingestor::extract::container {

/// A zip package in memory, of which parts are read by name and nothing is ever unpacked to disk.
/// What all reads together unpack is bounded, and a part's size must be the one it claims.
class ZipPackage {
public:
    /// `bytes` must outlive the package.
    /// Errors: corrupt (no zip, cut off, or entries that overlap).
    [[nodiscard]] static Result<ZipPackage> open(std::string_view bytes,
                                                 std::uint64_t unpacked_bytes_max);

    [[nodiscard]] bool has(const std::string& part) const;
    /// Errors: not_found, corrupt, encrypted, too_large (the package's bound, or `part_bytes_max`),
    /// unsupported (a method of compression that is not known).
    [[nodiscard]] Result<std::string> read(const std::string& part,
                                           std::uint64_t part_bytes_max = UINT64_MAX);

private:
    struct Closer {
        void operator()(zip* archive) const;
    };

    explicit ZipPackage(zip* archive, std::uint64_t unpacked_bytes_max)
        : archive_(archive), unpacked_bytes_left_(unpacked_bytes_max) {}

    std::unique_ptr<zip, Closer> archive_;
    std::uint64_t unpacked_bytes_left_;
    std::unordered_map<std::string, std::uint64_t> entries_;  ///< By name in lower case.
};

}  // namespace ingestor::extract::container
