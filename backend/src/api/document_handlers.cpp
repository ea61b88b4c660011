// Documents as they came, and what was made of them.
#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/problem.hpp"
#include "http/byte_range.hpp"
#include "http/content_disposition.hpp"
#include "http/entity_tag.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

/// What browsers show by themselves without running anything that it holds.
bool may_be_shown(const domain::JobFile& file) {
    constexpr std::array<std::string_view, 5> kShown = {"application/pdf", "image/png",
                                                        "image/jpeg", "image/gif", "image/webp"};
    // Only what the extraction has recognised: until then the type is the uploader's word.
    return file.status == domain::FileStatus::completed &&
           std::ranges::find(kShown, file.content_type) != kShown.end();
}

/// Puts the object, or the part that is asked for, into the answer.
http::Response send_object(const http::Request& request, http::Response response,
                           ports::OpenObject object) {
    const auto etag = "\"" + object.info.etag.value() + "\"";
    const auto size = object.info.size_bytes;
    response.set("etag", etag);
    response.set("accept-ranges", "bytes");
    response.set("cache-control", "private, no-cache");
    if (http::if_none_match_matches(request.header("if-none-match"), etag)) {
        response.status = 304;
        return response;
    }
    http::ByteRange part{.first = 0, .length = size};
    const auto condition = request.header("if-range");
    if (condition.empty() || condition == etag) {
        const auto range = http::parse_range(request.header("range"), size);
        if (!range) {
            auto refused = http::detail_response(
                416, "the range lies behind the end: there are " + std::to_string(size) + " bytes");
            refused.set("content-range", "bytes */" + std::to_string(size));
            return refused;
        }
        if (*range) {
            part = **range;
            response.status = 206;
            response.set("content-range", "bytes " + std::to_string(part.first) + "-" +
                                              std::to_string(part.first + part.length - 1) + "/" +
                                              std::to_string(size));
        }
    }
    auto owner = std::make_shared<FileDescriptor>(std::move(object.file));
    response.body = http::FileBody{
        .fd = owner->get(), .offset = part.first, .length = part.length, .owner = owner};
    return response;
}

Result<std::uint32_t> index_of(const http::PathParameters& path) {
    return number_of(path.get("n"), "n", 0, domain::kFilesInJobMax - 1);
}

}  // namespace

Answering Api::output(Call call, formats::OutputKind kind) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    const auto index = index_of(call.path);
    if (!index) co_return problem(index.error(), Place::path);
    auto found = co_await dependencies_.jobs.find_output(call.who, *job_id, *index, kind);
    if (!found) co_return problem(found.error());

    const auto& row = formats::row_of(kind);
    const auto& name = found->file.filename;
    const auto dot = name.rfind('.');
    const auto stem = dot == 0 ? name : name.substr(0, dot);
    http::Response response;
    response.set("content-type", std::string(row.content_type));
    // A document may hold a page; opened by itself it must not act as one of ours.
    response.set("content-security-policy", "sandbox; default-src 'none'");
    response.set(
        "content-disposition",
        http::content_disposition(http::Disposition::saved, stem + std::string(row.extension)));
    co_return co_await answer_object(call.request, std::move(response), std::move(*found));
}

Answering Api::answer_object(http::Request& request, http::Response response,
                             jobs::StoredDocument document) {
    const auto& links = dependencies_.object_links;
    if (!links || document.object.size_bytes <= links->answer_bytes_max) {
        const auto portion =
            request.header("range").empty() ? jobs::Portion::whole : jobs::Portion::part;
        auto opened = co_await dependencies_.jobs.open(document, portion);
        if (!opened) co_return problem(opened.error());
        co_return send_object(request, std::move(response), std::move(*opened));
    }
    auto header = [&response](std::string_view name) {
        const auto found =
            std::ranges::find(response.headers, name, &std::pair<std::string, std::string>::first);
        return found == response.headers.end() ? std::string() : found->second;
    };
    auto link = links->presign_get(document.object.key, header("content-type"),
                                   header("content-disposition"));
    if (!link) co_return problem(link.error());
    http::Response elsewhere;
    elsewhere.status = 302;
    elsewhere.set("location", std::move(*link));
    elsewhere.set("cache-control", "no-store");
    co_return elsewhere;
}

Answering Api::markdown(Call call) {
    return output(call, formats::OutputKind::markdown);
}
Answering Api::sidecar(Call call) {
    return output(call, formats::OutputKind::sidecar);
}
Answering Api::chunks(Call call) {
    return output(call, formats::OutputKind::chunks);
}

Answering Api::source(Call call) {
    auto job_id = job_id_of(call.path);
    if (!job_id) co_return problem(job_id.error(), Place::path);
    const auto index = index_of(call.path);
    if (!index) co_return problem(index.error(), Place::path);
    auto found = co_await dependencies_.jobs.find_source(call.who, *job_id, *index);
    if (!found) co_return problem(found.error());

    const auto& file = found->file;
    const bool shown = may_be_shown(file);
    http::Response response;
    response.set("content-type", shown ? file.content_type : "application/octet-stream");
    response.set("content-disposition",
                 http::content_disposition(
                     shown ? http::Disposition::shown : http::Disposition::saved, file.filename));
    // Browsers show no PDF in a sandbox; they run none of its scripts in our origin either.
    response.set("content-security-policy", shown && file.content_type == "application/pdf"
                                                ? "frame-ancestors 'self'"
                                                : "sandbox; default-src 'none'");
    response.set("cross-origin-resource-policy", "same-origin");
    co_return co_await answer_object(call.request, std::move(response), std::move(*found));
}

Answering Api::find_documents(Call call) {
    auto sha256 = call.request.query_parameter("sha256");
    if (!sha256) {
        co_return validation_problem(Place::query, "sha256", "Field required", "missing");
    }
    const auto found = co_await dependencies_.jobs.find_documents(call.who, std::move(*sha256));
    if (!found) co_return problem(found.error(), Place::query);
    json::array documents;
    for (const auto& document : *found) {
        documents.push_back(json::object{{"job_id", document.job_id.value()},
                                         {"n", document.index},
                                         {"filename", document.filename},
                                         {"job_name", document.job_name},
                                         {"status", domain::to_string(document.status)},
                                         {"created_at", to_rfc3339(document.created_at)}});
    }
    co_return json_answer(200, {{"documents", std::move(documents)}});
}

}  // namespace ingestor::api
