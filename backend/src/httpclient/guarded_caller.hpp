#pragma once

#include "httpclient/http_client.hpp"
#include "ports/http_caller.hpp"

namespace ingestor::httpclient {

/// The HttpCaller over libcurl, with connections of its own: those of the service's own requests
/// may lead where the filter leads nobody.
class GuardedCaller final : public ports::HttpCaller {
public:
    /// `ca_file`: as HttpClient has it.
    GuardedCaller(AddressFilter filter, std::string ca_file);

    boost::asio::awaitable<Result<ports::IncomingAnswer>> call(
        ports::OutgoingRequest request) override;

private:
    HttpClient client_;
};

}  // namespace ingestor::httpclient
