"""Chunk records load into LangChain and LlamaIndex without glue."""
import json

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
