"""What another user of the machine, a stranger's file name or somebody else's key may not do."""
import json
import os
import pathlib
import pty
import re
import shutil
import stat
import subprocess
import tempfile

import boto3
import botocore.exceptions
import jwt
import pytest
import requests
from botocore.config import Config

from server import PROGRAM, Client, Server, environment, eventually, free_port

OVERRIDE, CSI, BELL, DELETE, LINE = "\u202e", "\u009b", "\a", "\x7f", "\u2028"
DRIVES_A_TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SHELLS = [shell for shell in ("sh", "dash", "bash", "zsh") if shutil.which(shell)]


def open_to_others(root):
    """What below a directory anybody but its owner could read, write or enter."""
    places = [pathlib.Path(root), *pathlib.Path(root).rglob("*")]
    return [f"{stat.filemode(place.lstat().st_mode)} {place}" for place in places
            if not place.is_symlink() and place.lstat().st_mode & 0o077]


@pytest.fixture
def loose_umask():
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_a_data_directory_is_for_its_owner_alone(make_server, loose_umask):
    server = make_server()
    client = server.client()
    assert client.ingest((b"# A", "a.md"))["status"] == "completed"
    server.aws_environment()
    assert open_to_others(server.data) == []
    server.stop()
    assert open_to_others(server.data) == []


def put_with(link, content):
    answer = requests.put(link["upload_url"], data=content, headers=link["headers"], timeout=30)
    assert answer.status_code == 200, answer.text
    return link["file_key"]


def test_an_upload_link_that_lives_on_cannot_replace_what_a_job_has_taken(make_server):
    # Jobs wait, so that all the uploads can be replaced before one is opened.
    server = make_server("--jobs-at-once", "0")
    client = server.client()
    links = [client.post("/upload/presigned-url", {"filename": f"{n}.md", "content_type": "text/markdown"}).json()
             for n in range(3)]
    job_id = client.submit([put_with(link, f"# Document {n}\n") for n, link in enumerate(links)])
    put_with(links[1], "# Nobody has seen this\n")
    put_with(links[2], "# Document 2\n")  # A repeat by who did not get the answer.
    server.stop()
    server.arguments = ()
    server.start()

    def check(job):
        assert [file["status"] for file in job["files"]] == ["completed", "failed", "completed"]
        error = job["files"][1]["error"]
        assert error["code"] == "conflict" and "replaced" in error["message"] and "submit it again" in error["message"]

    check(client.wait(job_id))
    assert client.get(f"/jobs/{job_id}/documents/1/source").status_code == 409
    assert client.get(f"/jobs/{job_id}/documents/2/source").text == "# Document 2\n"
    # Trying again does not take what was put there; submitting does.
    assert client.post(f"/jobs/{job_id}/retry").status_code == 202
    check(client.wait(job_id))
    other = client.wait(client.submit([links[1]["file_key"]]))
    assert other["status"] == "completed" and "Nobody" in client.output(other["job_id"], 0)


def test_an_operators_key_cannot_replace_what_a_job_has_taken_either(make_server):
    server = make_server("--jobs-at-once", "0")
    client = server.client()
    job_id = client.submit([client.upload("# One\n", "1.md"), client.upload("# Two\n", "2.md")])
    keys = [file["file_key"] for file in client.job(job_id)["files"]]
    given = server.aws_environment("--operator")
    s3 = boto3.client("s3", endpoint_url=given["AWS_ENDPOINT_URL"], region_name=given["AWS_DEFAULT_REGION"],
                      aws_access_key_id=given["AWS_ACCESS_KEY_ID"], aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
                      config=Config(s3={"addressing_style": "path"}))
    bucket = "agent2-ingestor-bucket-us-east-1"
    before = s3.head_object(Bucket=bucket, Key=keys[0])["ETag"]
    assert s3.put_object(Bucket=bucket, Key=keys[0], Body=b"# One, too\n")["ETag"] != before
    server.stop()
    server.arguments = ()
    server.start()
    files = client.wait(job_id)["files"]
    assert [file["status"] for file in files] == ["failed", "completed"]
    assert files[0]["error"]["code"] == "conflict"


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o711, 0o777])
def test_a_data_directory_that_others_can_enter_is_closed_and_it_is_said(make_server, tmp_path, mode):
    data = tmp_path / "loose"
    data.mkdir()
    data.chmod(mode)
    server = make_server(data=data)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert server.log("other users could enter the data directory: closed it to them")
    # So does every command that opens it.
    data.chmod(mode)
    said = server.cli("token").stderr
    assert "closed it to them" in said and stat.S_IMODE(data.stat().st_mode) == 0o700
    assert server.cli("env").stderr == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a directory somebody else's")
def test_somebody_elses_open_directory_is_refused():
    with tempfile.TemporaryDirectory() as theirs:
        # Everybody may enter it and write there, and only its owner could close it.
        os.chmod(theirs, 0o777)
        ended = subprocess.run([PROGRAM, "serve", "--data", theirs, "--listen", "127.0.0.1:0"], capture_output=True,
                               text=True, timeout=30, env=environment(), user="nobody", group="nogroup")
        assert ended.returncode == 3 and "chmod 700" in ended.stdout
        assert os.listdir(theirs) == []


def test_the_sign_in_link_is_in_no_log(make_server):
    server = make_server()
    code = server.sign_in_code()
    link = server.data / "sign-in-link"
    assert stat.S_IMODE(link.stat().st_mode) == 0o600
    assert requests.post(server.url + "/auth/session", json={"code": code}, timeout=10).status_code == 200
    assert not link.exists(), "a link that was used is of no use"
    server.stop()
    told = server.log("sign in once, within 15 minutes")
    assert [entry["link_is_in"] for entry in told] == [str(link)]
    assert all("code=" not in line and code not in line for line in server.lines)
    assert code not in "".join(path.read_text(errors="replace") for path in server.data.glob("*") if path.is_file())


def test_on_a_terminal_the_link_is_shown_and_kept_nowhere(tmp_path):
    data = tmp_path / "data"
    ours, theirs = pty.openpty()
    server = subprocess.Popen([PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0"], stdout=theirs, stderr=theirs,
                              env=environment())
    os.close(theirs)
    shown = b""
    try:
        while b"#code=" not in shown:
            shown += os.read(ours, 4096)
        assert not (data / "sign-in-link").exists()
    finally:
        server.terminate()
        with pytest.raises(OSError):  # a terminal whose last program has ended
            while os.read(ours, 4096):
                pass
        os.close(ours)
        assert server.wait(30) == 0


def test_names_from_outside_drive_no_terminal_and_forge_no_line(make_server):
    server = make_server("--log-level", "debug")
    client = server.client("local")
    name = f"a{CSI}2J{OVERRIDE}{BELL}{DELETE}{LINE}\x1b[31m.md"
    stored = client.http.post(server.url + "/upload", timeout=30, files={"files": ("a.md", b"# A")},
                              data={"job_name": f"b{CSI}31m{OVERRIDE}{LINE}INFO forged"})
    assert stored.status_code == 202, stored.text
    job_id = stored.json()["job_id"]
    client.wait(job_id)
    for arguments in (("jobs", "list"), ("jobs", "show", job_id), ("jobs", "show", job_id, "--json"), ("jobs", "--json"),
                      ("jobs", "show", f"x{CSI}2J{OVERRIDE}"), ("submit", name), ("extract", name), ("jobs", f"--{CSI}")):
        done = server.cli(*arguments, check=False)
        shown = done.stdout + done.stderr
        assert shown and not DRIVES_A_TERMINAL.search(shown), (arguments, shown)
    requests.get(f"{server.url}/jobs/{requests.utils.quote(name)}?{OVERRIDE}", timeout=10,
                 headers={"User-Agent": "x\u009b".encode().decode("latin-1")})
    server.stop()
    for line in server.lines:
        assert not DRIVES_A_TERMINAL.search(line), line


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/it's$(touch broken)`touch broken`", "http://127.0.0.1:1/\"a b\"\\;&|<>*?~#!"])
def test_what_env_prints_is_data_to_every_shell(make_server, tmp_path, shell, url):
    server = make_server("--region", "eu-west-3")
    service = server.data / "service.json"
    service.write_text(service.read_text().replace(server.url, url.replace("\\", "\\\\").replace('"', '\\"')))
    tool = tmp_path / "bin" / "aws"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    tool.chmod(0o700)
    script = f'eval "$({PROGRAM} env --data {server.data})"\nprintf "%s\\n" "$AWS_ENDPOINT_URL" "$AWS_REGION" "$AWS_DEFAULT_REGION"\naws s3 ls "a b"'
    ran = subprocess.run([shell, "-c", script], capture_output=True, text=True, timeout=30, cwd=tmp_path,
                         env=environment() | {"PATH": f"{tool.parent}:{os.environ['PATH']}"})
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    assert ran.stdout.splitlines() == [url, "eu-west-3", "eu-west-3", "--endpoint-url", url, "s3", "ls", "a b"]
    assert not (tmp_path / "broken").exists()


def s3_of(server, *options):
    exported = server.aws_environment(*options)
    return boto3.client("s3", endpoint_url=exported["AWS_ENDPOINT_URL"], region_name=exported["AWS_REGION"],
                        aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"], config=Config(retries={"max_attempts": 1}))


def denied(call, **arguments):
    try:
        call(Bucket="agent2-ingestor-bucket-us-east-1", **arguments)
    except botocore.exceptions.ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status == 403 and error.response["Error"]["Code"] in ("AccessDenied", "403")
    return False


def test_the_key_of_env_reaches_its_users_files_alone(make_server):
    server = make_server()
    theirs = server.client("bob")
    job = theirs.ingest((b"# Bob's", "b.md"))
    ours = server.client("local").ingest((b"# Ours", "a.md"))
    s3 = s3_of(server)
    for place in (job["files"][0]["file_key"], job["files"][0]["markdown_key"], job["files"][0]["sidecar_key"],
                  f"documents/{job['job_id']}/manifest.json", "anything"):
        assert denied(s3.get_object, Key=place) and denied(s3.head_object, Key=place), place
        assert denied(s3.put_object, Key=place, Body=b"x") and denied(s3.delete_object, Key=place), place
    own = ours["files"][0]
    for place in (own["markdown_key"], own["sidecar_key"]):
        assert s3.get_object(Bucket="agent2-ingestor-bucket-us-east-1", Key=place)["Body"].read()
        assert denied(s3.put_object, Key=place, Body=b"x") and denied(s3.delete_object, Key=place), place
    assert theirs.output(job["job_id"], 0) == "# Bob's\n"

    key = "uploads/local/x/c.md"
    s3.put_object(Bucket="agent2-ingestor-bucket-us-east-1", Key=key, Body=b"# Put", ContentType="text/markdown")
    client = server.client("local")
    put = client.wait(client.submit([key]))
    assert put["status"] == "completed" and client.output(put["job_id"], 0) == "# Put\n"


def test_the_operators_key_is_made_when_it_is_asked_for(make_server):
    server = make_server()
    job = server.client("bob").ingest((b"# Bob's", "b.md"))
    keys = server.data / "access-keys.json"
    assert '"operator"' not in keys.read_text()
    s3 = s3_of(server, "--operator")
    assert s3_of(server, "--operator").get_object(Bucket="agent2-ingestor-bucket-us-east-1", Key=job["files"][0]["markdown_key"])
    assert keys.read_text().count('"operator"') == 1 and stat.S_IMODE(keys.stat().st_mode) == 0o600
    s3.put_object(Bucket="agent2-ingestor-bucket-us-east-1", Key="anything", Body=b"x")
    assert denied(s3_of(server).get_object, Key="anything")


def test_the_key_that_signs_links_signs_nothing_else(make_server):
    server = make_server()
    links = next(key for key in json.loads((server.data / "access-keys.json").read_text())["keys"] if key["role"] == "links")
    s3 = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=links["access_key_id"],
                      aws_secret_access_key=links["secret_access_key"])
    assert denied(s3.put_object, Key="uploads/local/x/a.md", Body=b"x") and denied(s3.get_object, Key="uploads/local/x/a.md")


LOOPBACK = ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "127.9.9.9:{port}", "localhost:9", "localhost"]
MADE_UP = ["evil.example", "evil.example:{port}", "localhost.evil.example:{port}", "127.0.0.1.evil.example", "127.1:{port}",
           "0.0.0.0:{port}", "localhost.:{port}", "10.0.0.1:{port}"]


def hosts(server, templates):
    return [template.format(port=server.url.rpartition(":")[2]) for template in templates]


def test_upload_links_lead_where_the_service_was_asked_and_nowhere_else(make_server):
    server = make_server()
    client = server.client()
    for host in hosts(server, LOOPBACK):
        place = client.post("/upload/presigned-url", {"filename": "a.md"}, headers={"Host": host}).json()
        assert place["upload_url"].startswith(f"http://{host}/"), host
        path = place["upload_url"].removeprefix(f"http://{host}")
        stored = requests.put(server.url + path, data=b"# A", headers={"Host": host}, timeout=10)
        assert stored.status_code == 200, stored.text
        # Signed for this name: under another it is no link.
        assert requests.put(server.url + path, data=b"# A", headers={"Host": "localhost:1"}, timeout=10).status_code == 403
    for host in hosts(server, MADE_UP):
        answer = client.post("/upload/presigned-url", {"filename": "a.md"}, headers={"Host": host})
        assert answer.json()["upload_url"].startswith(server.url + "/"), host
    forwarded = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-Host": "evil.example"}
    answer = client.post("/upload/presigned-url", {"filename": "a.md"}, headers=forwarded)
    assert answer.json()["upload_url"].startswith(server.url + "/")


def test_links_lead_to_the_public_address_where_it_was_asked(tmp_path):
    server = Server(tmp_path, "--public-url", "https://ingest.example.com", listen=f"127.0.0.1:{free_port()}")
    server.start(wait=False)
    try:
        eventually((tmp_path / "service.json").exists, what="the service's address")
        client = Client(f"http://{server.listen}", server.token())
        for host, origin in (("ingest.example.com", "https://ingest.example.com"), ("localhost:5", "http://localhost:5"),
                             ("evil.example", "https://ingest.example.com"), (server.listen, f"http://{server.listen}")):
            answer = client.post("/upload/presigned-url", {"filename": "a.md"}, headers={"Host": host})
            assert answer.json()["upload_url"].startswith(origin + "/"), host
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "0.0.0.0:0"])
def test_a_session_counts_under_the_services_own_names_alone(make_server, listen):
    server = make_server(listen=listen)
    token = server.token()
    signed_in = {"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "same-origin"}
    for host in hosts(server, LOOPBACK):
        opened = requests.post(server.url + "/auth/session", json={}, headers=signed_in | {"Host": host}, timeout=10)
        cookie = opened.headers["set-cookie"].partition(";")[0]
        page = {"Cookie": cookie, "Host": host, "Sec-Fetch-Site": "same-origin"}
        assert requests.get(server.url + "/jobs", headers=page, timeout=10).status_code == 200, host
        # Browsers that mark nothing name the page's origin.
        origin = {"Cookie": cookie, "Host": host, "Origin": f"http://{host}"}
        place = requests.post(server.url + "/upload/presigned-url", json={"filename": "a.md"}, headers=origin, timeout=10)
        assert place.status_code == 200, host
        for foreign in ("http://evil.example", "http://localhost:1", "null"):
            refused = requests.post(server.url + "/upload/presigned-url", json={"filename": "a.md"}, timeout=10,
                                    headers=origin | {"Origin": foreign})
            assert refused.status_code == 403, (host, foreign)
        for rebound in hosts(server, MADE_UP):
            for method in ("GET", "POST"):
                refused = requests.request(method, server.url + "/jobs", headers=page | {"Host": rebound}, timeout=10)
                assert refused.status_code in (403, 405), (method, rebound)
            assert requests.get(server.url + "/jobs", headers=page | {"Host": rebound}, timeout=10).status_code == 403
    for host in hosts(server, MADE_UP):
        refused = requests.post(server.url + "/auth/session", json={}, headers=signed_in | {"Host": host}, timeout=10)
        assert refused.status_code == 403 and "set-cookie" not in refused.headers and "--public-url" in refused.json()["detail"]
        # A program names itself by its token, whatever it calls the server.
        bearer = {"Authorization": f"Bearer {token}", "Host": host}
        assert requests.get(server.url + "/jobs", headers=bearer, timeout=10).status_code == 200


def test_signing_out_ends_the_session_on_the_server(make_server):
    server = make_server()
    token = server.token("ann")
    marks = {"Sec-Fetch-Site": "same-origin"}
    opened = requests.post(server.url + "/auth/session", json={}, timeout=10, headers=marks | {"Authorization": f"Bearer {token}"})
    page = marks | {"Cookie": opened.headers["set-cookie"].partition(";")[0]}
    watched = requests.get(server.url + "/jobs/events", headers=page, timeout=60, stream=True)
    lines = watched.iter_lines()
    assert next(lines) == b"event: ready"
    other = server.client("ann")
    assert requests.delete(server.url + "/auth/session", headers=page, timeout=10).status_code == 204
    for stolen in (page, {"Authorization": f"Bearer {token}"}):
        refused = requests.get(server.url + "/jobs", headers=stolen, timeout=10)
        assert refused.status_code == 401 and "revoked" in refused.json()["detail"]
    assert other.get("/jobs").status_code == 200, "another sign-in is another session"
    # What it was watching ends with it, at the next thing there would be to tell.
    other.ingest((b"# A", "a.md"))
    assert b"event: job" not in list(lines)
    # Signing out again, or with what never held, is no error and keeps nothing.
    revoked = server.data / "revoked-tokens.json"
    before = revoked.read_bytes()
    for gone in (page, marks | {"Authorization": f"Bearer {token}"}, marks | {"Authorization": "Bearer nonsense"}, marks):
        assert requests.delete(server.url + "/auth/session", headers=gone, timeout=10).status_code == 204
    assert revoked.read_bytes() == before and stat.S_IMODE(revoked.stat().st_mode) == 0o600
    server.kill()
    server.start()
    assert requests.get(server.url + "/jobs", headers=page, timeout=10).status_code == 401, "and stays ended"


def test_a_foreign_page_signs_nobody_out(make_server):
    server = make_server()
    opened = requests.post(server.url + "/auth/session", json={}, timeout=10,
                           headers={"Sec-Fetch-Site": "same-origin", "Authorization": f"Bearer {server.token()}"})
    cookie = {"Cookie": opened.headers["set-cookie"].partition(";")[0]}
    refused = requests.delete(server.url + "/auth/session", headers=cookie | {"Sec-Fetch-Site": "cross-site"}, timeout=10)
    assert refused.status_code == 403
    assert requests.get(server.url + "/jobs", headers=cookie, timeout=10).status_code == 200


def test_the_command_line_revokes_tokens(make_server):
    server = make_server()
    by_token, by_name, kept = server.token("ann", "30d"), server.token("ann", "30d"), server.token("ann", "30d")

    def status(token):
        return requests.get(server.url + "/jobs", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code

    assert [status(token) for token in (by_token, by_name, kept)] == [200, 200, 200]
    server.cli("token", "--revoke", by_token)
    server.cli("token", "--revoke", jwt.decode(by_name, options={"verify_signature": False})["jti"])
    assert [status(token) for token in (by_token, by_name, kept)] == [401, 401, 200]
    assert server.cli("token", "--revoke", by_token[:-40] + "!", check=False).returncode == 3
    server.cli("token", "--revoke-all")
    assert status(kept) == 401
    assert status(server.token("ann")) == 200, "a token of after"
    assert server.cli("token", "--revoke-all", "--revoke", "x", check=False).returncode == 2


def test_metrics_are_for_operators_and_scrapers(make_server):
    server = make_server()
    scraper = Client(server.url, server.cli("token", "--metrics", "--ttl", "365d").stdout.strip())
    assert scraper.get("/metrics").status_code == 200
    assert server.client("local").get("/metrics").status_code == 200
    assert server.client("ann").get("/metrics").status_code == 403
    for method, path in (("GET", "/jobs"), ("GET", "/jobs/events"), ("GET", "/service"), ("GET", "/auth/session"),
                         ("POST", "/upload/presigned-url"), ("POST", "/upload"), ("POST", "/jobs/cancel")):
        refused = scraper.http.request(method, server.url + path, timeout=10)
        assert refused.status_code == 403 and "metrics" in refused.json()["detail"], path
    opened = scraper.post("/auth/session", {})
    assert opened.status_code == 403 and "set-cookie" not in opened.headers
