"""What the jobs page asks for: lists by status and search, the stream of changes, what the service takes."""
import json
import threading

import pytest
import requests

from server import Client, eventually


@pytest.fixture(scope="module")
def idle(tmp_path_factory):
    """Takes jobs and leaves them queued."""
    from server import Server
    server = Server(tmp_path_factory.mktemp("idle"), "--jobs-at-once", "0", "--rate-limit", "0")
    yield server.start()
    assert server.stop() == 0


def names(client, **query):
    """Of all pages."""
    found = []
    while True:
        answer = client.get("/jobs", params=query)
        assert answer.status_code == 200, answer.text
        found += [job["job_name"] for job in answer.json()["jobs"]]
        query["cursor"] = answer.json()["next_cursor"]
        if not query["cursor"]:
            return found


def test_statuses_may_be_repeated(idle, user):
    client = idle.client(user)
    key = client.upload(b"# A\n", "a.md")
    jobs = [client.submit([key], f"job {n}") for n in range(6)]
    for job_id in jobs[::2]:
        assert client.post(f"/jobs/{job_id}/cancel").status_code == 202
    assert names(client, status=["queued", "cancelled"], limit=2) == [f"job {n}" for n in (5, 4, 3, 2, 1, 0)]
    assert names(client, status=["cancelled", "failed"], limit=1) == ["job 4", "job 2", "job 0"]
    assert names(client, status="queued") == ["job 5", "job 3", "job 1"]
    assert names(client, status=["completed", "failed"]) == []
    wrong = client.get("/jobs", params={"status": ["queued", "done"]})
    assert wrong.status_code == 422 and wrong.json()["detail"][0]["loc"] == ["query", "status"]


def test_a_search_finds_names_and_ids(idle, user):
    client = idle.client(user)
    key = client.upload(b"# A\n", "a.md")
    report = client.submit([key], "Annual REPORT 2026")
    client.submit([key], "Minutes & more")
    client.submit([key], "monthly report")
    assert names(client, q="report", limit=1) == ["monthly report", "Annual REPORT 2026"]
    assert names(client, q="& MORE") == ["Minutes & more"]
    assert names(client, q=report[:30]) == ["Annual REPORT 2026"]
    assert names(client, q="report", status=["failed"]) == []
    assert names(client, q="100%") == []
    eve = idle.client("eve")
    assert names(eve, q="report") == [] and names(eve, q=report) == []
    for wrong in ("", "x" * 201):
        answer = client.get("/jobs", params={"q": wrong})
        assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["query", "q"]


class Stream:
    """Server-sent events, read beside the test."""

    def __init__(self, client):
        self.answer = client.get("/jobs/events", stream=True)
        assert self.answer.status_code == 200
        assert self.answer.headers["content-type"] == "text/event-stream"
        self.events = []
        self.ended = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        name = None
        try:
            for line in self.answer.iter_lines(decode_unicode=True):
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line.removeprefix("data: "))))
        except (requests.RequestException, AttributeError):
            pass
        self.ended.set()

    def statuses(self, job_id):
        return [event["status"] for name, event in list(self.events) if name == "job" and event["job_id"] == job_id]


def test_the_stream_tells_of_every_job_of_the_caller(client, shared_server):
    stream = Stream(client)
    eventually(lambda: stream.events, what="the first event")
    assert stream.events[0] == ("ready", {})
    eve = shared_server.client("eve")
    job_id = eve.submit([eve.upload(b"# Eve\n", "eve.md")])
    jobs = [client.submit([client.upload(b"# A\n", "a.md")], f"job {n}") for n in range(3)]
    for job in jobs:
        eventually(lambda: "completed" in stream.statuses(job), what=f"the end of {job}")
    assert stream.statuses(job_id) == []
    summary = next(event for name, event in stream.events if name == "job" and event["status"] == "completed")
    assert summary == next(job for job in client.get("/jobs").json()["jobs"] if job["job_id"] == summary["job_id"])
    stream.answer.close()


def test_the_stream_ends_with_the_service(make_server):
    server = make_server()
    stream = Stream(server.client())
    eventually(lambda: stream.events)
    assert server.stop() == 0
    assert stream.ended.wait(10)


def test_the_stream_ends_with_the_sign_in(idle, user):
    """At the first event, or beat, after the token's end."""
    stream = Stream(Client(idle.url, idle.token(user, ttl="1s")))
    client = idle.client(user)
    key = client.upload(b"# A\n", "a.md")
    eventually(lambda: client.submit([key]) and stream.ended.is_set(), what="the end of the stream")
    assert ("ready", {}) in stream.events


def test_the_service_says_what_it_takes(shared_server, client):
    service = client.get("/service").json()
    health = requests.get(shared_server.url + "/health", timeout=10).json()
    assert service["version"] == health["version"] and service["engine"] == "embedded" and service["environment"] == "dev"
    exported = shared_server.aws_environment()
    assert service["aws"]["endpoint_url"] == shared_server.url == exported["AWS_ENDPOINT_URL"]
    assert service["aws"]["region"] == exported["AWS_REGION"]
    assert service["aws"]["event_bus"] == "agent2-ingestor-events-dev"
    for kind in service["accepted"]:
        for request in ({"filename": "a" + kind["extension"]}, {"filename": "a", "content_type": kind["content_type"]}):
            assert client.post("/upload/presigned-url", request).status_code == 200, request
    limits = service["limits"]
    too_long = {"filename": "a" * (limits["filename_chars_max"] - 2) + ".md"}
    assert client.post("/upload/presigned-url", too_long).status_code == 422
    assert limits["file_bytes_max"] == 512 << 20 and limits["files_in_job_max"] == 1000
    assert limits["upload_url_seconds"] == client.post("/upload/presigned-url", {"filename": "a.md"}).json()["expires_in"]
