#include "extract/pipeline/sidecar.hpp"

#include <cmath>
#include <utility>

#include <boost/json.hpp>

#include "base/uuid.hpp"

namespace ingestor::extract::pipeline {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "agent2-ingestor.sidecar/1";
/// The namespace of chunk ids (RFC 9562, version 5); chosen once, never to change.
constexpr std::string_view kChunkNamespace = "0d3c9b52-6f0e-5f43-9a51-5d0a3c1c7e21";

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

template <class Items>
json::array array_of(const Items& items) {
    json::array out;
    for (const auto& item : items) out.emplace_back(item);
    return out;
}

/// A chunk's name: the same document cut by the same settings gives the same ids.
std::string chunk_id(const SidecarFacts& facts, std::size_t index) {
    return uuid_v5(kChunkNamespace, facts.sha256 +
                                        "/tokens_max=" + std::to_string(facts.chunker.tokens_max) +
                                        "/" + std::to_string(index));
}

json::object record(const SidecarFacts& facts, const Chunk& chunk, std::size_t index) {
    json::object metadata{{"source", facts.source_uri}, {"filename", facts.filename}};
    if (!chunk.pages.empty()) metadata["page"] = chunk.pages.front();
    metadata["page_numbers"] = array_of(chunk.pages);
    metadata["headings"] = array_of(chunk.headings);
    metadata["chunk_index"] = index;
    metadata["num_tokens"] = chunk.tokens;
    metadata["char_start"] = chunk.char_begin;
    metadata["char_end"] = chunk.char_end;
    if (!chunk.repeated_header.empty()) metadata["repeated_header"] = chunk.repeated_header;
    if (chunk.box) {
        metadata["bbox"] = {chunk.box->left, chunk.box->top, chunk.box->right, chunk.box->bottom};
    }
    const std::string id = chunk_id(facts, index);
    return {{"id", id},
            {"id_", id},
            {"type", "Document"},
            {"class_name", "TextNode"},
            {"page_content", chunk.text},
            {"text", chunk.text},
            {"metadata", std::move(metadata)}};
}

std::string_view name_of(model::LeftOutReason reason) {
    switch (reason) {
        case model::LeftOutReason::running_head:
            return "running_head";
        case model::LeftOutReason::boilerplate:
            return "boilerplate";
        case model::LeftOutReason::hidden:
            return "hidden";
        case model::LeftOutReason::deleted_revision:
            return "deleted_revision";
        case model::LeftOutReason::duplicate:
            return "duplicate";
        case model::LeftOutReason::watermark:
            return "watermark";
        case model::LeftOutReason::unreadable:
            return "unreadable";
        case model::LeftOutReason::unsupported:
            return "unsupported";
        case model::LeftOutReason::comment:
            return "comment";
        case model::LeftOutReason::missing:
            return "missing";
    }
    return "missing";
}

json::array left_out(const ledger::Account& account) {
    json::array out;
    out.reserve(account.left_out.size());
    for (const model::LeftOut& entry : account.left_out) {
        out.emplace_back(
            json::object{{"reason", name_of(entry.reason)},
                         {"page", entry.page > 0 ? json::value(entry.page) : json::value(nullptr)},
                         {"text", entry.text}});
    }
    return out;
}

/// To four places, downwards: less than all is never shown as all.
double rounded(double share) {
    return std::floor(share * 10'000) / 10'000;
}

}  // namespace

Sidecar write_sidecar(const SidecarFacts& facts, const Document& document,
                      const std::vector<Chunk>& chunks) {
    Sidecar out;
    json::array records;
    records.reserve(chunks.size());
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        records.emplace_back(record(facts, chunks[i], i));
        out.chunk_lines += json::serialize(records.back());
        out.chunk_lines += '\n';
    }
    const json::object about{
        {"filename", facts.filename},
        {"content_type", facts.content_type},
        {"size_bytes", facts.size_bytes},
        {"sha256", facts.sha256},
        {"pages", document.pages ? json::value(*document.pages) : json::value(nullptr)},
        {"words", facts.words},
        {"coverage", rounded(facts.account.coverage())},
        {"language", text_or_null(document.language)},
        {"title", text_or_null(document.title)},
        {"author", text_or_null(document.author)},
        {"created", text_or_null(document.created)}};
    const json::object processing{{"extractor", "agent2-ingestor"},
                                  {"version", facts.version},
                                  {"duration_ms", facts.duration.count()},
                                  {"ocr_pages", json::array()},
                                  {"warnings", array_of(document.warnings)}};
    out.json = json::serialize(json::object{{"schema", kSchema},
                                            {"document", about},
                                            {"processing", processing},
                                            {"left_out", left_out(facts.account)},
                                            {"left_out_words_beyond", facts.account.words_beyond},
                                            {"chunks", std::move(records)}});
    return out;
}

}  // namespace ingestor::extract::pipeline
