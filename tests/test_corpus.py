"""Real documents and hostile ones, where the corpus is at hand (see conftest.corpus)."""
import concurrent.futures
import json
import subprocess
import sys

import pytest

from server import SAMPLES

# The floor of each format's score; what is read is far above it on the day of writing (bench/README.md).
FLOORS = {"pdf": 0.80, "docx": 0.92, "html": 0.92, "md": 0.95, "csv": 0.95, "txt": 0.95}
KINDS = {"empty", "corrupt", "encrypted", "too_large", "unsupported", "timed_out"}


@pytest.fixture(scope="module")
def corpus_client(shared_server, corpus):
    return shared_server.client("corpus")


@pytest.fixture(scope="module")
def outputs(corpus_client, corpus, tmp_path_factory):
    """Every good document of the formats read, as Markdown, by one job a format."""
    directory = tmp_path_factory.mktemp("outputs")
    for format_ in FLOORS:
        paths = sorted((corpus / "good" / format_).iterdir())
        job = corpus_client.ingest(*[(path.read_bytes(), path.name) for path in paths], seconds=120)
        for index, (path, file) in enumerate(zip(paths, job["files"])):
            if file["status"] == "completed":
                (directory / f"{path.stem}.md").write_text(corpus_client.output(job["job_id"], index))
                if file["pages"] is not None:
                    (directory / f"{path.stem}.meta.json").write_text(json.dumps({"pages": file["pages"]}))
    return directory


@pytest.mark.parametrize("format_,floor", FLOORS.items())
def test_extraction_reaches_its_floor(outputs, corpus, format_, floor):
    result = subprocess.run([sys.executable, corpus / "score.py", corpus / "expected.json", outputs, "--only", format_,
                             "--no-ocr", "--min", str(floor)], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr


def scans(corpus):
    facts = json.loads((corpus / "expected.json").read_text())
    return [entry["id"] for entry in facts["files"] if entry.get("needs_ocr") and entry["format"] == "pdf"]


def test_a_scanned_pdf_says_that_it_needs_ocr(corpus_client, corpus):
    for name in scans(corpus):
        path = corpus / "good" / "pdf" / f"{name}.pdf"
        file = corpus_client.ingest((path.read_bytes(), path.name))["files"][0]
        assert file["status"] == "failed" and file["error"]["code"] == "unsupported", (name, file)
        assert "OCR" in file["error"]["message"]


def verdict(entry, file, markdown, sidecar):
    """What is wrong with the outcome of one bad input; None: nothing."""
    outcome = entry["outcome"]
    if file["status"] == "failed":
        code = file["error"]["code"]
        if code not in KINDS:
            return f"error {file['error']}"
        # Formats that are not read say so; that is right for every input of theirs.
        if code == "unsupported" and not entry["file"].endswith((".pdf", ".docx", ".html", ".txt", ".csv", ".md")):
            return None
        if outcome in ("error", "either") and code in entry.get("kinds", []):
            return None
        if outcome == "flagged" or (outcome == "text" and code in entry.get("kinds", [])):
            return None
        return f"{file['error']}, wanted {outcome} {entry.get('kinds')}"
    if file["status"] != "completed":
        return f"status {file['status']}"
    if outcome == "error":
        return f"text, wanted an error of {entry['kinds']}"
    if outcome == "flagged" and not sidecar["processing"]["warnings"]:
        return "no warning"
    for phrase in entry.get("phrases", []) if outcome == "text" else []:
        if phrase not in " ".join(markdown.replace("\\", "").split()):
            return f"phrase {phrase!r} is missing"
    for phrase in entry.get("forbidden", []):
        if phrase in markdown:
            return f"phrase {phrase!r} is there"
    if len(markdown.encode()) > entry.get("max_output", 1 << 40):
        return f"{len(markdown)} characters of output"
    return None


def test_bad_inputs_get_what_they_must(corpus_client, corpus):
    entries = json.loads((corpus / "bad" / "bad.json").read_text())["files"]

    def examine(entry):
        path = corpus / "bad" / entry["file"]
        answer = corpus_client.post("/upload/presigned-url", {"filename": path.name})
        if answer.status_code == 415:
            # Refused at the door, by its name.
            return entry["file"], verdict(entry, {"status": "failed", "error": {"code": "unsupported"}}, "", {})
        key = corpus_client.upload(path.read_bytes(), path.name)
        job = corpus_client.wait(corpus_client.submit([key]), 180)
        file = job["files"][0]
        markdown, sidecar = "", {}
        if file["status"] == "completed":
            markdown = corpus_client.output(job["job_id"], 0)
            sidecar = json.loads(corpus_client.output(job["job_id"], 0, "sidecar"))
        return entry["file"], verdict(entry, file, markdown, sidecar)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wrong = [f"{name}: {what}" for name, what in pool.map(examine, entries) if what]
    assert not wrong, "\n".join(wrong)


def test_a_poisoned_job_keeps_its_good_documents(corpus_client, corpus):
    bad = [corpus / "bad" / name for name in ("made/garbage.pdf", "made/bomb.docx", "real/encrypted-writer.pdf")]
    good = sorted(SAMPLES.iterdir()) + [SAMPLES / "workshop-handbook.md", SAMPLES / "harbour-report.pdf"]
    files = [*good[:3], bad[0], *good[3:5], bad[1], *good[5:], bad[2]]
    job = corpus_client.ingest(*[(path.read_bytes(), path.name) for path in files], seconds=120)
    assert job["status"] == "failed" and len(job["files"]) == 10
    codes = [file["error"]["code"] if file["error"] else None for file in job["files"]]
    assert codes == [None, None, None, "corrupt", None, None, "too_large", None, None, "encrypted"]
    for index, file in enumerate(job["files"]):
        assert (file["status"] == "completed") == (codes[index] is None)
        if codes[index] is None:
            assert corpus_client.output(job["job_id"], index)
        else:
            assert len(file["error"]["message"]) > 10
    assert "3 of 10" in job["error"]
    # Nothing else is disturbed.
    assert corpus_client.ingest((b"# After\n", "after.md"))["status"] == "completed"
