#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace ingestor::http {

/// A file that is part of the program, in every form that it is sent in.
struct StaticFile {
    std::string_view path;    ///< `assets/index-D3adB33f.js`: no slash in front.
    std::string_view digest;  ///< Names the content in the entity tag; printable, without quotes.
    std::string_view plain;
    std::string_view brotli;  ///< Empty: there is none.
    std::string_view gzip;    ///< Empty: there is none.
};

/// Answers requests for the files of a table: in the coding that the client likes best, and with
/// 304 where it has the file already. Every form has a strong entity tag of its own.
class StaticFiles {
public:
    /// What the table points to outlives this.
    explicit StaticFiles(std::span<const StaticFile> files);

    [[nodiscard]] bool empty() const { return files_.empty(); }
    /// nullptr: there is no such file. `path` is compared as it is: decode it before.
    [[nodiscard]] const StaticFile* find(std::string_view path) const;
    [[nodiscard]] static Response answer(const Request& request, const StaticFile& file);

private:
    std::vector<StaticFile> files_;  ///< By path.
};

}  // namespace ingestor::http
