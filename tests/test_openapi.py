"""The API description against the running server: schemathesis looks for what does not agree."""
import json
import pathlib
import subprocess
import sys

import pytest


def test_schemathesis_finds_nothing(shared_server, tmp_path):
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    result = subprocess.run(
        [program, "--config-file", pathlib.Path(__file__).parent / "schemathesis.toml", "run", f"{shared_server.url}/openapi.json", "--header", f"Authorization: Bearer {shared_server.token('schemathesis')}",
         "--max-examples", "40", "--seed", "20261123", "--workers", "1", "--request-timeout", "20", "--no-color",
         "--exclude-operation-id", "job_events", "--exclude-operation-id", "jobs_events"],
        capture_output=True, text=True, timeout=900, cwd=tmp_path)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]


def test_description_is_of_this_server(shared_server):
    client = shared_server.client("local")
    description = client.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    # Every GET without parameters answers as described.
    for path, methods in description["paths"].items():
        if "get" in methods and "{" not in path and path != "/":
            answer = client.get(path, stream=True)
            assert str(answer.status_code) in methods["get"]["responses"], path
            assert answer.headers["content-type"].split(";")[0] in methods["get"]["responses"]["200"]["content"], path
            answer.close()
