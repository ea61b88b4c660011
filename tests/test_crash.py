"""Nothing that was accepted is lost: the server is killed again and again under load."""
import json
import random
import sqlite3
import threading

import requests

from server import ENDED, SAMPLES, Client, eventually

KILLS = 20
JOBS_MIN = 500


class Submitter(threading.Thread):
    """Submits jobs without pause, through every outage, and remembers what was accepted."""

    def __init__(self, url, token, keys, seed):
        super().__init__(daemon=True)
        self.client = Client(url, token)
        self.keys = keys
        self.random = random.Random(seed)
        self.accepted = {}
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set():
            keys = self.random.sample(self.keys, self.random.randint(2, 4))
            try:
                answer = self.client.post("/upload/process-s3-files", {"files": [{"file_key": key} for key in keys]})
                if answer.status_code == 202:
                    self.accepted[answer.json()["job_id"]] = keys
            except requests.RequestException:
                self.stop.wait(0.05)
            self.stop.wait(0.02)


def test_every_accepted_job_ends_through_kills(make_server):
    server = make_server("--rate-limit", "0")
    token = server.token("ada")
    client = Client(server.url, token)
    names = ["workshop-handbook.md", "ferry-timetable.html", "letter-windows-1252.txt", "harbour-report.pdf"]
    keys = [client.upload((SAMPLES / name).read_bytes(), name) for name in names]
    submitters = [Submitter(server.url, token, keys, seed) for seed in range(4)]
    for submitter in submitters:
        submitter.start()

    def count():
        return sum(len(submitter.accepted) for submitter in submitters)

    chance = random.Random(20261123)
    for kill in range(KILLS):
        # A random moment, given as work done rather than as time.
        wanted = count() + chance.randint(1, 2 * JOBS_MIN // KILLS)
        eventually(lambda: count() >= wanted, 60, "accepting jobs")
        server.kill()
        server.start()
    eventually(lambda: count() >= JOBS_MIN, 120, "accepting enough jobs")
    for submitter in submitters:
        submitter.stop.set()
        submitter.join()

    accepted = {job_id: keys for submitter in submitters for job_id, keys in submitter.accepted.items()}
    assert len(accepted) >= JOBS_MIN
    eventually(lambda: client.get("/jobs/counts").json()["queued"] + client.get("/jobs/counts").json()["processing"] == 0,
               240, "the end of all jobs")
    reference = {}
    for job_id, keys in accepted.items():
        job = client.job(job_id)
        assert job["status"] == "completed", job
        assert [file["file_key"] for file in job["files"]] == keys
        for index, file in enumerate(job["files"]):
            markdown = client.output(job_id, index)
            sidecar = json.loads(client.output(job_id, index, "sidecar"))
            # Each output is there once and whole: the same document gives the same text every time.
            assert reference.setdefault(file["file_key"], markdown) == markdown
            assert sidecar["document"]["filename"] == file["filename"]
        # No two attempts of a job overlap: each began after the one before had ended.
        attempts = job["attempts"]
        for before, after in zip(attempts, attempts[1:]):
            assert before["ended_at"] is not None and before["ended_at"] <= after["started_at"]
            assert before["interrupted"], before
    server.stop()
    check = sqlite3.connect(server.data / "agent2-ingestor.db").execute("PRAGMA integrity_check").fetchone()
    assert check == ("ok",)


def test_a_stop_finishes_what_is_under_way_and_resumes_the_rest(make_server):
    server = make_server("--workers", "1")
    client = server.client()
    key = client.upload((SAMPLES / "harbour-report.pdf").read_bytes(), "a.pdf")
    jobs = [client.submit([key] * 5) for _ in range(20)]
    assert server.stop() == 0
    server.start()
    client = server.client()
    for job_id in jobs:
        job = client.wait(job_id)
        assert job["status"] == "completed", job
    assert all(client.job(job_id)["status"] in ENDED for job_id in jobs)


def test_helpers_die_with_a_killed_server(make_server):
    import pathlib
    server = make_server()
    pid = server.process.pid
    children = lambda: [int(path.name) for path in pathlib.Path("/proc").iterdir() if path.name.isdigit()
                        and f"PPid:\t{pid}\n" in ((path / "status").read_text() if (path / "status").exists() else "")]
    helpers = eventually(children, 10, "helpers")
    server.kill()
    eventually(lambda: not any(pathlib.Path(f"/proc/{helper}").exists() for helper in helpers), 10, "the helpers' end")
