"""Limits and wrong requests: each has its status, its words, and costs nothing."""
import concurrent.futures
import pathlib
import socket
import time

import pytest
import requests

from server import eventually


def test_unknown_paths_and_methods(shared_server, client):
    assert client.get("/nowhere").status_code == 404
    answer = client.http.delete(client.url + "/jobs", timeout=10)
    assert answer.status_code == 405 and "GET" in answer.headers["allow"]


@pytest.mark.parametrize("body,place", [
    ({}, ["body", "files"]), ({"files": "x"}, ["body", "files"]), ({"files": [{}]}, ["body", "files", 0, "file_key"]),
    ({"files": [1]}, ["body", "files", 0]), ({"files": []}, ["body", "files"]),
    ({"files": [{"file_key": ""}]}, ["body", "files", 0, "file_key"]),
    ({"files": [{"file_key": "x" * 1025}]}, ["body", "files", 0, "file_key"]),
    ({"files": [{"file_key": "k"}], "job_name": 7}, ["body", "job_name"]),
    ({"files": [{"file_key": "k"}], "job_name": "n" * 257}, ["body", "job_name"]),
    ({"files": [{"file_key": "k", "filename": "n" * 256}]}, ["body", "files", 0, "filename"]),
    ({"files": [{"file_key": "k"}] * 1001}, ["body", "files"]),
])
def test_faults_of_a_submit_name_their_place(client, body, place):
    answer = client.post("/upload/process-s3-files", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"][0]["loc"] == place
    assert answer.json()["detail"][0]["msg"]


def test_a_thousand_files_are_accepted_and_one_more_is_not(client):
    key = client.upload(b"# A\n", "a.md")
    job = client.wait(client.submit([key] * 1000), 120)
    assert job["status"] == "completed" and job["documents_processed"] == 1000
    answer = client.post("/upload/process-s3-files", {"files": [{"file_key": key}] * 1001})
    assert answer.status_code == 422 and "1000" in answer.text


def test_missing_objects_are_named(client, user):
    answer = client.post("/upload/process-s3-files", {"files": [{"file_key": f"uploads/{user}/none/missing.pdf"}]})
    assert answer.status_code == 404 and "missing.pdf" in answer.json()["detail"]


def test_unsupported_types_are_refused_at_the_door(client):
    for filename in ("movie.mp4", "program.exe"):
        answer = client.post("/upload/presigned-url", {"filename": filename})
        assert answer.status_code == 415 and "pdf" in answer.json()["detail"], filename


def test_a_body_that_is_no_json(client):
    url = client.url + "/upload/process-s3-files"
    wrong = client.http.post(url, data=b"{", headers={"Content-Type": "application/json"}, timeout=10)
    assert wrong.status_code == 422 and wrong.json()["detail"][0]["type"] == "json_invalid"
    assert client.http.post(url, data=b"<x/>", headers={"Content-Type": "text/xml"}, timeout=10).status_code == 415
    huge = client.http.post(url, data=b"[" + b" " * (7 << 20), headers={"Content-Type": "application/json"}, timeout=30)
    assert huge.status_code == 413


def test_heads_and_targets_have_limits(client):
    assert client.get("/jobs", headers={"X-Long": "x" * 20_000}).status_code == 431
    assert client.get("/jobs?cursor=" + "x" * 9_000).status_code == 414


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "status=done", "cursor=garbage"])
def test_faults_of_a_list_name_their_place(client, query):
    answer = client.get("/jobs?" + query)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"][0]["loc"] == ["query", query.split("=")[0]]


def test_rate_is_limited_by_caller(make_server):
    server = make_server("--rate-limit", "5")
    ada, bob = server.client("ada"), server.client("bob")
    statuses = [ada.get("/jobs").status_code for _ in range(30)]
    assert statuses[:5] == [200] * 5 and 429 in statuses
    refused = next(answer for answer in (ada.get("/jobs") for _ in range(50)) if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) >= 1 and refused.json()["detail"]
    assert bob.get("/jobs").status_code == 200


def resident_kilobytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


class Zeros:
    """A body of zeros of any length, made while it is sent."""

    def __init__(self, size):
        self.left = size
        self.size = size

    def __len__(self):
        return self.size

    def read(self, count=-1):
        count = min(self.left, 1 << 20 if count < 0 else count)
        self.left -= count
        return b"\0" * count


def test_a_two_gigabyte_upload_does_not_grow_the_process(make_server):
    server = make_server()
    client = server.client()
    place = client.post("/upload/presigned-url", {"filename": "big.txt"}).json()
    before = resident_kilobytes(server.process.pid)
    peak = before
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        upload = pool.submit(requests.put, place["upload_url"], data=Zeros(2 << 30), headers=place["headers"], timeout=300)
        while not upload.done():
            peak = max(peak, resident_kilobytes(server.process.pid))
            concurrent.futures.wait([upload], timeout=0.1)
    assert upload.result().status_code == 200, upload.result().text
    assert peak - before < 32 * 1024, f"{before} kB before, {peak} kB at the peak"
    # And the way back.
    head = requests.get(client.url + "/health", timeout=10)
    assert head.status_code == 200


def test_a_slow_client_is_let_go(shared_server):
    host, port = shared_server.url.split("//")[1].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"POST /upload/presigned-url HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        answer = connection.recv(4096)
        assert time.monotonic() - started < 25
    assert b" 408 " in answer.split(b"\r\n")[0] + b" " or answer == b""


def test_a_thousand_files_do_not_starve_one(make_server):
    server = make_server("--workers", "1")
    big, small = server.client("big"), server.client("small")
    many = big.upload(b"# Many\n\n" + b"word " * 20_000, "many.md")
    one = small.upload(b"# One\n", "one.md")
    large = big.submit([many] * 1000)
    eventually(lambda: big.job(large)["documents_processed"] > 0, 30, "the large job's start")
    job = small.wait(small.submit([one]), 30)
    assert job["status"] == "completed"
    assert big.job(large)["status"] == "processing", "the large job ended too soon to tell"
    big.post(f"/jobs/{large}/cancel")


def test_cancel_stops_work_and_retry_takes_it_up(make_server):
    server = make_server("--workers", "1")
    client = server.client()
    key = client.upload(b"# Many\n\n" + b"word " * 20_000, "many.md")
    job_id = client.submit([key] * 300)
    eventually(lambda: client.job(job_id)["documents_processed"] > 0, 30, "the start")
    answer = client.post(f"/jobs/{job_id}/cancel")
    assert answer.status_code == 202 and answer.json()["status"] == "cancelled"
    job = client.job(job_id)
    assert {file["status"] for file in job["files"]} <= {"completed", "cancelled"}
    assert any(file["status"] == "cancelled" for file in job["files"])
    assert client.post(f"/jobs/{job_id}/cancel").status_code == 409
    assert client.post(f"/jobs/{job_id}/retry").status_code == 202
    again = client.wait(job_id, 120)
    assert again["status"] == "completed", again["error"]
