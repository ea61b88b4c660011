"""What the service says and does when the ground under it gives way: disks that are full, gone, frozen or wrong."""
import json
import os
import resource
import shutil
import sqlite3
import subprocess

import pytest
import requests

import server as server_module
import stored
from server import Server, eventually


def mounted(tmp_path, *arguments):
    """A file system of the test's own under `tmp_path`, or a skip where nobody may mount."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", *arguments, place], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip("mounting is not possible here: " + made.stderr.strip())
    return place


@pytest.fixture
def small_disk(tmp_path):
    """48 MiB and 600 inodes."""
    place = mounted(tmp_path, "-t", "tmpfs", "-o", "size=48m,nr_inodes=600", "tmpfs")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def freezable_disk(tmp_path):
    """An ext4 of its own, which can be frozen."""
    image = tmp_path / "image"
    with open(image, "wb") as file:
        file.truncate(64 << 20)
    if shutil.which("mkfs.ext4") is None or shutil.which("fsfreeze") is None:
        pytest.skip("mkfs.ext4 and fsfreeze are not installed")
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    place = mounted(tmp_path, "-o", "loop", image)
    yield place
    subprocess.run(["fsfreeze", "-u", place], capture_output=True)
    subprocess.run(["umount", "-l", place], check=True)


def readiness(server, session=requests):
    answer = session.get(server.url + "/ready", timeout=5)
    body = answer.json()
    return answer.status_code, {reason["code"] for reason in body.get("reasons", [])}


def becomes(server, reason, session=requests, seconds=30):
    """Waits until /ready is 503 for `reason`; /health stays 200 and says so too."""
    eventually(lambda: readiness(server, session)[0] == 503 and reason in readiness(server, session)[1], seconds, reason)
    health = session.get(server.url + "/health", timeout=5)
    assert health.status_code == 200
    assert health.json()["status"] == "degraded"
    assert reason in {entry["code"] for entry in health.json()["reasons"]}


def recovers(server, session=requests, seconds=60):
    eventually(lambda: readiness(server, session)[0] == 200, seconds, "readiness")
    assert session.get(server.url + "/health", timeout=5).json()["status"] == "healthy"


def submit_status(client, key):
    return client.post("/upload/process-s3-files", {"files": [{"file_key": key}]})


def test_a_full_disk_is_507_and_nothing_accepted_is_lost(make_server, small_disk):
    server = make_server(data=small_disk / "data")
    client = server.client()
    job = client.submit([client.upload(b"before", "before.txt")])
    client.wait(job)
    place = client.post("/upload/presigned-url", {"filename": "big.txt"}).json()

    filler = small_disk / "filler"
    free = os.statvfs(small_disk)
    with open(filler, "wb") as file:
        file.write(b"\0" * (free.f_bavail * free.f_frsize - (256 << 10)))
    becomes(server, "storage_full")

    big = b"word " * (1 << 18)
    refused = requests.put(place["upload_url"], data=big, headers=place["headers"], timeout=60)
    assert refused.status_code == 507 and "<Code>InsufficientStorage</Code>" in refused.text
    assert "make room" in refused.text
    refused = client.http.post(client.url + "/upload", files={"files": ("big.txt", big)}, timeout=60)
    assert refused.status_code == 507 and "make room" in refused.json()["detail"]
    assert str(small_disk) not in refused.text
    assert client.job(job)["status"] == "completed"
    metrics = requests.get(server.url + "/metrics", timeout=10)
    if metrics.status_code == 200:
        assert 'agent2_ingestor_unavailable{reason="storage_full"} 1' in metrics.text

    filler.unlink()
    recovers(server)
    assert client.ingest((b"after", "after.txt"))["status"] == "completed"


def test_a_disk_without_inodes_is_as_full(make_server, small_disk):
    server = make_server(data=small_disk / "data")
    client = server.client()
    assert client.ingest((b"before", "before.txt"))["status"] == "completed"
    place = client.post("/upload/presigned-url", {"filename": "a.txt"}).json()
    fillers = small_disk / "fillers"
    fillers.mkdir()
    made = 0
    try:
        while True:
            (fillers / str(made)).touch()
            made += 1
    except OSError:
        pass
    becomes(server, "storage_full")
    refused = requests.put(place["upload_url"], data=b"a" * stored.LARGE, headers=place["headers"], timeout=60)
    assert refused.status_code == 507
    shutil.rmtree(fillers)
    recovers(server)
    assert client.ingest((b"after", "after.txt"))["status"] == "completed"


@pytest.mark.parametrize("taken", ["agent2-ingestor.db", "agent2-ingestor.db-wal", "."])
def test_a_database_that_is_taken_away_acknowledges_nothing(make_server, tmp_path, taken):
    server = make_server(data=tmp_path / "data")
    client = server.client()
    kept = client.submit([client.upload(b"kept", "kept.txt")])
    client.wait(kept)
    key = client.upload(b"later", "later.txt")
    file = (tmp_path / "data" / taken).resolve()
    away = tmp_path / "away"
    file.rename(away)

    refused = submit_status(client, key)
    assert refused.status_code == 503 and "job_id" not in refused.text
    becomes(server, "storage_replaced")

    away.rename(file)
    recovers(server)
    submitted = client.submit([key])
    assert client.wait(submitted)["status"] == "completed"
    # What was acknowledged is there after a restart.
    server.kill()
    server.start()
    client = server.client()
    assert client.job(kept)["status"] == client.job(submitted)["status"] == "completed"


def test_a_frozen_disk_holds_up_neither_health_nor_readiness(make_server, freezable_disk):
    server = make_server(data=freezable_disk / "data")
    client = server.client()
    key = client.upload(b"text", "a.txt")
    subprocess.run(["fsfreeze", "-f", freezable_disk], check=True)
    try:
        becomes(server, "storage_unresponsive", seconds=60)
        # What comes now is refused at once, instead of waiting behind the rest.
        waiting = []
        def refused():
            try:
                answer = client.http.post(client.url + "/upload/process-s3-files",
                                          json={"files": [{"file_key": key}]}, timeout=1)
            except requests.Timeout:
                waiting.append(1)
                return None
            return answer.status_code == 503
        eventually(refused, 60, "a refusal")
    finally:
        subprocess.run(["fsfreeze", "-u", freezable_disk], check=True)
    recovers(server)
    assert client.wait(client.submit([key]))["status"] == "completed"


def test_a_server_without_descriptors_says_so(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    session = requests.Session()
    assert readiness(server, session)[0] == 200
    pid = server.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    # What is open stays open; below the limit are the standard streams alone, so no number is free.
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        becomes(server, "descriptors_exhausted", session)
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    recovers(server, session)
    client = server.client()
    assert client.ingest((b"text", "a.txt"))["status"] == "completed"


def test_without_helpers_the_service_is_not_ready(tmp_path, monkeypatch):
    alone = tmp_path / "bin" / "agent2-ingestor"
    alone.parent.mkdir()
    shutil.copy(server_module.PROGRAM, alone)
    monkeypatch.setattr(server_module, "PROGRAM", alone)
    server = Server(tmp_path / "data")
    server.start(wait=False)
    try:
        service = tmp_path / "data" / "service.json"
        eventually(service.exists, what="the server")
        server.url = json.loads(service.read_text())["url"]
        becomes(server, "no_helper")
        assert str(tmp_path) not in requests.get(server.url + "/ready", timeout=5).text
    finally:
        server.stop()


def test_a_flipped_bit_is_an_error_and_never_served(make_server, tmp_path):
    data = tmp_path / "data"
    server = make_server(data=data)
    client = server.client()
    small = client.upload(b"sound text", "flipped.txt")
    large = client.upload(b"sound text\n" * stored.LARGE, "large.txt")
    sound = client.upload(b"sound text", "sound.txt")
    # Bytes of small objects that were put lately are served from memory.
    server.stop()
    stored.flip(data, small)
    stored.flip(data, large)
    server.start()
    client = server.client()
    job = client.wait(client.submit([small, large, sound]))
    assert [file["status"] for file in job["files"]] == ["failed", "failed", "completed"]
    for file, key in zip(job["files"], (small, large)):
        assert file["error"]["code"] == "corrupt"
        assert key in file["error"]["message"]

    job_id = job["job_id"]
    assert client.output(job_id, 2)
    server.stop()
    stored.flip(data, stored.key_of(data, ".md"))
    server.start()
    client = server.client()
    answer = client.get(f"/jobs/{job_id}/documents/2/markdown")
    assert answer.status_code == 500


def test_a_damaged_page_is_found_at_the_start(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    client = server.client()
    keys = [client.upload(b"text", f"{n}.txt") for n in range(3)]
    for _ in range(20):
        job = client.submit(keys)
    client.wait(job)
    assert server.stop() == 0

    file = tmp_path / "data" / "agent2-ingestor.db"
    with sqlite3.connect(file) as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.close()
    with open(file, "r+b") as raw:
        raw.seek((pages - 1) * 4096)
        raw.write(b"\x5a" * 4096)
    server.start(wait=False)
    service = tmp_path / "data" / "service.json"
    eventually(service.exists, what="the server")
    server.url = json.loads(service.read_text())["url"]
    becomes(server, "database_damaged")
    eventually(lambda: any(entry.get("reason") == "database_damaged" for entry in server.log()), what="a line of the log")
    server.stop()
