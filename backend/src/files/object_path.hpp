#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ingestor::files {

// Where an object's file stands. S3 keys are any text; file names are not. So a key is cut at its
// slashes, and each segment becomes a directory, the last one a file:
//
//   reports/2026/a b.pdf   ->  reports/2026/a b.pdf.object
//   a and a/b              ->  a.object and a/b.object
//   x//y/                  ->  x/%/y/%.object          an empty segment is a lone `%`
//   a/../b                 ->  a/%2E%2E/b.object       so are not what the kernel understands
//   100%                   ->  100%25.object           `%`, control characters: percent-encoded
//   a.object/b             ->  a.objec%74/b.object     so no directory looks like a file
//   <300 letters>          ->  <200 letters>%+/<100 letters>.object
//
// The mapping is injective: object_key() undoes it. Within a directory the names,
// decoded and with a `/` behind those of directories, sort as the keys do.

/// The file of `key` (legal: see ObjectStore), relative to the root; every name fits NAME_MAX.
[[nodiscard]] std::string object_path(std::string_view key);

/// Undoes object_path; nullopt for what is not the path of an object.
[[nodiscard]] std::optional<std::string> object_key(std::string_view path);

}  // namespace ingestor::files
