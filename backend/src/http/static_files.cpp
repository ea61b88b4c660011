#include "http/static_files.hpp"

#include <algorithm>
#include <array>

#include "http/accept_encoding.hpp"
#include "http/entity_tag.hpp"

namespace ingestor::http {

namespace {

std::string_view content_type_of(std::string_view path) {
    constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/vnd.microsoft.icon"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (const auto& [ending, type] : kTypes) {
        if (path.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

std::string_view bytes_of(const StaticFile& file, ContentCoding coding) {
    switch (coding) {
        case ContentCoding::identity:
            return file.plain;
        case ContentCoding::gzip:
            return file.gzip;
        case ContentCoding::brotli:
            return file.brotli;
    }
    return file.plain;
}

ContentCoding coding_for(const Request& request, const StaticFile& file) {
    std::vector<ContentCoding> available;
    for (const auto coding : {ContentCoding::brotli, ContentCoding::gzip}) {
        if (!bytes_of(file, coding).empty()) available.push_back(coding);
    }
    return choose_coding(request.header("accept-encoding"), available);
}

}  // namespace

StaticFiles::StaticFiles(std::span<const StaticFile> files) : files_(files.begin(), files.end()) {
    std::ranges::sort(files_, {}, &StaticFile::path);
}

const StaticFile* StaticFiles::find(std::string_view path) const {
    const auto found = std::ranges::lower_bound(files_, path, {}, &StaticFile::path);
    return found != files_.end() && found->path == path ? &*found : nullptr;
}

Response StaticFiles::answer(const Request& request, const StaticFile& file) {
    const auto coding = coding_for(request, file);
    const bool is_coded = coding != ContentCoding::identity;
    std::string tag = "\"" + std::string(file.digest);
    if (is_coded) tag.append("-").append(to_string(coding));
    tag.push_back('"');

    Response response;
    response.set("etag", tag);
    response.set("vary", "Accept-Encoding");
    if (if_none_match_matches(request.header("if-none-match"), tag)) {
        response.status = 304;
        return response;
    }
    response.set("content-type", std::string(content_type_of(file.path)));
    if (is_coded) response.set("content-encoding", std::string(to_string(coding)));
    response.body = std::string(bytes_of(file, coding));
    return response;
}

}  // namespace ingestor::http
