#include "extract/pipeline/sidecar.hpp"

#include <cmath>
#include <utility>

#include <boost/json.hpp>

#include "base/uuid.hpp"

namespace ingestor::extract::pipeline {
namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "agent2-ingestor.sidecar/2";
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

/// The name of the document that its chunks come from, as LlamaIndex groups and deletes by it.
std::string document_id(const SidecarFacts& facts) {
    return uuid_v5(kChunkNamespace, facts.sha256);
}

/// LlamaIndex's names: NodeRelationship.SOURCE and ObjectType.DOCUMENT.
constexpr std::string_view kSourceRelationship = "1";
constexpr std::string_view kDocumentType = "4";

json::object source_of(const SidecarFacts& facts) {
    return {{"node_id", document_id(facts)},
            {"node_type", kDocumentType},
            {"metadata", {{"source", facts.source_uri}, {"filename", facts.filename}}},
            {"hash", facts.sha256},
            {"class_name", "RelatedNodeInfo"}};
}

/// What LlamaIndex puts before a text that it embeds or shows to a model is the rest of the
/// metadata: what the chunk is about, and not where its bytes are.
json::array excluded_keys(bool from_embeddings) {
    json::array keys{"source",     "page_numbers", "last_page", "chunk_index",    "num_tokens",
                     "char_start", "char_end",     "bbox",      "repeated_header"};
    if (from_embeddings) {
        keys.emplace_back("filename");
        keys.emplace_back("page");
    }
    return keys;
}

json::object record(const SidecarFacts& facts, const Chunk& chunk, std::size_t index) {
    json::object metadata{{"source", facts.source_uri}, {"filename", facts.filename}};
    // Vector stores keep numbers and no lists: the first and the last page beside all of them.
    if (!chunk.pages.empty()) {
        metadata["page"] = chunk.pages.front();
        metadata["last_page"] = chunk.pages.back();
    }
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
            {"mimetype", "text/markdown"},
            {"start_char_idx", chunk.char_begin},
            {"end_char_idx", chunk.char_end},
            {"metadata", std::move(metadata)},
            {"excluded_embed_metadata_keys", excluded_keys(true)},
            {"excluded_llm_metadata_keys", excluded_keys(false)},
            {"relationships", {{kSourceRelationship, source_of(facts)}}}};
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

std::string write_chunks(const SidecarFacts& facts, const std::vector<Chunk>& chunks) {
    std::string lines;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        lines += json::serialize(record(facts, chunks[i], i));
        lines += '\n';
    }
    return lines;
}

std::string write_sidecar(const SidecarFacts& facts, const Document& document, std::size_t chunks) {
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
    const json::object chunk_facts{{"count", chunks}, {"key", text_or_null(facts.chunks_key)}};
    return json::serialize(json::object{{"schema", kSchema},
                                        {"document", about},
                                        {"processing", processing},
                                        {"left_out", left_out(facts.account)},
                                        {"left_out_words_beyond", facts.account.words_beyond},
                                        {"chunks", chunk_facts}});
}

}  // namespace ingestor::extract::pipeline
