"""What is kept is bounded, and goes when it is asked to: deletion, retention, quotas, repeated uploads."""
import socket
import sqlite3
import subprocess

import requests

import stored
from server import PROGRAM, environment, eventually

NOTE = (b"# Minutes\n\nWe met and agreed.\n", "minutes.md")


def objects(server):
    return stored.objects(server.data)


def incoming(server):
    return list((server.data / "objects" / "incoming").iterdir())


def rows(server, sql):
    with sqlite3.connect(f"file:{server.data / 'agent2-ingestor.db'}?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


def delete(client, job_id):
    return client.http.delete(f"{client.url}/jobs/{job_id}", timeout=30)


def upload_form(client, files, key=None, name=None):
    """POST /upload."""
    parts = [("files", (filename, content)) for content, filename in files]
    data = {"job_name": name} if name else {}
    return client.http.post(client.url + "/upload", files=parts, data=data, timeout=60,
                            headers={"Idempotency-Key": key} if key else {})


def test_a_job_is_deleted_with_all_it_stored(make_server):
    server = make_server()
    client = server.client()
    job = client.ingest(NOTE, (b"a,b\n1,2\n", "table.csv"))
    assert job["status"] == "completed"
    stays = client.ingest(NOTE)
    before = objects(server)
    assert delete(server.client("eve"), job["job_id"]).status_code == 404
    answer = delete(client, job["job_id"])
    assert answer.status_code == 204 and answer.content == b""
    assert client.get(f"/jobs/{job['job_id']}").status_code == 404
    assert delete(client, job["job_id"]).status_code == 404
    assert [listed["job_id"] for listed in client.get("/jobs").json()["jobs"]] == [stays["job_id"]]
    assert client.get("/jobs/counts").json()["completed"] == 1
    left = objects(server)
    assert left and not any(job["job_id"] in path for path in left)
    # Two uploads, three outputs each, the manifest.
    assert len(before) - len(left) == 9
    assert client.output(stays["job_id"], 0)
    assert rows(server, "SELECT count(*) FROM object_removals") == [(0,)]


def test_only_ended_jobs_are_deleted(make_server):
    server = make_server("--jobs-at-once", "0")
    client = server.client()
    job_id = client.submit([client.upload(*NOTE)])
    answer = delete(client, job_id)
    assert answer.status_code == 409 and "cancel it first" in answer.json()["detail"]
    client.post(f"/jobs/{job_id}/cancel")
    assert delete(client, job_id).status_code == 204
    assert delete(client, "no-uuid").status_code == 422


def test_many_jobs_are_deleted_by_name_and_by_status(client):
    jobs = [client.ingest(NOTE)["job_id"] for _ in range(3)]
    bad = client.ingest((b"", "empty.md"))
    assert bad["status"] == "failed"
    answer = client.post("/jobs/delete", {"job_ids": [jobs[0], "01890a5d-ac96-774b-bcce-b302099a8057"]})
    assert answer.status_code == 202 and answer.json()["count"] == 1
    assert [bool(job["error"]) for job in answer.json()["jobs"]] == [False, True]
    assert client.post("/jobs/delete", {"status": "completed"}).json()["count"] == 2
    assert client.post("/jobs/delete", {"status": "queued"}).status_code == 422
    assert [job["job_id"] for job in client.get("/jobs").json()["jobs"]] == [bad["job_id"]]


def test_an_upload_that_two_jobs_share_stays_until_the_last_is_gone(make_server):
    server = make_server()
    client = server.client()
    key = client.upload(*NOTE)
    first, second = (client.wait(client.submit([key]))["job_id"] for _ in range(2))
    assert delete(client, first).status_code == 204
    assert client.get(f"/jobs/{second}/documents/0/source").content == NOTE[0]
    assert delete(client, second).status_code == 204
    assert objects(server) == []
    # The tree of directories does not grow either.
    assert list((server.data / "objects" / "objects").iterdir()) == []


def test_the_command_line_deletes(make_server):
    server = make_server()
    client = server.client("local")
    jobs = [client.ingest(NOTE)["job_id"] for _ in range(2)]
    done = server.cli("jobs", "delete", *jobs)
    assert done.stdout.splitlines() == [f"deleted {job_id}" for job_id in jobs]
    assert client.get("/jobs").json()["jobs"] == []
    again = server.cli("jobs", "delete", jobs[0], check=False)
    assert again.returncode == 3 and "there is no job" in again.stderr


def test_a_deletion_that_a_crash_cut_off_goes_on_at_the_next_start(make_server):
    server = make_server()
    client = server.client()
    job_ids = [client.ingest(NOTE, NOTE)["job_id"] for _ in range(20)]
    # Killed at whatever step each of the deletions has come to.
    for count, job_id in enumerate(job_ids):
        with requests.Session() as session:
            session.headers.update(client.http.headers)
            if count % 2:
                delete(client, job_id)
            else:
                connection = socket.create_connection((server.url.split("//")[1].split(":")[0], int(server.url.rsplit(":", 1)[1])))
                connection.sendall(f"DELETE /jobs/{job_id} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.http.headers['Authorization']}\r\n\r\n".encode())
                connection.close()
        if count % 5 == 4:
            server.kill()
            server.start()
            client = server.client()
    for job_id in job_ids:
        assert delete(client, job_id).status_code in (204, 404)
    eventually(lambda: not objects(server) and rows(server, "SELECT count(*) FROM object_removals") == [(0,)],
               30, "the end of all objects")


def test_a_removal_list_is_resumed_at_start(make_server):
    server = make_server()
    client = server.client()
    key = client.upload(*NOTE)
    server.stop()
    with sqlite3.connect(server.data / "agent2-ingestor.db") as database:
        database.execute("INSERT INTO object_removals (removal, object_key, since) VALUES ('1', ?, 0)", [key])
    server.start()
    client = server.client()
    eventually(lambda: objects(server) == [], 30, "the removal")
    answer = client.post("/upload/process-s3-files", {"files": [{"file_key": key}]})
    assert answer.status_code == 404


def test_jobs_go_after_their_time_and_uploads_that_no_job_took_after_a_day(make_server):
    server = make_server("--keep-jobs-days", "3")
    client = server.client()
    old, young = client.ingest(NOTE), client.ingest(NOTE)
    forgotten = client.upload(*NOTE)
    taken = client.submit([client.upload(*NOTE)])
    client.wait(taken)
    server.stop()
    day = 86_400
    with sqlite3.connect(server.data / "agent2-ingestor.db") as database:
        database.execute("UPDATE jobs SET finished_at = finished_at - ? WHERE lower(hex(job_id)) = ?",
                         [3 * day * 1000, old["job_id"].replace("-", "")])
    stored.age(server.data, day)
    server.start()
    client = server.client()
    eventually(lambda: client.get(f"/jobs/{old['job_id']}").status_code == 404, 30, "the end of the old job")
    eventually(lambda: not any(forgotten in path for path in objects(server)), 30, "the end of the forgotten upload")
    for job_id in (young["job_id"], taken):
        assert client.output(job_id, 0)
        assert client.get(f"/jobs/{job_id}/documents/0/source").status_code == 200
    # Counted as they were found, the forgotten one among them.
    operator = server.client("local")
    eventually(lambda: 'stored_objects{kind="uploads"} 3' in operator.get("/metrics").text,
               30, "the figures of the walk")


def test_a_repeated_upload_is_one_job(make_server):
    server = make_server()
    client = server.client()
    files = [NOTE, (b"x,y\n3,4\n", "table.csv")]
    first = upload_form(client, files, key="k1")
    assert first.status_code == 202, first.text
    client.wait(first.json()["job_id"])
    stored = objects(server)
    second = upload_form(client, files, key="k1")
    assert second.status_code == 202 and second.json()["job_id"] == first.json()["job_id"]
    # No second set of uploads is kept.
    assert objects(server) == stored
    other = upload_form(client, files).json()["job_id"]
    assert other != first.json()["job_id"]
    client.wait(other)
    # Other bytes under the same name, another name, or fewer files are another request.
    for other in ([(b"# Other\n", "minutes.md"), files[1]], [(NOTE[0], "other.md"), files[1]], files[:1]):
        before = objects(server)
        assert upload_form(client, other, key="k1").status_code == 409
        assert objects(server) == before
    assert upload_form(client, files, key="k" * 256).status_code == 422


def test_a_repeated_upload_is_one_job_over_a_crash(make_server):
    server = make_server()
    client = server.client()
    first = upload_form(client, [NOTE], key="crash").json()["job_id"]
    server.kill()
    server.start()
    client = server.client()
    assert upload_form(client, [NOTE], key="crash").json()["job_id"] == first
    job = client.wait(first)
    # The job stays the answer where its upload has gone since …
    stored.forget(server.data, job["files"][0]["file_key"])
    assert upload_form(client, [NOTE], key="crash").json()["job_id"] == first
    # … and the key is free again once the job is deleted.
    assert delete(client, first).status_code == 204
    again = upload_form(client, [NOTE], key="crash")
    assert again.status_code == 202 and again.json()["job_id"] != first
    assert client.wait(again.json()["job_id"])["status"] == "completed"


def test_a_backup_of_a_running_server_is_whole(make_server, tmp_path):
    server = make_server("--jobs-at-once", "2", "--rate-limit", "0")
    client = server.client()
    done = [client.ingest(NOTE, (b"a,b\n1,2\n", "table.csv"))["job_id"] for _ in range(3)]
    kept_key = client.upload(*NOTE)
    queued = [client.submit([kept_key] * 5) for _ in range(30)]
    copy = tmp_path / "copy"
    # Deletions and new jobs go on meanwhile.
    backup = subprocess.Popen([PROGRAM, "backup", "--data", server.data, copy], stdout=subprocess.PIPE, text=True, env=environment())
    while backup.poll() is None:
        extra = client.ingest(NOTE)["job_id"]
        assert delete(client, extra).status_code == 204
    assert backup.returncode == 0 and "jobs" in backup.stdout.read()
    assert delete(client, done[2]).status_code == 204
    server.stop()

    for path in [copy, *copy.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    restored = make_server(data=copy)
    client = restored.client()
    for job_id in done:
        assert client.job(job_id)["status"] == "completed"
        for index in (0, 1):
            assert client.output(job_id, index) and client.output(job_id, index, "sidecar") and client.output(job_id, index, "chunks")
            assert client.get(f"/jobs/{job_id}/documents/{index}/source").status_code == 200
    for job_id in queued:
        assert client.wait(job_id, 120)["status"] == "completed"
    # What was deleted, or deleted in part, when the copy was made is so in the copy too.
    for job in client.get("/jobs?limit=200").json()["jobs"]:
        assert client.wait(job["job_id"])["status"] == "completed"
    assert rows(restored, "PRAGMA integrity_check") == [("ok",)]


def test_a_backup_of_a_stopped_server_and_what_it_refuses(make_server, tmp_path):
    server = make_server()
    client = server.client()
    job_id = client.ingest(NOTE)["job_id"]
    server.stop()
    copy = tmp_path / "copy"
    assert "1 jobs" in server.cli("backup", "--data", server.data, copy).stdout
    refused = server.cli("backup", "--data", server.data, copy, check=False)
    assert refused.returncode == 3 and "is there already" in refused.stderr
    refused = server.cli("backup", "--data", tmp_path, tmp_path / "other", check=False)
    assert refused.returncode == 3 and "no data directory" in refused.stderr
    assert not (tmp_path / "other").exists() and not list(tmp_path.glob("*.unfinished"))
    restored = make_server(data=copy)
    assert restored.client().output(job_id, 0)


def test_a_job_whose_upload_is_missing_says_so_and_ends(make_server, tmp_path):
    server = make_server("--jobs-at-once", "0")
    client = server.client()
    keys = [client.upload(b"x" * stored.LARGE, "large.txt"), client.upload(*NOTE), client.upload(*NOTE)]
    job_id = client.submit(keys)
    server.stop()
    stored.file_of(server.data, keys[0]).unlink()
    stored.forget(server.data, keys[1])
    copy = tmp_path / "copy"
    assert "the files of 1 objects are missing" in server.cli("backup", "--data", server.data, copy).stdout
    job = make_server(data=copy).client().wait(job_id)
    assert job["status"] == "failed"
    assert [file["status"] for file in job["files"]] == ["failed", "failed", "completed"]
    assert job["files"][0]["error"]["code"] == "corrupt" and "its file is missing" in job["files"][0]["error"]["message"]
    assert job["files"][1]["error"]["code"] == "not_found" and "not there any more" in job["files"][1]["error"]["message"]


def test_quotas_refuse_with_the_remedy_and_count_what_there_is(make_server):
    server = make_server("--quota-jobs", "2", "--quota-bytes", "1kB")
    client = server.client()
    service = client.get("/service").json()
    assert service["usage"] == {"jobs": 0, "bytes": 0}
    assert service["limits"]["quota_jobs"] == 2 and service["limits"]["quota_bytes"] == 1024
    early = client.post("/upload/presigned-url", {"filename": "early.md"}).json()
    first = client.ingest((b"x" * 600, "a.md"))
    assert client.get("/service").json()["usage"] == {"jobs": 1, "bytes": 600}
    answer = upload_form(client, [(b"y" * 425, "b.md")])
    assert answer.status_code == 507 and "delete jobs" in answer.json()["detail"]
    assert upload_form(client, [(b"y" * 424, "b.md")]).status_code == 202
    answer = client.post("/upload/presigned-url", {"filename": "c.md"})
    assert answer.status_code == 507 and "delete jobs" in answer.json()["detail"]
    # Nor by way of a link of before.
    refused = requests.put(early["upload_url"], data=b"e", headers=early["headers"], timeout=30)
    assert refused.status_code == 507 and "<Code>QuotaExceeded</Code>" in refused.text
    # Others have their own.
    eve = server.client("eve")
    keys = [eve.upload(b"z", "z.md") for _ in range(3)]
    for key in keys[:2]:
        eve.wait(eve.submit([key]))
    answer = eve.post("/upload/process-s3-files", {"files": [{"file_key": keys[2]}]})
    assert answer.status_code == 429 and "delete some" in answer.json()["detail"]
    assert delete(client, first["job_id"]).status_code == 204
    assert client.get("/service").json()["usage"] == {"jobs": 1, "bytes": 424}
    server.kill()
    server.start()
    client = server.client()
    assert client.get("/service").json()["usage"] == {"jobs": 1, "bytes": 424}
    client.upload(b"w", "w.md")
