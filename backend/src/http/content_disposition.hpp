#pragma once

#include <string>
#include <string_view>

namespace ingestor::http {

enum class Disposition { shown, saved };

/// The value of Content-Disposition (RFC 6266): to be shown in the browser, or saved, under a name.
/// `filename` is UTF-8 and may hold anything: it is encoded as RFC 8187 has it.
[[nodiscard]] std::string content_disposition(Disposition disposition, std::string_view filename);

}  // namespace ingestor::http
