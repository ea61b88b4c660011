#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "awsapi/s3/error.hpp"
#include "domain/ids.hpp"
#include "sigv4/credentials.hpp"
#include "sigv4/verify.hpp"

namespace ingestor::awsapi::s3 {

/// What an access key is good for.
enum class S3Grant {
    own_files,     ///< What is its user's: to write their uploads, to read these and the outputs.
    whole_bucket,  ///< Everything: an operator's.
    links,         ///< The service's own, for presigned links alone; each grants what it signs.
};

/// An access key with whose it is.
struct S3Key {
    sigv4::Credentials credentials;
    domain::UserId user;
    S3Grant grant = S3Grant::own_files;
};

/// The keys that may sign; nullopt for one that is not known.
using S3KeyLookup = std::function<std::optional<S3Key>(std::string_view access_key_id)>;

/// Whether a job is that user's. Errors: unavailable.
using JobOwnership =
    std::function<boost::asio::awaitable<Result<bool>>(domain::UserId user, domain::JobId job_id)>;

enum class S3Action {
    get_object,
    head_object,
    put_object,
    delete_object,
    describe_bucket,
    list_objects,  ///< Those that the key may read.
    abort_upload,
    list_parts,
    list_uploads,  ///< Those that the key may write.
};

/// Says who may do what to which object. A signature proves who asks, and for a presigned link what
/// its signer meant it for; whether that signer may do it is decided here, for every request.
class S3Access {
public:
    explicit S3Access(JobOwnership owns_job) : owns_job_(std::move(owns_job)) {}

    /// `object` is empty for the bucket itself. Errors: AccessDenied, whether or not the object is
    /// there; ServiceUnavailable, where that cannot be told at the moment.
    [[nodiscard]] boost::asio::awaitable<S3Result<std::monostate>> check(S3Key key,
                                                                         sigv4::AuthKind kind,
                                                                         S3Action action,
                                                                         std::string object) const;

private:
    [[nodiscard]] boost::asio::awaitable<S3Result<bool>> is_output_of(domain::UserId user,
                                                                      std::string object) const;

    JobOwnership owns_job_;
};

}  // namespace ingestor::awsapi::s3
