"""The contract of the job store, run by its own test program against what speaks DynamoDB's protocol."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys

import pytest
import requests

from fault_proxy import FailAfterwards, Fault, FaultProxy, LoseAnswer, refusal
from server import ROOT, environment, eventually

CONTRACT_TEST = pathlib.Path(os.environ.get("CONTRACT_TEST", ROOT / "build" / "release" / "backend" / "tests" / "contract_test"))
DYNAMODB_LOCAL = ROOT / "scripts" / "dynamodb_local.sh"


def run_contract(endpoint, left_out=()):
    """Runs the tests of the DynamoDB adapter but `left_out`."""
    if not CONTRACT_TEST.exists():
        pytest.skip(f"{CONTRACT_TEST} is missing: build the target contract_test")
    wanted = "--gtest_filter=DynamoDb*" + ("-" + ":".join(left_out) if left_out else "")
    ended = subprocess.run([CONTRACT_TEST, wanted], capture_output=True, text=True, errors="replace", timeout=900,
                           env=environment() | {"DYNAMODB_ENDPOINT": endpoint})
    assert ended.returncode == 0, ended.stdout[-5000:] + ended.stderr[-2000:]
    assert "SKIPPED" not in ended.stdout and "] 0 tests" not in ended.stdout
    assert "[  PASSED  ]" in ended.stdout


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving(command, port):
    """The command as a server, from its first answer on."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())

    def answers():
        assert server.poll() is None, f"{command[0]} has ended"
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{port}/", timeout=10).status_code > 0

    try:
        eventually(answers, 60, f"the readiness of {command[0]}")
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def dynamodb_local():
    fetched = subprocess.run([DYNAMODB_LOCAL, "fetch"], capture_output=True, text=True, errors="replace")
    if fetched.returncode != 0:
        pytest.skip("Maven could not fetch DynamoDB Local: " + (fetched.stdout + fetched.stderr)[-500:])
    port = free_port()
    with serving([DYNAMODB_LOCAL, str(port)], port):
        yield port


def test_the_store_keeps_its_contract_on_dynamodb_local(dynamodb_local):
    run_contract(f"http://127.0.0.1:{dynamodb_local}")


class Halved(Fault):
    """A batch of which the service does the first half, and leaves the rest to be asked for again."""

    name = "half"

    def meet(self, request, forward):
        asked = json.loads(request.body)
        writes = request.headers["X-Amz-Target"].endswith("BatchWriteItem")
        (table, content), = asked["RequestItems"].items()
        entries = content if writes else content["Keys"]
        half = (len(entries) + 1) // 2
        of = lambda part: {table: part if writes else content | {"Keys": part}}
        status, headers, answer = forward(json.dumps(asked | {"RequestItems": of(entries[:half])}).encode())
        if status == 200 and entries[half:]:
            left = {"UnprocessedItems" if writes else "UnprocessedKeys": of(entries[half:])}
            answer = json.dumps(json.loads(answer) | left).encode()
        kept = [header for header in headers if header[0].lower() != "x-amz-crc32"]
        return status, kept, answer


class Trouble:
    """Each third request is carried out and its answer lost, each fifth is throttled, each seventh is carried out and
    answered with an error, each ninth meets another transaction if it is one; other batches are done by halves."""

    def __init__(self):
        self.count = 0

    def __call__(self, _, request):
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        if operation in ("CreateTable", "DeleteTable"):
            return None
        self.count += 1
        if self.count % 5 == 0:
            return refusal("ProvisionedThroughputExceededException")
        if self.count % 9 == 0 and operation == "TransactWriteItems":
            reasons = [{"Code": "TransactionConflict"} for _ in json.loads(request.body)["TransactItems"]]
            return refusal("TransactionCanceledException", name="conflict", CancellationReasons=reasons)
        if self.count % 3 == 0:
            return LoseAnswer()
        if self.count % 7 == 0:
            return FailAfterwards(500, b'{"__type":"com.amazonaws#InternalServerError"}')
        return Halved() if operation.startswith("Batch") else None


def test_lost_answers_and_throttling_change_nothing(dynamodb_local):
    with FaultProxy(f"http://127.0.0.1:{dynamodb_local}", Trouble()) as proxy:
        run_contract(proxy.url)
        assert set(proxy.faults) == {"throttled", "conflict", "lost", "failed", "half"}, proxy.faults


def test_the_store_keeps_its_contract_on_moto():
    port = free_port()
    with serving([pathlib.Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)], port):
        run_contract(f"http://127.0.0.1:{port}")
