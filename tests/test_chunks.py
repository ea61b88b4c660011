"""Chunk records load into LangChain and LlamaIndex without glue."""
import json
import os
import pathlib

import pytest

from server import SAMPLES


@pytest.fixture(scope="module")
def records(shared_server):
    client = shared_server.client("chunk-reader")
    job = client.ingest(((SAMPLES / "harbour-report.pdf").read_bytes(), "harbour-report.pdf"))
    lines = client.output(job["job_id"], 0, "chunks").splitlines()
    assert len(lines) >= 1
    return [json.loads(line) for line in lines]


def test_langchain_loads_a_record(records):
    documents = pytest.importorskip("langchain_core.documents")
    for record in records:
        document = documents.Document(**record)
        assert document.page_content == record["page_content"]
        assert document.id == record["id"]
        assert document.metadata["page"] == record["metadata"]["page"]


def test_llama_index_loads_a_record(records):
    schema = pytest.importorskip("llama_index.core.schema")
    for record in records:
        node = schema.TextNode.from_dict(record)
        assert node.text == record["text"]
        assert node.node_id == record["id"]
        assert node.metadata["headings"] == record["metadata"]["headings"]
        assert (node.start_char_idx, node.end_char_idx) == (record["metadata"]["char_start"], record["metadata"]["char_end"])
        assert node.mimetype == "text/markdown"


def test_llama_index_knows_the_source_of_all_chunks(records):
    schema = pytest.importorskip("llama_index.core.schema")
    nodes = [schema.TextNode.from_dict(record) for record in records]
    assert len({node.ref_doc_id for node in nodes}) == 1
    assert nodes[0].source_node.node_type == schema.ObjectType.DOCUMENT
    assert nodes[0].source_node.metadata["filename"] == "harbour-report.pdf"
    # What it writes it reads again.
    assert schema.TextNode.from_dict(nodes[0].to_dict()).ref_doc_id == nodes[0].ref_doc_id


def test_models_see_what_a_chunk_is_about_and_not_where_its_bytes_are(records):
    schema = pytest.importorskip("llama_index.core.schema")
    node = schema.TextNode.from_dict(records[-1])
    embedded = node.get_metadata_str(schema.MetadataMode.EMBED)
    shown = node.get_metadata_str(schema.MetadataMode.LLM)
    assert embedded.startswith("headings: ") and "\n" not in embedded
    assert {line.split(":")[0] for line in shown.splitlines()} == {"filename", "page", "headings"}


def test_pages_are_numbers_for_stores_that_keep_no_lists(records):
    for record in records:
        metadata = record["metadata"]
        assert metadata["page"] == metadata["page_numbers"][0] and metadata["last_page"] == metadata["page_numbers"][-1]


def test_a_record_lasts_through_a_vector_store(records):
    """Embedding, storing and finding as LlamaIndex does it, in its own store."""
    core = pytest.importorskip("llama_index.core")
    from llama_index.core.schema import TextNode
    index = core.VectorStoreIndex([TextNode.from_dict(record) for record in records], embed_model=core.MockEmbedding(embed_dim=4))
    found = index.as_retriever(similarity_top_k=len(records)).retrieve("harbour")
    assert {node.node_id for node in found} == {record["id"] for record in records}
    index.delete_ref_doc(found[0].node.ref_doc_id)
    assert not index.as_retriever().retrieve("harbour")


@pytest.fixture(scope="module")
def tokenisers():
    """OpenAI's two, whose tables LlamaIndex brings along."""
    core = pytest.importorskip("llama_index.core")
    tables = pathlib.Path(core.__file__).parent / "_static" / "tiktoken_cache"
    if not tables.is_dir():
        pytest.skip("this LlamaIndex has no tables of tokenisers")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(tables)
    tiktoken = pytest.importorskip("tiktoken")
    return [tiktoken.get_encoding(name) for name in ("cl100k_base", "o200k_base")]


# A sentence a script, of the Universal Declaration of Human Rights.
SENTENCES = {
    "en": "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt.",
    "ru": "Все люди рождаются свободными и равными в своём достоинстве и правах.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا.",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "ka": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri.",
    "vi": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.",
}


def test_no_chunk_has_more_tokens_than_it_says_in_any_script(shared_server, tokenisers):
    client = shared_server.client("token-counter")
    texts = [("\n\n".join(f"{i}. {sentence} " * (1 + i % 9) for i in range(1, 60)).encode(), f"{language}.txt")
             for language, sentence in SENTENCES.items()]
    texts += [("\n\n".join(SENTENCES.values()).encode() * 9, "all.txt"),
              ((SAMPLES / "harbour-report.pdf").read_bytes(), "harbour-report.pdf")]
    job = client.ingest(*texts)
    for index, (_, name) in enumerate(texts):
        for line in client.output(job["job_id"], index, "chunks").splitlines():
            record = json.loads(line)
            tokens = max(len(tokeniser.encode_ordinary(record["text"])) for tokeniser in tokenisers)
            assert tokens <= record["metadata"]["num_tokens"] <= 512, (name, tokens, record)


def test_english_fills_its_chunks(shared_server, tokenisers):
    client = shared_server.client("token-counter")
    text = " ".join(f"{SENTENCES['en']} Article {i} says so, and the others do as well." for i in range(400))
    job = client.ingest((text.encode(), "english.txt"))
    records = [json.loads(line) for line in client.output(job["job_id"], 0, "chunks").splitlines()]
    tokens = [len(tokenisers[0].encode_ordinary(record["text"])) for record in records[:-1]]
    assert sum(tokens) / len(tokens) >= 0.7 * 512, tokens
