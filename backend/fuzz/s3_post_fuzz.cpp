#include <cstring>
#include <string>

#include <boost/asio/io_context.hpp>

#include "async/testing/spawned_task.hpp"
#include "awsapi/s3/post_form.hpp"
#include "awsapi/s3/post_policy.hpp"
#include "awsapi/s3/request.hpp"
#include "base/encoding.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::awsapi::s3;
using fuzz::require;

class TextBody final : public http::Body {
public:
    explicit TextBody(std::string_view text) : rest_(text) {}

    boost::asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        const auto count = std::min(rest_.size(), buffer.size());
        if (count > 0) std::memcpy(buffer.data(), rest_.data(), count);
        rest_.remove_prefix(count);
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> content_length() const override {
        return rest_.size();
    }
    void set_limit(std::uint64_t) override {}

private:
    std::string_view rest_;
};

void check_error(const S3Error& error) {
    require(error.status >= 400 && !error.code.empty(), "a refusal has a status and a code");
}

void check_policy(std::string_view text, const FormFields& fields) {
    const auto policy = PostPolicy::parse(text);
    if (!policy) return check_error(policy.error());
    require(policy->bytes_min() <= policy->bytes_max() || policy->bytes_max() < UINT64_MAX,
            "a range has ends");
    const auto checked = policy->check(fields, "docs", TimePoint{});
    if (!checked) check_error(checked.error());
}

}  // namespace

/// A form of S3's POST with the boundary `b`, and the same bytes as a policy.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::Input(data, size).rest();
    TextBody body(text);
    const http::MultipartLimits limits{.parts_max = kFormPartsMax};
    http::MultipartReader reader(body, "b", limits);
    boost::asio::io_context io;
    const auto form = async::testing::run_to_end(io, read_post_form(reader));
    if (!form) {
        check_error(form.error());
        check_policy(text, {});
        return 0;
    }
    require(!form->field("key").empty(), "a form names its object");
    const auto options = put_options_of(*form);
    if (!options) {
        check_error(options.error());
    } else {
        for (const auto& [name, value] : options->attributes.user_metadata) {
            require(is_header_value(name) && is_header_value(value), "no header ends a line");
        }
    }
    const auto policy = from_base64(form->field("policy"));
    if (policy) check_policy(*policy, form->fields);
    const ports::ObjectInfo stored{.key = domain::ObjectKey("k"), .etag = domain::ETag("e")};
    const auto answer = posted_answer(*form, stored, "docs", "http://h/docs/k");
    for (const auto& [name, value] : answer.headers) {
        require(is_header_value(name) && is_header_value(value), "no header of ours ends a line");
    }
    return 0;
}
