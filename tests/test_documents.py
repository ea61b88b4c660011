"""Documents as they came and as they became: what a browser is told of them, ranges, and the same content again."""
import hashlib
import json
import re
import urllib.parse

import pytest
import requests

from server import SAMPLES

PDF = SAMPLES / "harbour-report.pdf"
SCRIPT = b"<!doctype html><title>x</title><script>parent.location='https://evil.example'</script><p>Hostile words.</p>"


def source(client, job, index=0, **headers):
    return client.get(f"/jobs/{job['job_id']}/documents/{index}/source", headers=headers)


def test_a_pdf_is_shown_as_it_was_uploaded(client):
    job = client.ingest((PDF.read_bytes(), "Häfen & \"Kräne\".pdf"))
    assert job["status"] == "completed", job
    answer = source(client, job)
    assert answer.status_code == 200 and answer.content == PDF.read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" not in answer.headers["content-security-policy"]
    disposition = re.fullmatch(r"inline; filename\*=UTF-8''(.*)", answer.headers["content-disposition"])
    assert urllib.parse.unquote(disposition.group(1)) == "Häfen & \"Kräne\".pdf"


@pytest.mark.parametrize("content,name,told", [
    (SCRIPT, "page.html", "text/html"), (SCRIPT, "page.html", "application/pdf"), (b"words\n", "a.txt", "text/html"),
    (b"# words <script>alert(1)</script>\n", "a.md", "image/svg+xml"), (SCRIPT, "a.pdf", "application/pdf")])
def test_nothing_else_can_be_taken_for_a_page_of_ours(client, content, name, told):
    """Whatever the uploader says it is."""
    job = client.ingest((content, name, told))
    answer = source(client, job)
    assert answer.status_code == 200 and answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_is_not_recognised_yet_is_saved_and_not_shown(make_server):
    server = make_server("--jobs-at-once", "0")
    client = server.client()
    job = client.job(client.submit([client.upload(PDF.read_bytes(), "a.pdf", "application/pdf")]))
    answer = source(client, job)
    assert answer.status_code == 200 and answer.content == PDF.read_bytes()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")


def test_parts_and_what_the_browser_has(client):
    content = PDF.read_bytes()
    job = client.ingest((content, "a.pdf"))
    whole = source(client, job)
    assert whole.headers["accept-ranges"] == "bytes"
    tag = whole.headers["etag"]
    part = source(client, job, Range="bytes=5-104")
    assert part.status_code == 206 and part.content == content[5:105]
    assert part.headers["content-range"] == f"bytes 5-104/{len(content)}"
    assert source(client, job, Range="bytes=-10").content == content[-10:]
    assert source(client, job, **{"Range": "bytes=0-0", "If-Range": tag}).status_code == 206
    assert source(client, job, **{"Range": "bytes=0-0", "If-Range": '"old"'}).content == content
    behind = source(client, job, Range=f"bytes={len(content)}-")
    assert behind.status_code == 416 and behind.headers["content-range"] == f"bytes */{len(content)}"
    assert source(client, job, **{"If-None-Match": f'"x", {tag}'}).status_code == 304
    head = client.http.head(client.url + f"/jobs/{job['job_id']}/documents/0/source", timeout=10)
    assert head.status_code == 200 and int(head.headers["content-length"]) == len(content) and not head.content


def test_the_source_is_its_owners_alone(client, shared_server):
    job = client.ingest((b"# Mine\n", "mine.md"))
    assert source(shared_server.client("eve"), job).status_code == 404
    assert requests.get(client.url + f"/jobs/{job['job_id']}/documents/0/source", timeout=10).status_code == 401
    assert source(client, job, index=1).status_code == 404


def test_outputs_are_saved_under_the_documents_name(client):
    job = client.ingest((b"# Mine\n", "my notes.v2.md"))
    for kind, name in (("markdown", "my notes.v2.md"), ("sidecar", "my notes.v2.json"), ("chunks", "my notes.v2.chunks.jsonl")):
        answer = client.get(f"/jobs/{job['job_id']}/documents/0/{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{urllib.parse.quote(name)}"
        assert answer.headers["x-content-type-options"] == "nosniff"
    part = client.get(f"/jobs/{job['job_id']}/documents/0/markdown", headers={"Range": "bytes=2-"})
    assert part.status_code == 206 and part.content == b"Mine\n"


def test_the_same_content_is_found_again(client, shared_server):
    content, other = b"# The same words\n", b"# Other words\n"
    digest = hashlib.sha256(content).hexdigest()
    first = client.ingest((other, "other.md"), (content, "first.md"), name="First")
    for _ in range(2):
        second = client.ingest((content, "second.md"), name="Second")
    found = client.get("/documents", params={"sha256": digest}).json()["documents"]
    assert [(one["filename"], one["n"], one["job_name"]) for one in found] == [
        ("second.md", 0, "Second"), ("second.md", 0, "Second"), ("first.md", 1, "First")]
    assert found[0]["job_id"] == second["job_id"] and found[0]["created_at"] == second["created_at"]
    assert found[2]["job_id"] == first["job_id"] and found[2]["status"] == "completed"
    sidecar = json.loads(client.output(first["job_id"], 1, "sidecar"))
    assert sidecar["document"]["sha256"] == digest
    assert client.get("/documents", params={"sha256": digest.upper()}).json()["documents"] == found
    assert shared_server.client("eve").get("/documents", params={"sha256": digest}).json() == {"documents": []}
    for wrong in ({}, {"sha256": ""}, {"sha256": "ab"}, {"sha256": "x" * 64}):
        answer = client.get("/documents", params=wrong)
        assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["query", "sha256"], wrong


def test_a_document_that_failed_is_not_found(client):
    content = b"%PDF-1.4\nno more"
    job = client.ingest((content, "broken.pdf"))
    assert job["status"] == "failed"
    digest = hashlib.sha256(content).hexdigest()
    assert client.get("/documents", params={"sha256": digest}).json() == {"documents": []}


def test_a_repeated_submit_is_answered_when_its_upload_is_gone(shared_server, client):
    import boto3
    environment = shared_server.aws_environment("--operator")
    s3 = boto3.client("s3", endpoint_url=shared_server.url, region_name=environment["AWS_REGION"],
                      aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])
    key = client.upload(b"# A\n", "a.md")
    body = {"files": [{"file_key": key}]}
    first = client.post("/upload/process-s3-files", body, headers={"Idempotency-Key": key})
    client.wait(first.json()["job_id"])
    s3.delete_object(Bucket=client.get("/service").json()["aws"]["bucket"], Key=key)
    again = client.post("/upload/process-s3-files", body, headers={"Idempotency-Key": key})
    assert again.status_code == 202 and again.json()["job_id"] == first.json()["job_id"]
    assert client.post("/upload/process-s3-files", body, headers={"Idempotency-Key": key + "2"}).status_code == 404
    assert source(client, {"job_id": first.json()["job_id"]}).status_code == 404
