#pragma once

#include <span>
#include <string>
#include <string_view>

#include "http/static_files.hpp"

namespace ingestor::api {

/// The web page: what is served under `/app/`. Its routes are the page's own (history API), so a
/// path that looks like no file is answered with the page itself. Files under `assets/` carry the
/// digest of their content in their names and never change; the page is asked for anew each time.
class Page {
public:
    /// `files` outlive this; none: the program was built without the page.
    explicit Page(std::span<const http::StaticFile> files) : files_(files) {}

    [[nodiscard]] bool is_there() const { return files_.find(kIndex) != nullptr; }

    /// `path` is what follows `/app/`, decoded. `token_endpoint` is the URL at another origin that
    /// the page has to reach in order to sign in; empty: there is none.
    [[nodiscard]] http::Response answer(const http::Request& request, std::string_view path,
                                        std::string_view token_endpoint) const;

private:
    static constexpr std::string_view kIndex = "index.html";

    http::StaticFiles files_;
};

}  // namespace ingestor::api
