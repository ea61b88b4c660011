"""What another user of the machine, a stranger's file name or somebody else's key may not do."""
import os
import pathlib
import pty
import re
import shutil
import stat
import subprocess
import tempfile

import pytest
import requests

from server import PROGRAM, environment

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
    told = server.log("sign in once, within 15 minutes")
    assert [entry["link_is_in"] for entry in told] == [str(link)]
    assert requests.post(server.url + "/auth/session", json={"code": code}, timeout=10).status_code == 200
    assert not link.exists(), "a link that was used is of no use"
    server.stop()
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
