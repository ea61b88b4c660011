#include <string>
#include <variant>

#include "base/encoding.hpp"
#include "documents/messages.hpp"
#include "fuzz.hpp"

/// A message as one side receives it from the other. There is one way to say a thing: what was
/// read is written as it came.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using namespace ingestor::documents;
    using fuzz::require;
    const auto message = fuzz::Input(data, size).rest();
    if (const auto job = documents::decode_job(message)) {
        require(documents::encode(*job) == message, "a job is written as it was read");
        require(is_utf8(job->filename) && is_utf8(job->source_uri), "names are UTF-8");
    }
    if (const auto reply = documents::decode_reply(message)) {
        require(documents::encode(*reply) == message, "a reply is written as it was read");
        if (const auto* done = std::get_if<documents::Done>(&*reply)) {
            require(done->warnings.size() <= documents::kWarningsMax, "warnings are limited");
        }
    }
    return 0;
}
