#include "awsapi/s3/post_form.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/s3/put.hpp"
#include "awsapi/s3/request.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::string_view kFilename = "${filename}";
/// What has a meaning to the form itself, or to the signature.
constexpr std::array<std::string_view, 9> kHeaders = {
    "x-amz-acl",       "x-amz-algorithm",     "x-amz-credential",
    "x-amz-date",      "x-amz-meta-",         "x-amz-security-token",
    "x-amz-signature", "x-amz-storage-class", "x-amz-tagging"};

std::string with_filename(std::string text, const std::string& filename) {
    for (std::size_t at = 0; (at = text.find(kFilename, at)) != std::string::npos;) {
        text.replace(at, kFilename.size(), filename);
        at += filename.size();
    }
    return text;
}

S3Error form_error(const Error& error) {
    if (error.code == Errc::too_large) {
        return {.status = 400,
                .code = "MaxPostPreDataLengthExceeded",
                .message = "Your POST request fields preceding the upload file were too large.",
                .details = {{"MaxPostPreDataLengthAllowed", std::to_string(kFormFieldsBytesMax)}}};
    }
    if (error.code == Errc::invalid_argument || error.code == Errc::unsupported) {
        return {.status = 400,
                .code = "MalformedPOSTRequest",
                .message = "The body of your POST request is not well-formed multipart/form-data."};
    }
    return body_error(error);
}

S3Error size_error(std::string code, std::string message, std::uint64_t size, std::string bound,
                   std::uint64_t limit) {
    return {.status = 400,
            .code = std::move(code),
            .message = std::move(message),
            .details = {{"ProposedSize", std::to_string(size)},
                        {std::move(bound), std::to_string(limit)}}};
}

}  // namespace

std::string PostForm::field(const std::string& name) const {
    const auto place = fields.find(name);
    return place == fields.end() ? std::string() : place->second;
}

sigv4::FormSignature PostForm::signature() const {
    const auto v2 = field("awsaccesskeyid");
    return {.policy = field("policy"),
            .algorithm = field("x-amz-algorithm"),
            .credential = field("x-amz-credential"),
            .date = field("x-amz-date"),
            .security_token = field("x-amz-security-token"),
            .access_key_id = v2,
            .signature = field(v2.empty() ? "x-amz-signature" : "signature")};
}

boost::asio::awaitable<S3Result<PostForm>> read_post_form(http::MultipartReader& reader) {
    PostForm form;
    std::size_t room = kFormFieldsBytesMax;
    while (true) {
        const auto part = co_await reader.next_part();
        if (!part) co_return refuse(form_error(part.error()));
        if (!*part) {
            co_return refuse(invalid_argument("POST requires exactly one file upload per request.",
                                              "file", "0"));
        }
        const auto name = lower_case((*part)->name);
        if (name == "file") {
            const auto filename = (*part)->filename.value_or("");
            for (auto& [field, value] : form.fields) {
                value = with_filename(std::move(value), filename);
            }
            break;
        }
        auto value = co_await reader.read_all(room);
        if (!value) co_return refuse(form_error(value.error()));
        room -= value->size();
        form.fields.insert_or_assign(name, std::move(*value));
    }
    if (form.field("key").empty()) {
        co_return refuse(
            invalid_argument("Bucket POST must contain a field named 'key'.  If it is "
                             "specified, please check the order of the fields.",
                             "key", ""));
    }
    co_return form;
}

S3Result<ports::PutOptions> put_options_of(const PostForm& form) {
    // What would be headers of a PUT.
    S3Request request;
    for (const auto& [name, value] : form.fields) {
        request.head.headers.push_back(
            {.name = name == "acl" ? std::string_view("x-amz-acl") : std::string_view(name),
             .value = value});
    }
    auto step = refuse_unknown(request, {}, kHeaders);
    if (step) step = check_settings(request);
    if (!step) return std::unexpected(step.error());
    auto attributes = read_attributes(request, false);
    if (!attributes) return std::unexpected(attributes.error());
    ports::PutOptions options;
    options.attributes = std::move(*attributes);
    return options;
}

boost::asio::awaitable<S3Result<std::monostate>> receive_file(http::MultipartReader& reader,
                                                              const PostPolicy& policy,
                                                              ports::ObjectWriter& writer,
                                                              std::string key) {
    std::uint64_t size = 0;
    while (true) {
        const auto bytes = co_await reader.read_some();
        if (!bytes) {
            // The file has no bound of the form's own, but the body has one.
            co_return refuse(bytes.error().code == Errc::too_large ? s3_error(bytes.error(), key)
                                                                   : form_error(bytes.error()));
        }
        if (bytes->empty()) break;
        size += bytes->size();
        if (size > policy.bytes_max()) {
            co_return refuse(size_error("EntityTooLarge",
                                        "Your proposed upload exceeds the maximum allowed size",
                                        size, "MaxSizeAllowed", policy.bytes_max()));
        }
        const auto written = co_await writer.write(*bytes);
        if (!written) co_return refuse(s3_error(written.error(), key));
    }
    if (size < policy.bytes_min()) {
        co_return refuse(size_error("EntityTooSmall",
                                    "Your proposed upload is smaller than the minimum allowed size",
                                    size, "MinSizeAllowed", policy.bytes_min()));
    }
    // Fields behind the file mean nothing, but a form that breaks off is none.
    while (true) {
        const auto part = co_await reader.next_part();
        if (!part) co_return refuse(form_error(part.error()));
        if (!*part) co_return std::monostate{};
    }
}

http::Response posted_answer(const PostForm& form, const ports::ObjectInfo& stored,
                             const std::string& bucket, const std::string& location) {
    http::Response response;
    response.set("ETag", '"' + stored.etag.value() + '"');
    auto redirect = form.field("success_action_redirect");
    if (redirect.empty()) redirect = form.field("redirect");
    const bool is_url = redirect.starts_with("http://") || redirect.starts_with("https://");
    if (is_url && is_header_value(redirect)) {
        response.status = 303;
        response.set(
            "Location",
            fmt::format("{}{}bucket={}&key={}&etag=%22{}%22", redirect,
                        redirect.find('?') == std::string::npos ? '?' : '&', percent_encode(bucket),
                        percent_encode(stored.key.value()), stored.etag.value()));
        return response;
    }
    response.set("Location", location);
    const auto status = form.field("success_action_status");
    response.status = status == "200" ? 200 : status == "201" ? 201 : 204;
    if (response.status != 201) return response;
    std::string out(kXmlHead);
    out += "<PostResponse>";
    append_element(out, "Location", xml_escape(location));
    append_element(out, "Bucket", xml_escape(bucket));
    append_element(out, "Key", xml_escape(stored.key.value()));
    append_etag(out, stored.etag);
    out += "</PostResponse>";
    response.set("Content-Type", "application/xml");
    response.body = std::move(out);
    return response;
}

}  // namespace ingestor::awsapi::s3
