"""The architecture's flow, over HTTP, with the bundled samples."""
import json
import re

import pytest
import requests

from server import SAMPLES

EXPECTED = {
    "harbour-report.pdf": ["# Water Quality in the Harbour", "Method", "| 7 Breakwater | 6.3 | 0.71 | 7.2 |",
                           "behind the breakwater harms the mussels there is not known"],
    "committee-minutes.docx": ["# Minutes of the Reading Room Committee", "## ", "| Reading lamps | 12 | 480.00 |",
                               "- Thursdays until ten in the evening.", "1. Report on the catalogue.",
                               "**half past nine**"],
    "ferry-timetable.html": ["# How the ferry timetable is made", "[eleven routes](https://ferry.example/routes)",
                             "| Gannet | 4 | 180 |", "> The best timetable", "`timetable --year 2026`"],
    "workshop-handbook.md": ["# Handbook of the Bicycle Workshop", "```sh", "| Gravel, 45 mm |"],
    "letter-windows-1252.txt": ["für die Übergabe der Wohnung", "1.250 €", "„binnen sechs Wochen“", "Möwenstraße"],
}
FORBIDDEN = {
    "harbour-report.pdf": ["Page 2", "Harbour Office - Water Quality, First"],
    "ferry-timetable.html": ["console.log", "Cookie settings", "Imprint"],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sample_becomes_markdown(client, name):
    job = client.ingest(((SAMPLES / name).read_bytes(), name))
    assert job["status"] == "completed", job
    markdown = client.output(job["job_id"], 0)
    for phrase in EXPECTED[name]:
        assert phrase in markdown, f"{phrase!r} is not in:\n{markdown}"
    for phrase in FORBIDDEN.get(name, []):
        assert phrase not in markdown, f"{phrase!r} is in:\n{markdown}"


def test_all_samples_as_one_job(client):
    files = [(path.read_bytes(), path.name) for path in sorted(SAMPLES.iterdir())]
    job = client.ingest(*files, name="All samples")
    assert job["status"] == "completed", job
    assert job["job_name"] == "All samples"
    assert (job["total_documents"], job["documents_processed"]) == (len(files), len(files))
    assert [file["status"] for file in job["files"]] == ["completed"] * len(files)
    assert len(job["attempts"]) == 1 and job["attempts"][0]["error"] is None
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["queue_position"] is None


def test_the_answer_is_the_architectures(client):
    key = client.upload(b"# A\n\ntext\n", "a.md")
    answer = client.post("/upload/process-s3-files", {"files": [{"file_key": key}]})
    body = answer.json()
    assert answer.status_code == 202
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", body["job_id"])
    assert answer.headers["location"] == f"/jobs/{body['job_id']}"
    assert body == {"job_id": body["job_id"], "status": "queued", "files_count": 1,
                    "message": "Job created and queued for processing. Check Jobs page for status."}


def test_outputs_are_consistent(client):
    job = client.ingest(((SAMPLES / "harbour-report.pdf").read_bytes(), "harbour-report.pdf"))
    job_id = job["job_id"]
    file = job["files"][0]
    assert file["pages"] == 3 and file["words"] > 200 and file["content_type"] == "application/pdf"
    markdown = client.output(job_id, 0)
    sidecar = json.loads(client.output(job_id, 0, "sidecar"))
    chunks = [json.loads(line) for line in client.output(job_id, 0, "chunks").splitlines()]
    assert sidecar["schema"] == "agent2-ingestor.sidecar/2"
    assert sidecar["document"]["pages"] == 3
    assert sidecar["document"]["title"] == "Water Quality in the Harbour, First Quarter 2026"
    assert sidecar["chunks"] == {"count": len(chunks), "key": job["files"][0]["chunks_key"]}
    assert file["markdown_key"] == f"documents/{job_id}/0-harbour-report.pdf.md" or file["markdown_key"].endswith(".md")
    end = 0
    for chunk in chunks:
        meta = chunk["metadata"]
        assert chunk["page_content"] == chunk["text"] and chunk["id"] == chunk["id_"]
        assert meta["source"].startswith("s3://agent2-ingestor-bucket-us-east-1/uploads/")
        assert meta["char_start"] >= end
        assert markdown[end:meta["char_start"]].strip() == ""
        end = meta["char_end"]
        assert 1 <= meta["page"] <= 3
    assert markdown[end:].strip() == ""


def test_upload_and_submit_in_one_request(client):
    files = [("files", (path.name, path.read_bytes())) for path in sorted(SAMPLES.iterdir())]
    answer = client.http.post(client.url + "/upload", files=files, data={"job_name": "By form"}, timeout=30)
    assert answer.status_code == 202, answer.text
    job = client.wait(answer.json()["job_id"])
    assert job["status"] == "completed", job
    assert job["job_name"] == "By form" and job["total_documents"] == len(files)


def test_presigned_url_takes_forms_too(client):
    for options in ({"data": {"filename": "a.md", "content_type": "text/markdown"}},
                    {"files": {"filename": (None, "a.md"), "content_type": (None, "text/markdown")}}):
        answer = client.http.post(client.url + "/upload/presigned-url", timeout=30, **options)
        assert answer.status_code == 200, answer.text
        assert answer.json()["expires_in"] == 900


def test_idempotency_key_gives_the_same_job(client):
    key = client.upload(b"# A\n", "a.md")
    first = client.submit([key], **{"Idempotency-Key": "once"})
    assert client.submit([key], **{"Idempotency-Key": "once"}) == first
    other = client.post("/upload/process-s3-files", {"files": [{"file_key": key}], "job_name": "another"},
                        headers={"Idempotency-Key": "once"})
    assert other.status_code == 409 and "Idempotency-Key" in other.json()["detail"]
    assert client.submit([key], **{"Idempotency-Key": "twice"}) != first


def test_lists_newest_first_in_pages(client):
    key = client.upload(b"# A\n", "a.md")
    ids = [client.submit([key], name=f"job {i}") for i in range(7)]
    for job_id in ids:
        client.wait(job_id)
    seen, cursor = [], None
    while True:
        page = client.get("/jobs", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["jobs"]) <= 3
        seen += [job["job_id"] for job in page["jobs"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ids[::-1]
    assert len(client.get("/jobs", params={"status": "completed"}).json()["jobs"]) == 7
    assert client.get("/jobs", params={"status": "failed"}).json() == {"jobs": [], "next_cursor": None}
    assert client.get("/jobs/counts").json() == {"queued": 0, "processing": 0, "completed": 7, "failed": 0, "cancelled": 0}


def test_a_failing_document_fails_the_job_and_keeps_the_others(client):
    job = client.ingest((b"# Good\n\ntext\n", "good.md"), (b"", "empty.pdf"), (b"%PDF-1.7\nnoise", "broken.pdf"))
    assert job["status"] == "failed"
    assert [file["status"] for file in job["files"]] == ["completed", "failed", "failed"]
    assert job["files"][1]["error"]["code"] == "empty"
    assert job["files"][2]["error"]["code"] == "corrupt"
    assert "2 of 3" in job["error"]
    assert client.output(job["job_id"], 0).startswith("# Good")
    assert client.get(f"/jobs/{job['job_id']}/documents/1/markdown").status_code == 404


def test_retry_works_again_on_what_failed(client):
    job = client.ingest((b"# Good\n", "good.md"), (b"", "empty.txt"))
    assert job["status"] == "failed"
    # The object is put right under the same key, as an operator would do it.
    place = client.post("/upload/presigned-url", {"filename": "other.txt"}).json()
    assert place["file_key"] != job["files"][1]["file_key"]
    answer = client.post(f"/jobs/{job['job_id']}/retry")
    assert answer.status_code == 202 and answer.json()["status"] in ("queued", "processing", "failed")
    again = client.wait(job["job_id"])
    assert again["status"] == "failed" and len(again["attempts"]) == 2
    assert again["files"][0]["status"] == "completed"
    assert client.post(f"/jobs/{client.ingest((b'# A', 'a.md'))['job_id']}/retry").status_code == 409


def test_events_stream_until_the_end(client):
    key = client.upload((SAMPLES / "harbour-report.pdf").read_bytes(), "a.pdf")
    job_id = client.submit([key] * 5)
    names = []
    with client.get(f"/jobs/{job_id}/events", stream=True) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                names.append(line[7:])
            elif line.startswith("data: "):
                event = json.loads(line[6:])
                if names[-1] == "job":
                    job = event
                else:
                    changed = {file.pop("n"): file for file in event.pop("files")}
                    job |= event
                    job["files"] = [changed.get(n, file) for n, file in enumerate(job["files"])]
    assert names[0] == "job" and set(names[1:]) <= {"changes"}
    assert job == client.job(job_id)
    assert job["status"] == "completed"


def test_service_endpoints_need_no_token(shared_server):
    health = requests.get(shared_server.url + "/health", timeout=10).json()
    assert health["status"] == "healthy" and health["engine"] == "embedded" and "sandbox" in health
    assert requests.get(shared_server.url + "/ready", timeout=10).json() == {"status": "ready"}
    assert requests.get(shared_server.url + "/docs", timeout=10).headers["content-type"].startswith("text/html")


def test_metrics_count_what_happened(shared_server, client):
    client.ingest((b"# A\n", "a.md"))
    text = shared_server.client("local").get("/metrics").text
    for name in ("agent2_ingestor_accept_seconds_bucket", "agent2_ingestor_start_delay_seconds_bucket",
                 'agent2_ingestor_document_seconds_bucket{format="markdown"', "agent2_ingestor_deliveries",
                 'agent2_ingestor_jobs_ended_total{status="completed"}'):
        assert name in text, name
