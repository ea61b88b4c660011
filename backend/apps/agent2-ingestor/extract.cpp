#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/printable.hpp"
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
        // It would go on trying for ever.
        co_await pool.stop();
        co_return std::unexpected(ExtractionError{
            .file_error = {.code = "unavailable", .message = started.error().message},
            .retryable = true});
    }
    auto outcome = co_await pool.extract(std::move(request), {}, [](std::uint32_t) {});
    co_await pool.stop();
    co_return outcome;
}

/// A program gets every byte; on a terminal the document only shows.
void print_output(std::string_view text) {
    if (::isatty(STDOUT_FILENO) == 1) {
        fmt::print("{}", printable(text, "\n\t"));
    } else {
        fmt::print("{}", text);
    }
}

}  // namespace

int extract_file(const ExtractOptions& options) {
    std::error_code error;
    const auto size = std::filesystem::file_size(options.file, error);
    FileDescriptor file(::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (error || !file) {
        fmt::print(stderr, "agent2-ingestor: {}: {}\n", printable(options.file),
                   error ? error.message() : std::strerror(errno));
        return kUsage;
    }
    asio::io_context io;
    asio::thread_pool blocking(1);
    Log log(LogFormat::human, LogLevel::error);
    Metrics metrics;
    HelperPool pool({.program = helper_program(), .slots = 1, .sandbox = options.sandbox},
                    io.get_executor(), blocking, log, metrics);
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
        fmt::print(stderr, "agent2-ingestor: {}: {}: {}\n", printable(options.file),
                   printable(failed.code), printable(failed.message));
        return kFailed;
    }
    for (const auto& warning : (*outcome)->warnings) {
        fmt::print(stderr, "agent2-ingestor: {}: warning: {}\n", printable(options.file),
                   printable(warning));
    }
    switch (options.format) {
        case ExtractFormat::markdown:
            print_output((*outcome)->markdown);
            break;
        case ExtractFormat::sidecar:
            print_output((*outcome)->sidecar);
            fmt::print("\n");
            break;
        case ExtractFormat::chunks:
            print_output((*outcome)->chunks);
            break;
    }
    return kDone;
}

}  // namespace ingestor::cli
