"""Attacks on the HTTP server by raw sockets: each costs the attacker's own connection, and nobody else anything."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest
import requests

from server import PROGRAM, eventually

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def address(server):
    host, port = server.url.split("//")[1].split(":")
    return host, int(port)


@contextlib.contextmanager
def connected(server, *payloads, timeout=30):
    """A connection over which that has been sent."""
    with socket.create_connection(address(server), timeout=timeout) as connection:
        for payload in payloads:
            connection.sendall(payload)
        yield connection


def head_of(connection):
    """Of an answer: its bytes up to the blank line, and what came behind it."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    return data


def is_open(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def resident_kilobytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Work and answers in proportion to input.

JSON_ROUTES = [("/jobs/cancel", 64), ("/jobs/retry", 64), ("/upload/presigned-url", 64), ("/auth/token", 16),
               ("/auth/session", 16)]


@pytest.mark.parametrize("path,kibibytes", JSON_ROUTES)
def test_a_body_has_the_limit_of_its_route(client, path, kibibytes):
    url = client.url + path
    headers = {"Content-Type": "application/json"}
    body = b'{"x":"' + b"y" * ((kibibytes << 10) - 8) + b'"}'
    assert len(body) == kibibytes << 10
    assert client.http.post(url, data=body, headers=headers, timeout=30).status_code != 413
    assert client.http.post(url, data=body + b" ", headers=headers, timeout=30).status_code == 413


def test_a_full_submit_fits_and_a_larger_one_does_not(client, user):
    folder = f"uploads/{user}/"
    key = folder + "é" * ((1024 - len(folder) - 3) // 2) + ".md"
    files = [{"file_key": key, "filename": "\U0001f600" * 252 + ".md"}] * 1000
    body = json.dumps({"files": files, "job_name": "\U0001f600" * 256}).encode()
    url, headers = client.url + "/upload/process-s3-files", {"Content-Type": "application/json"}
    answer = client.http.post(url, data=body, headers=headers, timeout=60)
    assert len(body) > 6_000_000 and answer.status_code == 404, answer.text[:300]
    assert client.http.post(url, data=body + b" " * 300_000, headers=headers, timeout=60).status_code == 413


@pytest.mark.parametrize("body", [
    {"job_ids": ["no"] * 1000}, {"job_ids": ["no"] * 5000}, {"job_ids": [[]] * 1000}, {"job_ids": [{}] * 1000}])
def test_an_answer_is_small_however_much_is_wrong(client, body):
    answer = client.post("/jobs/cancel", body)
    assert answer.status_code == 422 and len(answer.content) < 16_384
    assert 1 <= len(answer.json()["detail"]) <= 101


def test_a_submit_of_faults_alone_names_a_hundred(client):
    answer = client.post("/upload/process-s3-files", {"files": [{}] * 1000})
    faults = answer.json()["detail"]
    assert answer.status_code == 422 and len(faults) == 101 and "900" in faults[-1]["msg"]


@pytest.mark.parametrize("body", [b'{"files":' + b"[" * 100_000, b'{"files":[' + b"[]," * 2_000_000 + b"[]]}",
                                  b'{"files":[' + b'{"a":1,"a":1},' * 400_000 + b"{}]}",
                                  b"{" + b'"files":[],' * 500_000 + b'"files":[]}'])
def test_nested_and_repeated_json_costs_little(make_server, body):
    server = make_server("--workers", "1")
    client = server.client()
    before = resident_kilobytes(server.process.pid)
    for _ in range(3):
        answer = client.http.post(client.url + "/upload/process-s3-files", data=body, timeout=60,
                                  headers={"Content-Type": "application/json"})
        assert answer.status_code == 422 and len(answer.content) < 2_000
    assert resident_kilobytes(server.process.pid) - before < 100_000


# Connections.

@pytest.fixture
def small_server(make_server):
    """With room for 64 connections."""
    return make_server("--workers", "1", "--connections", "64")


def test_the_limits_are_told(small_server):
    limits = requests.get(small_server.url + "/health", timeout=10).json()["limits"]
    assert limits["connections"] == 64 and limits["connections_per_address"] == 32
    assert limits["streams"] == 32 and limits["streams_per_user"] == 64
    hard = int(re.search(r"Max open files\s+\d+\s+(\d+)",
                         pathlib.Path(f"/proc/{small_server.process.pid}/limits").read_text()).group(1))
    assert limits["descriptors"] == hard


def test_the_soft_limit_of_descriptors_is_raised_and_the_hard_one_heeded(tmp_path):
    data = tmp_path / "data"
    script = f"ulimit -Sn 128; ulimit -Hn 1024; exec {PROGRAM} serve --data {data} --listen 127.0.0.1:0 --workers 1"
    process = subprocess.Popen(["bash", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        service = data / "service.json"
        eventually(service.exists, what="the start")
        limits = requests.get(json.loads(service.read_text())["url"] + "/health", timeout=10).json()["limits"]
        assert limits["descriptors"] == 1024 and 256 < limits["connections"] * 2 < 1024
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("payload", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"],
                         ids=["silent", "half-open", "idle"])
def test_who_fills_all_connections_locks_nobody_out(small_server, payload):
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connected(small_server, payload)) for _ in range(200)]
        for _ in range(5):
            assert requests.get(small_server.url + "/health", timeout=5).status_code == 200
        eventually(lambda: sum(is_open(connection) for connection in held) <= 64 or payload.endswith(b"\r\n\r\n"))
    client = small_server.client()
    assert client.get("/jobs").status_code == 200


def test_streams_leave_room_and_a_user_has_few(make_server):
    server = make_server("--workers", "1", "--connections", "256")
    token = server.token("ada")
    request = f"GET /jobs/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        statuses = []
        for _ in range(70):
            statuses.append(head_of(stack.enter_context(connected(server, request))).split(b" ")[1])
        assert statuses == [b"200"] * 64 + [b"429"] * 6
        bob = stack.enter_context(connected(server, request.replace(token.encode(), server.token("bob").encode())))
        assert head_of(bob).split(b" ")[1] == b"200"
    ada = server.client("ada")
    with eventually(lambda: (answer := ada.get("/jobs/events", stream=True)).ok and answer, what="a free stream"):
        pass


def test_helpers_inherit_no_socket(shared_server, client):
    client.ingest((b"# A\n", "a.md"))
    pid = shared_server.process.pid
    with connected(shared_server, b"GET / HT"):
        own = [link for link in pathlib.Path(f"/proc/{pid}/fd").iterdir()
               if os.readlink(link).startswith("socket:")]
        port = f":{address(shared_server)[1]:04X}"
        inodes = {line.split()[9] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
                  if line.split()[1].endswith(port)}
        listening = [link for link in own if os.readlink(link)[8:-1] in inodes]
        assert len(listening) >= 2
        for link in listening:
            flags = int(re.search(r"flags:\s+(\d+)", pathlib.Path(f"/proc/{pid}/fdinfo/{link.name}").read_text())[1], 8)
            assert flags & os.O_CLOEXEC, link.name
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        assert children
        for child in children:
            held = {os.readlink(link)[8:-1] for link in pathlib.Path(f"/proc/{child}/fd").iterdir()
                    if os.readlink(link).startswith("socket:")}
            assert not held & inodes


# Bodies and readers.

def send_without_end(connection, stop):
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with contextlib.suppress(OSError):
        while not stop.is_set():
            connection.sendall(piece)


def test_an_endless_body_to_a_refused_path_is_reset(shared_server):
    with connected(shared_server, b"POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") as endless:
        stop = threading.Event()
        sender = threading.Thread(target=send_without_end, args=(endless, stop))
        sender.start()
        sender.join(20)
        ended = not sender.is_alive()
        stop.set()
        with contextlib.suppress(OSError):
            endless.shutdown(socket.SHUT_RDWR)
        sender.join(20)
        assert ended, "the server took all of it"


def test_requests_without_end_leave_others_their_turn(shared_server):
    stop = threading.Event()

    def flood():
        with connected(shared_server) as connection:
            def read():
                with contextlib.suppress(OSError):
                    while connection.recv(1 << 20):
                        pass

            reader = threading.Thread(target=read, daemon=True)
            reader.start()
            with contextlib.suppress(OSError):
                while not stop.is_set():
                    connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 400)

    flooder = threading.Thread(target=flood)
    flooder.start()
    try:
        for _ in range(20):
            assert requests.get(shared_server.url + "/health", timeout=5).status_code == 200
    finally:
        stop.set()
        flooder.join(30)


def test_a_byte_now_and_then_does_not_hold_a_connection(shared_server):
    token = shared_server.token("drip")
    head = (f"POST /jobs/cancel HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n").encode()
    with connected(shared_server, head) as dripping:
        dripping.settimeout(5)
        started = time.monotonic()
        answer = b""
        while not answer and time.monotonic() - started < 60:
            dripping.sendall(b" ")
            with contextlib.suppress(TimeoutError):
                answer = dripping.recv(4096)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - started < 50


# Watchers.

def test_many_watchers_cost_little_more_than_one(make_server):
    """The whole job is sent to each once; what follows is in proportion to what changes."""
    server = make_server("--workers", "1", "--rate-limit", "0")
    client = server.client()
    key = client.upload(b"# A\n\ntext\n", "a.md")
    job_id = client.submit([key] * 1000)
    received = []

    def watch():
        size = 0
        with client.get(f"/jobs/{job_id}/events", stream=True) as answer:
            for piece in answer.iter_content(65536):
                size += len(piece)
        received.append(size)

    watchers = [threading.Thread(target=watch) for _ in range(8)]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join(120)
    whole = len(client.get(f"/jobs/{job_id}").content)
    assert client.job(job_id)["status"] == "completed" and len(received) == 8
    # Each file changes at most a few times: queued, processing, completed.
    assert max(received) < 5 * whole, (max(received), whole)


# Answers.

def test_failures_tell_the_request_and_nothing_of_the_inside(make_server, tmp_path):
    server = make_server("--workers", "1", "--rate-limit", "0")
    client = server.client()
    job = client.ingest((b"# A\n", "a.md"))
    upload = client.post("/upload/presigned-url", {"filename": "b.md"}).json()
    # Objects and database turn into what cannot be read or written.
    for path in sorted((server.data / "objects").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    for path in server.data.glob("agent2-ingestor.db*"):
        # In place: a file that is cut off while it is mapped ends any process.
        with path.open("r+b") as file:
            file.write(b"no database " * 1000)
    answers = [client.get(f"/jobs/{job['job_id']}"), client.get("/jobs"), client.get("/jobs/counts"),
               client.get(f"/jobs/{job['job_id']}/documents/0/markdown"), client.post(f"/jobs/{job['job_id']}/cancel"),
               client.post("/jobs/cancel", {"job_ids": [job["job_id"]] * 3}),
               client.post("/upload/process-s3-files", {"files": [{"file_key": job["files"][0]["file_key"]}]}),
               client.get(f"/jobs/{job['job_id']}/events"),
               requests.put(upload["upload_url"], data=b"# B\n", headers=upload["headers"], timeout=30)]
    failed = [answer for answer in answers if answer.status_code >= 500]
    assert failed, [answer.status_code for answer in answers]
    for answer in answers:
        for secret in (str(server.data), "SQLITE", "sqlite", "agent2-ingestor.db"):
            assert secret not in answer.text, answer.text
    for answer in failed:
        request_id = answer.headers["x-request-id"]
        assert request_id in answer.text
        if answer.status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1
        eventually(lambda: any(entry.get("request_id") == request_id and entry.get("error")
                               for entry in server.log("request")), what=f"the cause of {answer.status_code} in the log")


def test_an_uploaded_page_is_no_page_of_ours(shared_server):
    import boto3
    environment = shared_server.aws_environment()
    # Whose access keys these are.
    client = shared_server.client("local")
    s3 = boto3.client("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name=environment["AWS_REGION"],
                      aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])
    bucket = client.get("/service").json()["aws"]["bucket"]
    key = client.upload(b"<h1>Title</h1><p>Some words.</p><script>fetch('/jobs/cancel')</script>", "page.html", "text/html")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key,
                                                           "ResponseContentType": "text/html"})
    for answer in (requests.get(link, timeout=10), requests.get(link, headers={"Range": "bytes=0-3"}, timeout=10)):
        assert answer.status_code in (200, 206)
        assert "sandbox" in answer.headers["content-security-policy"].split("; ")
        assert "allow-" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    job = client.wait(client.submit([key]))
    for kind in ("markdown", "sidecar", "chunks", "source"):
        answer = client.get(f"/jobs/{job['job_id']}/documents/0/{kind}")
        assert answer.status_code == 200 and answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"], kind


@pytest.mark.parametrize("request_line", ["GET /health", "GET /nowhere", "DELETE /jobs", "GET /jobs", "GET /openapi.json",
                                          "GET /ready", "GET /nobucket/x?X-Amz-Credential=a%2Fs3%2Faws4_request",
                                          "GET http://x y", "GET /" + "a" * 9000])
def test_every_answer_is_nosniff(shared_server, request_line):
    with connected(shared_server, f"{request_line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) as connection:
        head = head_of(connection).lower()
    assert head.split(b"\r\n\r\n")[0].count(b"x-content-type-options: nosniff") == 1, head
    assert b"x-request-id: " in head


# Signals.

def test_hanging_up_stops_in_order(make_server):
    # The tests themselves may run under nohup(1), whose children ignore the signal.
    server = make_server("--workers", "1", launcher=("env", "--default-signal=HUP"))
    server.process.send_signal(signal.SIGHUP)
    assert server.wait_end() == 0
    assert server.log("stopped")


def test_a_second_signal_ends_it_at_once(make_server):
    server = make_server("--workers", "1")
    client = server.client()
    job_id = client.submit([client.upload(b"# A note", "a.md")])
    place = client.post("/upload/presigned-url", {"filename": "slow.md"}).json()
    path = place["upload_url"].split(server.url)[1]
    headers = "".join(f"{name}: {value}\r\n" for name, value in place["headers"].items())
    host, port = server.url.split("//")[1].split(":")
    with socket.create_connection((host, int(port)), 10) as connection:
        # An upload that does not come to its end is waited for when the service stops in order.
        connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{headers}Content-Length: 50000000\r\n\r\n".encode()
                           + b"s" * 600_000)
        eventually(lambda: list((server.data / "objects" / "incoming").iterdir()), 30, "the upload under way")
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: server.log("stopping: again to stop at once"), 10, "the first signal")
        assert server.process.poll() is None
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == -signal.SIGTERM
    assert not server.log("stopped")
    server.start()
    assert client.wait(job_id)["status"] == "completed"


def test_nohup_keeps_it_running(tmp_path):
    data = tmp_path / "data"
    process = subprocess.Popen(["nohup", PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", "--workers", "1"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        service = data / "service.json"
        eventually(service.exists, what="the start")
        url = json.loads(service.read_text())["url"]
        process.send_signal(signal.SIGHUP)
        for _ in range(10):
            assert requests.get(url + "/health", timeout=10).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
