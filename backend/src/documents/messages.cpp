#include "documents/messages.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

#include "base/encoding.hpp"
#include "base/utf8.hpp"

namespace ingestor::documents {
namespace {

enum class Kind : std::uint8_t {
    job = 1,
    hello = 2,
    progress = 3,
    done = 4,
    failed = 5,
    fork = 6,
    forked = 7,
    fork_failed = 8,
};

/// No kind need be asked for twice.
const std::size_t kOutputsMax = formats::outputs().size();
constexpr std::size_t kLayersMax = std::to_underlying(SandboxLayer::non_dumpable) + 1;

class Writer {
public:
    explicit Writer(Kind kind) { number(std::to_underlying(kind)); }

    template <std::unsigned_integral Number>
    void number(Number value) {
        for (std::size_t i = 0; i < sizeof value; ++i) {
            bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
        }
    }
    void text(std::string_view value, std::size_t bytes_max = kNameBytesMax) {
        const auto kept = cut_utf8(value, bytes_max);
        number(static_cast<std::uint32_t>(kept.size()));
        bytes_ += kept;
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Reads on after a fault too, giving zeros; finished() tells in the end.
class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    template <std::unsigned_integral Number>
    Number number() {
        if (rest_.size() < sizeof(Number)) {
            refuse();
            return 0;
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
        }
        rest_.remove_prefix(sizeof(Number));
        return static_cast<Number>(value);
    }

    std::string text(std::size_t bytes_max = kNameBytesMax) {
        const auto size = number<std::uint32_t>();
        if (size > bytes_max || size > rest_.size() || !is_utf8(rest_.substr(0, size))) {
            refuse();
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }

    /// A number below `end`, as enumerations and counts are.
    std::size_t below(std::size_t value, std::size_t end) {
        if (value < end) return value;
        refuse();
        return 0;
    }

    [[nodiscard]] bool finished() const { return sound_ && rest_.empty(); }

private:
    void refuse() {
        sound_ = false;
        rest_ = {};
    }

    std::string_view rest_;
    bool sound_ = true;
};

std::string body(const Hello& hello) {
    Writer out(Kind::hello);
    out.number(hello.version);
    out.number(static_cast<std::uint32_t>(hello.sandbox.layers.size()));
    for (const auto& [layer, state, words] : hello.sandbox.layers) {
        out.number(static_cast<std::uint8_t>(layer));
        out.number(static_cast<std::uint8_t>(state));
        out.text(words);
    }
    return out.take();
}

std::string body(const Progress& progress) {
    Writer out(Kind::progress);
    out.number(progress.pages_done);
    return out.take();
}

std::string body(const Done& done) {
    Writer out(Kind::done);
    out.number(static_cast<std::uint32_t>(done.outputs.size()));
    for (const auto& [kind, bytes] : done.outputs) {
        out.number(std::to_underlying(kind));
        out.number(bytes);
    }
    out.number(done.words);
    out.number(static_cast<std::uint8_t>(done.pages.has_value()));
    if (done.pages) out.number(*done.pages);
    out.text(done.format);
    out.text(done.content_type);
    out.text(done.sha256);
    const auto count = std::min(done.warnings.size(), kWarningsMax);
    out.number(static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < count; ++i) out.text(done.warnings[i], kWarningBytesMax);
    return out.take();
}

std::string body(const Failed& failed) {
    Writer out(Kind::failed);
    out.number(static_cast<std::uint8_t>(failed.code));
    out.text(failed.message);
    return out.take();
}

std::string body(const Forked& forked) {
    Writer out(Kind::forked);
    out.number(forked.pid);
    return out.take();
}

std::string body(const ForkFailed& failed) {
    Writer out(Kind::fork_failed);
    out.text(failed.message);
    return out.take();
}

Hello read_hello(Reader& in) {
    Hello hello{.version = in.number<std::uint32_t>(), .sandbox = {}};
    const auto count = in.below(in.number<std::uint32_t>(), kLayersMax + 1);
    for (std::size_t i = 0; i < count; ++i) {
        SandboxLayerStatus status;
        status.layer = static_cast<SandboxLayer>(in.below(in.number<std::uint8_t>(), kLayersMax));
        status.state = static_cast<LayerState>(in.below(
            in.number<std::uint8_t>(), std::to_underlying(LayerState::left_out) + std::size_t{1}));
        status.words = in.text();
        hello.sandbox.layers.push_back(std::move(status));
    }
    return hello;
}

formats::OutputKind read_kind(Reader& in) {
    return static_cast<formats::OutputKind>(in.below(in.number<std::uint8_t>(), kOutputsMax));
}

Done read_done(Reader& in) {
    Done done;
    const auto outputs = in.below(in.number<std::uint32_t>(), kOutputsMax + 1);
    for (std::size_t i = 0; i < outputs; ++i) {
        const auto kind = read_kind(in);
        done.outputs.push_back({.kind = kind, .bytes = in.number<std::uint64_t>()});
    }
    done.words = in.number<std::uint64_t>();
    if (in.below(in.number<std::uint8_t>(), 2) == 1) done.pages = in.number<std::uint32_t>();
    done.format = in.text();
    done.content_type = in.text();
    done.sha256 = in.text();
    const auto count = in.below(in.number<std::uint32_t>(), kWarningsMax + 1);
    for (std::size_t i = 0; i < count; ++i) done.warnings.push_back(in.text(kWarningBytesMax));
    return done;
}

Failed read_failed(Reader& in) {
    Failed failed;
    failed.code = static_cast<Errc>(
        in.below(in.number<std::uint8_t>(), std::to_underlying(Errc::internal) + std::size_t{1}));
    failed.message = in.text();
    return failed;
}

std::optional<Reply> read_reply(Reader& in) {
    switch (static_cast<Kind>(in.number<std::uint8_t>())) {
        case Kind::hello:
            return read_hello(in);
        case Kind::progress:
            return Progress{.pages_done = in.number<std::uint32_t>()};
        case Kind::done:
            return read_done(in);
        case Kind::failed:
            return read_failed(in);
        case Kind::forked:
            return Forked{.pid = in.number<std::uint32_t>()};
        case Kind::fork_failed:
            return ForkFailed{.message = in.text()};
        case Kind::job:
        case Kind::fork:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::string encode(const Job& job) {
    Writer out(Kind::job);
    out.number(job.size_bytes);
    out.number(job.output_bytes_max);
    out.number(job.memory_bytes_max);
    out.text(job.filename);
    out.text(job.source_uri);
    out.text(job.chunks_key);
    out.number(static_cast<std::uint32_t>(job.outputs.size()));
    for (const auto kind : job.outputs) out.number(std::to_underlying(kind));
    return out.take();
}

std::string encode(const Reply& reply) {
    return std::visit([](const auto& message) { return body(message); }, reply);
}

std::string encode_fork() {
    return Writer(Kind::fork).take();
}

bool is_fork(std::string_view message) {
    return message == encode_fork();
}

Result<Job> decode_job(std::string_view message) {
    Reader in(message);
    if (in.number<std::uint8_t>() != std::to_underlying(Kind::job)) {
        return fail(Errc::corrupt, "a message that is no job");
    }
    Job job;
    job.size_bytes = in.number<std::uint64_t>();
    job.output_bytes_max = in.number<std::uint64_t>();
    job.memory_bytes_max = in.number<std::uint64_t>();
    job.filename = in.text();
    job.source_uri = in.text();
    job.chunks_key = in.text();
    const auto count = in.below(in.number<std::uint32_t>(), kOutputsMax + 1);
    for (std::size_t i = 0; i < count; ++i) job.outputs.push_back(read_kind(in));
    if (!in.finished()) return fail(Errc::corrupt, "a job that is cut short or too long");
    return job;
}

Result<Reply> decode_reply(std::string_view message) {
    Reader in(message);
    auto reply = read_reply(in);
    if (!reply || !in.finished()) return fail(Errc::corrupt, "a reply that makes no sense");
    return std::move(*reply);
}

}  // namespace ingestor::documents
