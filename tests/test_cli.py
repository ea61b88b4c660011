"""The command line, as a person or a script uses it."""
import json
import os
import shutil
import subprocess

from server import PROGRAM, SAMPLES, environment


def test_submit_and_wait_shows_the_result(shared_server, user):
    result = shared_server.cli("submit", *sorted(SAMPLES.iterdir()), "--job-name", "From the shell", "--wait",
                               "--preview", "3", "--user", user)
    assert "completed" in result.stdout and "From the shell" in result.stdout
    assert "# Handbook of the Bicycle Workshop" in result.stdout


def test_submit_prints_the_id_alone_for_scripts(shared_server, user):
    job_id = shared_server.cli("submit", SAMPLES / "workshop-handbook.md", "--user", user).stdout.strip()
    shown = shared_server.cli("jobs", "show", job_id, "--json", "--user", user)
    assert json.loads(shown.stdout)["job_id"] == job_id


def test_submit_fails_with_the_job(shared_server, user, tmp_path):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4\nnoise")
    result = shared_server.cli("submit", bad, "--wait", "--json", "--user", user, check=False)
    assert result.returncode == 1
    assert json.loads(result.stdout)["status"] == "failed"


def test_list_and_retry(shared_server, user, tmp_path):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"")
    job = json.loads(shared_server.cli("submit", bad, "--wait", "--json", "--user", user, check=False).stdout)
    assert job["job_id"] in shared_server.cli("jobs", "--user", user).stdout
    listed = json.loads(shared_server.cli("jobs", "list", "--status", "failed", "--json", "--user", user).stdout)
    assert [entry["job_id"] for entry in listed["jobs"]] == [job["job_id"]]
    retried = json.loads(shared_server.cli("jobs", "retry", job["job_id"], "--json", "--user", user).stdout)
    assert retried["job_id"] == job["job_id"]


def test_a_name_that_is_no_utf8_is_submitted(shared_server, tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.md"
    with open(path, "wb") as file:
        file.write(b"# Hi\n")
    job = json.loads(shared_server.cli("submit", os.fsdecode(path), "--wait", "--json", "--user", "names").stdout)
    assert job["status"] == "completed" and job["files"][0]["filename"] == "caf\ufffd.md"


def test_extract_needs_no_server(shared_server, tmp_path):
    sample = SAMPLES / "workshop-handbook.md"
    assert shared_server.cli("extract", sample).stdout.startswith("# Handbook of the Bicycle Workshop")
    sidecar = json.loads(shared_server.cli("extract", sample, "--format", "sidecar").stdout)
    assert sidecar["schema"] == "agent2-ingestor.sidecar/2"
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"PK\x03\x04")
    result = shared_server.cli("extract", bad, check=False)
    assert result.returncode == 1 and "corrupt" in result.stderr and result.stdout == ""


def test_extract_says_what_goes_wrong_on_stderr_alone(tmp_path):
    # Without its helper beside it.
    alone = tmp_path / "agent2-ingestor"
    shutil.copy(PROGRAM, alone)
    sample = SAMPLES / "workshop-handbook.md"
    result = subprocess.run([alone, "extract", sample], capture_output=True, text=True, timeout=60, env=environment())
    assert result.returncode == 1
    assert result.stdout == ""
    assert "agent2-ingestor-extract" in result.stderr and "unavailable" in result.stderr


def test_exit_statuses_tell_what_went_wrong(shared_server, tmp_path):
    cases = [(["submit", tmp_path / "missing.pdf"], 2), (["submit"], 2), (["frobnicate"], 2), (["jobs", "list", "--limit", "0"], 2),
             (["jobs", "show", "01890a5d-ac96-774b-bcce-b302099a8057"], 3), (["jobs", "show", "x"], 3),
             (["jobs", "--url", "http://127.0.0.1:1", "--token", "x"], 4),
             (["token", "--ttl", "soon"], 2), (["jobs", "--token", "wrong"], 3)]
    for arguments, status in cases:
        result = shared_server.cli(*arguments, check=False)
        assert result.returncode == status, (arguments, result.returncode, result.stderr)
        assert result.stderr.strip(), arguments


def test_help_teaches(shared_server):
    text = shared_server.cli("--help").stdout
    for word in ("serve", "submit", "jobs", "extract", "token", "env", "Exit status"):
        assert word in text
    for command in ("serve", "submit", "jobs", "extract", "token", "env"):
        assert "--" in shared_server.cli(command, "--help").stdout


def test_missing_service_is_explained(shared_server, tmp_path):
    result = shared_server.cli("jobs", "--data", tmp_path, check=False)
    assert result.returncode == 3 and "agent2-ingestor serve" in result.stderr
