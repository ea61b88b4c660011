#pragma once

#include <span>
#include <string_view>

namespace ingestor::jobs {

/// A kind of document that is read, by one of the extensions that its files have.
struct AcceptedType {
    std::string_view extension;  ///< Lower-case, without the dot.
    std::string_view content_type;
    std::string_view name;  ///< For people.
};
[[nodiscard]] std::span<const AcceptedType> accepted_types();

/// True where the name's extension or the media type is one that we may be able to read; also where
/// neither says anything, since the content decides in the end. The media type may carry
/// parameters.
[[nodiscard]] bool may_be_supported(std::string_view filename, std::string_view content_type);

/// For messages: the extensions that are taken.
[[nodiscard]] std::string_view supported_extensions();

}  // namespace ingestor::jobs
