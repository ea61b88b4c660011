"""Trouble of the service is not the job's fault: a helper that is missing, a service that is killed again and again, and
a document that kills it."""
import os
import pathlib
import shutil
import signal

import pytest

import server as server_module
from server import PROGRAM, eventually

TEXT = "# A letter\n\nDear Ada,\n\nall is well here.\n"


def helpers_of(server):
    """Process ids of the extraction helpers that run."""
    found = []
    for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            # The kernel keeps 15 characters of a name.
            if pathlib.Path(f"/proc/{child}/comm").read_text().startswith("agent2-ingestor"[:15]):
                found.append(int(child))
    return found


def freeze_helpers(server):
    """From here on a document that is handed to a helper stays at work."""
    eventually(lambda: helpers_of(server), 30, "a helper")
    for pid in helpers_of(server):
        os.kill(pid, signal.SIGSTOP)


def start_again(server):
    """As a supervisor does it: until the address is free."""
    for _ in range(20):
        try:
            return server.start()
        except AssertionError:
            if not any("Address already in use" in line for line in server.lines[-3:]):
                raise
    raise AssertionError("the address does not become free")


def upload_all(client, count):
    return [client.upload(f"{TEXT}\nNumber {n}.\n".encode(), f"{n}.md") for n in range(count)]


@pytest.fixture
def own_program(tmp_path, monkeypatch):
    """A copy of both programs, so that the helper can be taken away."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("agent2-ingestor", "agent2-ingestor-extract"):
        shutil.copy2(PROGRAM.parent / name, folder / name)
    monkeypatch.setattr(server_module, "PROGRAM", folder / "agent2-ingestor")
    return folder


def test_while_the_helper_is_missing_jobs_wait_and_say_why(own_program, make_server):
    server = make_server("--workers", "2", "--rate-limit", "0")
    client = server.client()
    keys = upload_all(client, 40)
    helper = own_program / "agent2-ingestor-extract"
    helper.rename(own_program / "away")
    for pid in helpers_of(server):
        os.kill(pid, signal.SIGKILL)
    jobs = [client.submit([key]) for key in keys]

    def reasons():
        found = [client.job(job_id) for job_id in jobs]
        assert {job["status"] for job in found} <= {"queued", "processing"}, "a job ended without a helper"
        # A job that the kill caught at work says that at first, until it is tried again.
        return [job for job in found if "helper" in (job["waiting_reason"] or "")]

    eventually(lambda: len(reasons()) >= len(jobs) - 2, 60, "all jobs waiting")
    waiting = reasons()[0]
    assert waiting["next_attempt_at"] and waiting["error"] is None
    # Whoever watches the service learns it too, but neither whose document it was nor where it lies.
    assert client.get("/ready").json()["waiting_reason"] == "extract a document: unavailable"
    # One after the other tries whether it is over, and not all of them.
    eventually(lambda: sum(client.job(job_id)["attempts_count"] for job_id in jobs) >= len(jobs) + 3, 60,
               "further attempts")
    assert reasons()

    (own_program / "away").rename(helper)
    for job_id in jobs:
        assert client.wait(job_id, 120)["status"] == "completed"
    metrics = server.client("local").get("/metrics").text
    assert "agent2_ingestor_job_waits_total" in metrics
    assert "agent2_ingestor_dead_letters_total{" not in metrics


def test_more_than_fifty_restarts_over_a_backlog_fail_nothing(make_server):
    server = make_server("--workers", "1", "--rate-limit", "0")
    client = server.client()
    keys = upload_all(client, 30)
    jobs = [client.submit([keys[n % 30], keys[(n + 7) % 30]]) for n in range(120)]
    for _ in range(55):
        server.kill()
        start_again(server)
    for job_id in jobs:
        job = client.wait(job_id, 180)
        assert job["status"] == "completed", job
        assert len(job["attempts"]) <= 50


def test_a_document_that_kills_the_service_fails_alone(make_server):
    server = make_server("--workers", "1", "--rate-limit", "0")
    client = server.client()
    keys = upload_all(client, 6)
    freeze_helpers(server)
    job_id = client.submit(keys)

    def at_work(attempt):
        job = client.job(job_id)
        # Until it is taken over, the job is as the death before has left it.
        if job["attempts_count"] != attempt:
            return []
        return [n for n, file in enumerate(job["files"]) if file["status"] == "processing"]

    [poison] = eventually(lambda: at_work(1), 60, "a document at work")
    for death in range(3):
        server.kill()
        start_again(server)
        if death == 2:
            break
        # The neighbours go first; the helper is frozen before the suspect's turn has come.
        eventually(lambda: client.job(job_id)["documents_processed"] == len(keys) - 1, 60, "the neighbours")
        freeze_helpers(server)
        assert eventually(lambda: at_work(death + 2), 60, "the suspect at work") == [poison]
    job = client.wait(job_id, 60)
    assert job["status"] == "failed"
    for n, file in enumerate(job["files"]):
        assert file["status"] == ("failed" if n == poison else "completed"), file
    assert job["files"][poison]["error"]["code"] == "crashed"
    assert "3 times" in job["files"][poison]["error"]["message"]
    # It is the user's to try it once more.
    assert client.post(f"/jobs/{job_id}/retry").status_code == 202
    assert client.wait(job_id, 60)["status"] == "completed"


def test_clean_stops_charge_nobody(make_server):
    server = make_server("--workers", "1", "--rate-limit", "0")
    client = server.client()
    keys = upload_all(client, 3)
    freeze_helpers(server)
    job_id = client.submit(keys)
    eventually(lambda: any(file["status"] == "processing" for file in client.job(job_id)["files"]), 60, "work")
    for _ in range(4):
        server.stop(60)
        server.start()
    job = client.wait(job_id, 60)
    assert job["status"] == "completed", job
