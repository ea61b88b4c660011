#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <fmt/format.h>

#include "commands.hpp"
#include "documents/helper_pool.hpp"
#include "exit_codes.hpp"
#include "helper_program.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;

namespace {

using Outcome = std::expected<Extraction, ExtractionError>;

/// The same sandboxed helper as the service's, for one document.
asio::awaitable<Outcome> extract_once(HelperPool& pool, ExtractionRequest request) {
    const auto started = co_await pool.start();
    if (!started) {
        co_return std::unexpected(ExtractionError{
            .file_error = {.code = "unavailable", .message = started.error().message},
            .retryable = true});
    }
    auto outcome = co_await pool.extract(std::move(request), {}, [](std::uint32_t) {});
    co_await pool.stop();
    co_return outcome;
}

}  // namespace

int extract_file(const ExtractOptions& options) {
    std::error_code error;
    const auto size = std::filesystem::file_size(options.file, error);
    FileDescriptor file(::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (error || !file) {
        fmt::print(stderr, "agent2-ingestor: {}: {}\n", options.file,
                   error ? error.message() : std::strerror(errno));
        return kUsage;
    }
    asio::io_context io;
    asio::thread_pool blocking(1);
    Log log(LogFormat::human, LogLevel::error);
    Metrics metrics;
    HelperPool pool({.program = helper_program(), .slots = 1}, io.get_executor(), blocking, log,
                    metrics);
    ExtractionRequest request{
        .file = std::move(file),
        .size_bytes = size,
        .filename = std::filesystem::path(options.file).filename().string(),
        .source_uri = "file://" + std::filesystem::absolute(options.file).string(),
        .limits = {}};
    std::optional<Outcome> outcome;
    std::exception_ptr failure;
    asio::co_spawn(io, extract_once(pool, std::move(request)),
                   [&outcome, &failure](std::exception_ptr thrown, Outcome result) {
                       failure = thrown;
                       outcome = std::move(result);
                   });
    io.run();
    if (failure) std::rethrow_exception(failure);
    if (!*outcome) {
        const auto& failed = outcome->error().file_error;
        fmt::print(stderr, "agent2-ingestor: {}: {}: {}\n", options.file, failed.code,
                   failed.message);
        return kFailed;
    }
    for (const auto& warning : (*outcome)->warnings) {
        fmt::print(stderr, "agent2-ingestor: {}: warning: {}\n", options.file, warning);
    }
    switch (options.format) {
        case ExtractFormat::markdown:
            fmt::print("{}", (*outcome)->markdown);
            break;
        case ExtractFormat::sidecar:
            fmt::print("{}\n", (*outcome)->sidecar);
            break;
        case ExtractFormat::chunks:
            fmt::print("{}", (*outcome)->chunks);
            break;
    }
    return kDone;
}

}  // namespace ingestor::cli
