#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "async/task_group.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"
#include "commands.hpp"
#include "documents/helper_pool.hpp"
#include "exit_codes.hpp"
#include "extract_inputs.hpp"
#include "helper_program.hpp"
#include "progress_bar.hpp"
#include "utf8_name.hpp"

namespace ingestor::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

using Outcome = std::expected<ports::Extraction, ports::ExtractionError>;

/// A program gets every byte; on a terminal the document only shows.
void print_output(std::string_view text) {
    if (::isatty(STDOUT_FILENO) == 1) {
        fmt::print("{}", printable(text, "\n\t"));
    } else {
        fmt::print("{}", text);
    }
}

/// A file of text ends with a line, JSON as well.
std::string text_of(const ports::Extraction& extraction, formats::OutputKind kind) {
    std::string text(extraction.of(kind));
    if (formats::row_of(kind).is_json) text += '\n';
    return text;
}

/// Whole or not at all: an output that could not be written to its end must not look like one.
/// Errors: unavailable.
Result<void> write_file(const fs::path& path, std::string_view text) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return fail(Errc::unavailable, error.message());
    fs::path part = path;
    part += ".part";
    errno = 0;
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) {
        const std::string cause = errno != 0 ? std::strerror(errno) : "it could not be written";
        fs::remove(part, error);
        return fail(Errc::unavailable, cause);
    }
    fs::rename(part, path, error);
    if (error) return fail(Errc::unavailable, error.message());
    return {};
}

/// All documents of one call, each with the same sandboxed helpers as the service's.
class Extractor {
public:
    Extractor(const ExtractOptions& options, ExtractInputs inputs)
        : options_(options),
          inputs_(std::move(inputs)),
          blocking_(1),
          // What is on stdout is the document, or nothing.
          log_(telemetry::LogFormat::human, telemetry::LogLevel::error, STDERR_FILENO),
          pool_({.program = helper_program(),
                 .slots = slots_for(inputs_.documents.size()),
                 .sandbox = options.sandbox},
                io_.get_executor(), blocking_, log_, metrics_),
          workers_(io_.get_executor(), [this](const std::exception_ptr& thrown) {
              if (!thrown_) thrown_ = thrown;
          }) {}

    int run() {
        for (const Error& error : inputs_.unreadable) unreadable(error.message);
        std::exception_ptr failure;
        asio::co_spawn(io_, extract_all(),
                       [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
        io_.run();
        if (failure) std::rethrow_exception(failure);
        if (thrown_) std::rethrow_exception(thrown_);
        progress_.finish();
        const std::size_t all = inputs_.documents.size();
        if (!options_.output_directory.empty() && all > 1) {
            fmt::print(stderr, "agent2-ingestor: {} of {} documents done\n", done_, all);
        }
        if (failed_ > 0) return kFailed;
        return unreadable_ > 0 ? kUsage : kDone;
    }

private:
    static std::size_t slots_for(std::size_t documents) {
        const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
        return std::clamp<std::size_t>(documents, 1, cores);
    }

    asio::awaitable<void> extract_all() {
        const auto started = co_await pool_.start();
        if (started) {
            for (std::size_t i = 0; i < pool_.slots(); ++i) workers_.spawn(work());
            co_await workers_.join(Deadline::max());
        } else {
            // It would go on trying for ever.
            tell(fmt::format("unavailable: {}", started.error().message));
            ++failed_;
        }
        co_await pool_.stop();
    }

    asio::awaitable<void> work() {
        while (next_ < inputs_.documents.size()) {
            const ExtractInput& input = inputs_.documents[next_++];
            show_progress(input);
            co_await extract(input);
            show_progress(input);
        }
    }

    asio::awaitable<void> extract(const ExtractInput& input) {
        const std::string name = input.path == "-" ? "stdin" : input.path.string();
        const fs::path target = target_of(input);
        if (!target.empty() && !targets_.insert(target).second) {
            failed(name, "conflict", "another document has the same name: " + target.string());
            co_return;
        }
        ports::ExtractionRequest request;
        auto document = open_document(input.path, request.limits.input_bytes_max);
        if (!document && document.error().code == Errc::too_large) {
            failed(name, "too_large", document.error().message);
            co_return;
        }
        if (!document) {
            unreadable(name + ": " + document.error().message);
            co_return;
        }
        request.file = std::move(document->file);
        request.size_bytes = document->size_bytes;
        request.filename = utf8_name(filename_of(input));
        request.source_uri = uri_of(input);
        request.outputs = {options_.format};
        const Outcome outcome = co_await pool_.extract(std::move(request), {}, {});
        if (!outcome) {
            failed(name, outcome.error().file_error.code, outcome.error().file_error.message);
            co_return;
        }
        for (const std::string& warning : outcome->warnings) {
            tell(name + ": warning: " + warning);
        }
        deliver(name, target, text_of(*outcome, options_.format));
    }

    void deliver(const std::string& name, const fs::path& target, const std::string& text) {
        if (target.empty()) {
            print_output(text);
        } else if (const auto written = write_file(target, text); !written) {
            failed(name, "unavailable", target.string() + ": " + written.error().message);
            return;
        }
        ++done_;
    }

    /// Empty: the output is printed.
    [[nodiscard]] fs::path target_of(const ExtractInput& input) const {
        if (options_.output_directory.empty()) return {};
        fs::path target = fs::path(options_.output_directory) /
                          (input.path == "-" ? fs::path(filename_of(input)) : input.output);
        target += formats::row_of(options_.format).extension;
        return target;
    }

    [[nodiscard]] std::string filename_of(const ExtractInput& input) const {
        if (!options_.name.empty()) return fs::path(options_.name).filename().string();
        return input.path == "-" ? "stdin" : input.path.filename().string();
    }

    static std::string uri_of(const ExtractInput& input) {
        if (input.path == "-") return "stdin:";
        return "file://" + percent_encode(fs::absolute(input.path).string(), "/");
    }

    void show_progress(const ExtractInput& input) {
        if (options_.output_directory.empty()) return;
        const std::size_t all = inputs_.documents.size();
        const std::size_t ended = done_ + failed_ + unreadable_;
        progress_.show(fmt::format("{} of {}: {}", ended, all, input.path.filename().string()),
                       ended, all);
    }

    void tell(const std::string& text) {
        progress_.finish();
        fmt::print(stderr, "agent2-ingestor: {}\n", printable(text));
    }

    void failed(const std::string& name, const std::string& code, const std::string& message) {
        ++failed_;
        tell(fmt::format("{}: {}: {}", name, code, message));
    }

    void unreadable(const std::string& message) {
        ++unreadable_;
        tell(message);
    }

    const ExtractOptions& options_;
    ExtractInputs inputs_;
    asio::io_context io_;
    asio::thread_pool blocking_;
    telemetry::Log log_;
    telemetry::Metrics metrics_;
    documents::HelperPool pool_;
    async::TaskGroup workers_;
    ProgressBar progress_;
    std::set<fs::path> targets_;
    std::size_t next_ = 0, done_ = 0, failed_ = 0, unreadable_ = 0;
    std::exception_ptr thrown_;
};

}  // namespace

int extract_files(const ExtractOptions& options) {
    ExtractInputs inputs = expand_inputs(options.files, options.output_directory);
    const bool many = options.files.size() > 1 || inputs.documents.size() > 1;
    if (many && options.output_directory.empty()) {
        fmt::print(stderr,
                   "agent2-ingestor: several documents need a directory for what comes of them: "
                   "-o DIR\n");
        return kUsage;
    }
    if (inputs.documents.empty() && inputs.unreadable.empty()) {
        fmt::print(stderr, "agent2-ingestor: there is no document in {}\n",
                   printable(options.files.front()));
        return kUsage;
    }
    return Extractor(options, std::move(inputs)).run();
}

}  // namespace ingestor::cli
