#include "awsapi/s3/slow_answer.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "async/notifier.hpp"
#include "awsapi/xml.hpp"

namespace ingestor::awsapi::s3 {

namespace asio = boost::asio;

namespace {

/// Held by the answer and by the work, whichever ends last.
struct Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : done(executor) {}

    async::Notifier done;
    std::optional<S3Result<std::string>> document;
};

struct Asker {
    std::string resource;
    std::string request_id;
    SlowWork work;
};

asio::awaitable<void> run(std::shared_ptr<Asker> asker, std::shared_ptr<Waiting> waiting) {
    waiting->document = co_await asker->work();
}

std::string document_of(const Asker& asker, const S3Result<std::string>& made) {
    if (made) return *made;
    const auto document = error_document(made.error(), asker.resource, asker.request_id);
    return document.substr(kXmlHead.size());
}

asio::awaitable<void> send(http::ResponseWriter& writer, std::shared_ptr<Asker> asker) {
    const auto executor = co_await asio::this_coro::executor;
    const auto waiting = std::make_shared<Waiting>(executor);
    asio::co_spawn(executor, run(asker, waiting), [waiting](const std::exception_ptr& failure) {
        if (failure) {
            S3Error error{.status = 500,
                          .code = "InternalError",
                          .message = "We encountered an internal error. Please try again."};
            waiting->document = refuse(std::move(error));
        }
        waiting->done.notify();
    });
    bool is_there = (co_await writer.write(kXmlHead)).has_value();
    while (is_there && !waiting->document) {
        co_await waiting->done.wait(std::chrono::steady_clock::now() + kBlankInterval);
        if (!waiting->document) is_there = (co_await writer.write(" ")).has_value();
    }
    if (is_there) co_await writer.write(document_of(*asker, *waiting->document));
}

}  // namespace

http::Response slow_answer(const http::Request& request, SlowWork work) {
    auto asker = std::make_shared<Asker>(
        Asker{std::string(request.path()), request.request_id, std::move(work)});
    http::Response response;
    response.set("Content-Type", "application/xml");
    response.body = http::StreamBody(
        [asker = std::move(asker)](http::ResponseWriter& writer) { return send(writer, asker); });
    return response;
}

}  // namespace ingestor::awsapi::s3
