#include <limits>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/body.hpp"
#include "api/body_limits.hpp"
#include "base/encoding.hpp"
#include "http/form.hpp"
#include "http/multipart.hpp"

namespace ingestor::api {

namespace json = boost::json;

namespace {

std::expected<jobs::SubmitRequest, http::Response> submit_request_of(std::string_view text) {
    auto body = parse_object(text);
    if (!body) return std::unexpected(std::move(body.error()));
    Fields fields(*body);
    jobs::SubmitRequest request;
    request.job_name = fields.optional_text("job_name");
    if (const auto* files = fields.required_list("files")) {
        // Not to build a long list of faults for a long list of files.
        if (files->size() > domain::kFilesInJobMax) {
            fields.add("files",
                       "List should have at most " + std::to_string(domain::kFilesInJobMax) +
                           " items after validation, not " + std::to_string(files->size()),
                       "too_long");
            return std::unexpected(validation_problem(std::move(fields.faults())));
        }
        request.files.reserve(files->size());
        for (std::size_t i = 0; i < files->size(); ++i) {
            const auto place = "files." + std::to_string(i);
            const auto* object = (*files)[i].if_object();
            if (object == nullptr) {
                fields.add(place, "Input should be a JSON object", "model_attributes_type");
                continue;
            }
            Fields file(*object, place, fields.faults());
            request.files.push_back(
                jobs::SubmittedFile{.file_key = file.required_text("file_key"),
                                    .filename = file.optional_text("filename")});
        }
    }
    if (!fields.faults().empty()) {
        return std::unexpected(validation_problem(std::move(fields.faults())));
    }
    return request;
}

/// For the next of several files to be stored.
constexpr std::chrono::seconds kPartDeadline{10};
/// A form has few and short fields.
constexpr std::size_t kFormFieldsMax = 16;
constexpr std::size_t kFormBytesMax = std::size_t{64} << 10;

/// The text fields of a form in either of its media types.
boost::asio::awaitable<Result<json::object>> read_form(http::Request& request,
                                                       std::string_view type) {
    json::object fields;
    if (type == "application/x-www-form-urlencoded") {
        const auto text = co_await request.body->read_all(kFormBytesMax);
        if (!text) co_return std::unexpected(text.error());
        const auto pairs = http::parse_form(*text, kFormFieldsMax);
        if (!pairs) co_return std::unexpected(pairs.error());
        for (const auto& [name, value] : *pairs) fields[name] = value;
        co_return fields;
    }
    const auto boundary = http::multipart_boundary(request.header("content-type"));
    if (!boundary) co_return std::unexpected(boundary.error());
    request.body->set_limit(kFormBytesMax);
    http::MultipartReader reader(*request.body, *boundary, {.parts_max = kFormFieldsMax});
    while (true) {
        const auto part = co_await reader.next_part();
        if (!part) co_return std::unexpected(part.error());
        if (!*part) co_return fields;
        const auto value = co_await reader.read_all(kFormBytesMax);
        if (!value) co_return std::unexpected(value.error());
        if (!is_utf8(*value)) co_return fail(Errc::invalid_argument, "not UTF-8", (*part)->name);
        fields[(*part)->name] = *value;
    }
}

std::optional<std::string> idempotency_key_of(const http::Request& request) {
    const auto key = request.headers.find("Idempotency-Key");
    if (key == request.headers.end()) return std::nullopt;
    return std::string(key->value());
}

http::Response answer_submit(const Result<ports::CreatedJob>& job) {
    if (!job) {
        const bool in_header = job.error().field == "idempotency_key";
        return problem(job.error(), in_header ? Place::header : Place::body);
    }
    auto response = json_answer(202, {{"job_id", job->job_id.value()},
                                      {"status", domain::to_string(job->status)},
                                      {"files_count", job->files_count},
                                      {"message", domain::kQueuedMessage}});
    response.set("location", "/jobs/" + job->job_id.value());
    return response;
}

/// As FastAPI says it of a body in a media type that no parameter of the operation reads.
http::Response unsupported_body(std::string_view wanted) {
    return problem(
        Error{.code = Errc::unsupported, .message = "the body has to be " + std::string(wanted)});
}

}  // namespace

Answering Api::presign_upload(Call call) {
    const auto type = media_type_of(call.request);
    json::object body;
    if (type == "application/json") {
        const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
        if (!text) co_return problem(text.error());
        auto parsed = parse_object(*text);
        if (!parsed) co_return std::move(parsed.error());
        body = std::move(*parsed);
    } else if (type == "application/x-www-form-urlencoded" || type == "multipart/form-data") {
        auto fields = co_await read_form(call.request, type);
        if (!fields) co_return problem(fields.error());
        body = std::move(*fields);
    } else {
        co_return unsupported_body(
            "application/json, application/x-www-form-urlencoded or multipart/form-data");
    }
    Fields fields(body);
    jobs::UploadRequest request;
    request.filename = fields.required_text("filename");
    request.content_type = fields.optional_text("content_type").value_or("");
    request.origin = link_origin(call.request);
    if (!fields.faults().empty()) co_return validation_problem(std::move(fields.faults()));

    const auto upload = co_await dependencies_.jobs.presign_upload(call.who, std::move(request));
    if (!upload) co_return problem(upload.error());
    json::object headers;
    for (const auto& [name, value] : upload->headers) headers[name] = value;
    co_return json_answer(200, {{"upload_url", upload->upload_url},
                                {"file_key", upload->file_key.value()},
                                {"expires_in", upload->expires_in.count()},
                                {"headers", std::move(headers)}});
}

Answering Api::begin_parts(Call call) {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto body = parse_object(*text);
    if (!body) co_return std::move(body.error());
    Fields fields(*body);
    jobs::UploadRequest request;
    request.filename = fields.required_text("filename");
    request.content_type = fields.optional_text("content_type").value_or("");
    request.origin = link_origin(call.request);
    if (!fields.faults().empty()) co_return validation_problem(std::move(fields.faults()));
    const auto upload = co_await dependencies_.jobs.begin_parts(call.who, std::move(request));
    if (!upload) co_return problem(upload.error());
    json::object headers;
    for (const auto& [name, value] : upload->headers) headers[name] = value;
    co_return json_answer(200, {{"create_url", upload->upload_url},
                                {"file_key", upload->file_key.value()},
                                {"part_bytes", jobs::JobService::kPartBytes},
                                {"expires_in", upload->expires_in.count()},
                                {"headers", std::move(headers)}});
}

Answering Api::presign_parts(Call call) {
    const auto text = co_await read_json_text(call.request, kSmallJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto body = parse_object(*text);
    if (!body) co_return std::move(body.error());
    Fields fields(*body);
    jobs::PartUrlsRequest request;
    request.file_key = fields.required_text("file_key");
    request.upload_id = fields.required_text("upload_id");
    request.origin = link_origin(call.request);
    if (const auto* numbers = fields.required_list("part_numbers")) {
        for (std::size_t n = 0; n < numbers->size(); ++n) {
            boost::system::error_code wrong;
            const auto number = (*numbers)[n].is_number()
                                    ? (*numbers)[n].to_number<std::uint32_t>(wrong)
                                    : std::uint32_t{0};
            if (wrong || !(*numbers)[n].is_number()) {
                fields.add("part_numbers." + std::to_string(n), "Input should be a valid integer",
                           "int_type");
            }
            request.part_numbers.push_back(number);
        }
    }
    if (!fields.faults().empty()) co_return validation_problem(std::move(fields.faults()));
    const auto urls = dependencies_.jobs.presign_parts(call.who, request);
    if (!urls) co_return problem(urls.error());
    json::array parts;
    for (const auto& [number, url] : urls->parts) {
        parts.push_back(json::object{{"part_number", number}, {"upload_url", url}});
    }
    co_return json_answer(200, {{"parts", std::move(parts)},
                                {"list_url", urls->list_url},
                                {"complete_url", urls->complete_url},
                                {"abort_url", urls->abort_url},
                                {"expires_in", urls->expires_in.count()}});
}

Answering Api::process_s3_files(Call call) {
    const auto text = co_await read_json_text(call.request, kSubmitJsonBytesMax);
    const auto since = std::chrono::steady_clock::now();
    if (!text) co_return problem(text.error());
    auto request = submit_request_of(*text);
    if (!request) co_return std::move(request.error());
    request->idempotency_key = idempotency_key_of(call.request);
    const auto job = co_await dependencies_.jobs.submit(std::move(call.who), std::move(*request));
    if (job) dependencies_.metrics.job_accepted(std::chrono::steady_clock::now() - since);
    co_return answer_submit(job);
}

Answering Api::upload(Call call) {
    const auto boundary = http::multipart_boundary(call.request.header("content-type"));
    if (!boundary) co_return problem(boundary.error());
    // Files are as large as they are: what bounds them is the limit on each.
    call.request.body->set_limit(std::numeric_limits<std::uint64_t>::max());
    http::MultipartReader reader(*call.request.body, *boundary);
    jobs::SubmitRequest request;
    request.idempotency_key = idempotency_key_of(call.request);
    auto refused = co_await read_parts(call, reader, request);
    std::vector<domain::ObjectKey> stored;
    stored.reserve(request.files.size());
    for (const auto& file : request.files) stored.emplace_back(file.file_key);
    if (refused) {
        // Cut off or refused: nobody will ever name what is stored by now.
        co_await dependencies_.jobs.discard_uploads(std::move(stored));
        co_return std::move(*refused);
    }
    const auto since = std::chrono::steady_clock::now();
    auto job = co_await dependencies_.jobs.submit(call.who, std::move(request));
    if (job) dependencies_.metrics.job_accepted(std::chrono::steady_clock::now() - since);
    // Of a repeat, the first one's uploads are those that the job has.
    if (!job || job->existed) co_await dependencies_.jobs.discard_uploads(std::move(stored));
    co_return answer_submit(job);
}

boost::asio::awaitable<std::optional<http::Response>> Api::read_parts(
    Call& call, http::MultipartReader& reader, jobs::SubmitRequest& request) {
    // Only a repeat has to be told from another request.
    const auto hash =
        request.idempotency_key ? jobs::ContentHash::wanted : jobs::ContentHash::not_wanted;
    while (true) {
        const auto part = co_await reader.next_part();
        if (!part) co_return problem(part.error());
        if (!*part) break;
        const auto& head = **part;
        if (head.name == "job_name") {
            auto name = co_await reader.read_all(kFormBytesMax);
            if (!name) co_return problem(name.error());
            request.job_name = std::move(*name);
        } else if (head.name == "files" && head.filename) {
            if (request.files.size() == domain::kFilesInJobMax) {
                co_return problem(Error{.code = Errc::invalid_argument,
                                        .message = "List should have at most " +
                                                   std::to_string(domain::kFilesInJobMax) +
                                                   " items",
                                        .field = "files"});
            }
            auto file = co_await store_part(call.who, reader, head, request.files.size(), hash);
            if (!file) co_return problem(file.error());
            request.files.push_back(std::move(*file));
            // Many small files come at once, and each has to be stored.
            call.request.deadline =
                std::max(call.request.deadline, std::chrono::steady_clock::now() + kPartDeadline);
        } else {
            // A misspelt name must not lose a document in silence.
            co_return validation_problem(
                Place::body, head.name,
                head.name == "files" ? "Input should be a file" : "Extra inputs are not permitted",
                head.name == "files" ? "file_type" : "extra_forbidden");
        }
    }
    if (request.files.empty()) {
        co_return validation_problem(Place::body, "files", "Field required", "missing");
    }
    co_return std::nullopt;
}

boost::asio::awaitable<Result<jobs::SubmittedFile>> Api::store_part(const ports::Principal& who,
                                                                    http::MultipartReader& reader,
                                                                    const http::PartHead& head,
                                                                    std::size_t index,
                                                                    jobs::ContentHash hash) {
    jobs::UploadRequest request{
        .filename = *head.filename, .content_type = head.content_type, .hash = hash};
    auto upload = co_await dependencies_.jobs.begin_upload(who, std::move(request));
    if (!upload) {
        auto error = upload.error();
        error.field = "files." + std::to_string(index);
        co_return std::unexpected(std::move(error));
    }
    std::uint64_t stored = 0;
    while (true) {
        const auto bytes = co_await reader.read_some();
        if (!bytes) co_return std::unexpected(bytes.error());
        if (bytes->empty()) break;
        stored += bytes->size();
        if (stored > settings_.file_bytes_max) {
            co_return fail(Errc::too_large,
                           "'" + *head.filename + "' is larger than " +
                               std::to_string(settings_.file_bytes_max) + " bytes",
                           "files." + std::to_string(index));
        }
        const auto written = co_await upload->writer->write(*bytes);
        if (!written) co_return std::unexpected(written.error());
    }
    jobs::SubmittedFile file{.file_key = upload->file_key.value(), .filename = upload->filename};
    if (hash == jobs::ContentHash::wanted) {
        const auto flushed = co_await upload->writer->flush();
        if (!flushed) co_return std::unexpected(flushed.error());
        file.sha256 = to_hex(upload->writer->digest("sha256"));
    }
    const auto committed = co_await upload->writer->commit();
    if (!committed) co_return std::unexpected(committed.error());
    co_return file;
}

}  // namespace ingestor::api
