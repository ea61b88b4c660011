"""What comes and goes leaves nothing behind: uploads that are cut, deletions beside submits."""
import os
import pathlib
import socket
import threading

from server import Client, eventually
from test_retention import NOTE, delete, incoming, objects, rows

CUTS = 200


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def resident_bytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024


def connect(server):
    host, port = server.url.split("//")[1].split(":")
    return socket.create_connection((host, int(port)), timeout=30)


def cut_form(server, client):
    """Two documents are whole, the third is cut in its middle."""
    def part(name, content):
        return f'--cut\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content

    body = part("a.md", b"a" * 1000) + b"\r\n" + part("b.md", b"b" * 1000) + b"\r\n" + part("c.md", b"c" * 600_000)
    head = (f"POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: {client.http.headers['Authorization']}\r\n"
            f"Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: {len(body) + 10_000_000}\r\n\r\n")
    connection = connect(server)
    connection.sendall(head.encode() + body)
    return connection


def cut_put(server, client):
    place = client.post("/upload/presigned-url", {"filename": "d.md"}).json()
    path = place["upload_url"].split(server.url)[1]
    headers = "".join(f"{name}: {value}\r\n" for name, value in place["headers"].items())
    connection = connect(server)
    connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: {server.url.split('//')[1]}\r\n{headers}"
                       "Content-Length: 50000000\r\n\r\n".encode() + b"d" * 600_000)
    return connection


def test_cut_uploads_leave_no_file_no_descriptor_and_no_memory(make_server):
    server = make_server("--rate-limit", "0")
    client = server.client()
    client.ingest(NOTE)
    before, files, memory = descriptors(server), objects(server), resident_bytes(server)
    for _ in range(4):
        connections = [cut(server, client) for _ in range(CUTS // 8) for cut in (cut_form, cut_put)]
        eventually(lambda: len(incoming(server)) >= len(connections), 60, "uploads under way")
        for connection in connections:
            connection.close()
        eventually(lambda: not incoming(server), 30, "the end of partial files")
    eventually(lambda: objects(server) == files, 30, "the end of documents that were whole")
    # A few connections of the test's own client may come and go.
    eventually(lambda: descriptors(server) <= before + 8, 30, "the end of descriptors")
    grown = resident_bytes(server) - memory
    print(f"{CUTS} cut uploads: {descriptors(server) - before} descriptors, {grown >> 20} MiB, {len(objects(server)) - len(files)} files")
    # The allocator keeps some of what it once had, but no more for more uploads.
    assert grown < 96 << 20
    eventually(lambda: rows(server, "SELECT count(*) FROM object_removals") == [(0,)], 30, "the end of removals")
    assert client.ingest(NOTE)["status"] == "completed"


def test_partial_uploads_of_a_killed_server_are_swept_at_start(make_server):
    server = make_server()
    client = server.client()
    connections = [cut(server, client) for _ in range(5) for cut in (cut_form, cut_put)]
    eventually(lambda: len(incoming(server)) >= 10, 30, "uploads under way")
    server.kill()
    assert incoming(server)
    server.start()
    assert not incoming(server)
    for connection in connections:
        connection.close()


def test_submitting_and_deleting_at_once_loses_no_upload_of_a_job(make_server):
    """An upload is submitted again while the job before is deleted: a 202 means that its document is there."""
    server = make_server("--rate-limit", "0")
    token = server.token("ada")
    ends = []

    def churn():
        own = Client(server.url, token)
        for _ in range(15):
            key = own.upload(*NOTE)
            jobs = [own.submit([key]) for _ in range(2)]
            for job_id in jobs:
                ends.append(own.wait(job_id)["status"])
            remover = threading.Thread(target=delete, args=(Client(server.url, token), jobs[0]))
            remover.start()
            again = own.submit([key])
            remover.join()
            ends.append(own.wait(again)["status"])
            for job_id in (jobs[1], again):
                assert delete(own, job_id).status_code == 204

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 4 * 15 * 3 and set(ends) == {"completed"}
    eventually(lambda: objects(server) == [], 30, "the end of all objects")
    assert rows(server, "SELECT count(*) FROM jobs") == [(0,)]
    assert rows(server, "SELECT count(*) FROM usage") == [(0,)]
