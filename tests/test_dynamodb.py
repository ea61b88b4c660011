"""The contract of the job store, run by its own test program against what speaks DynamoDB's protocol."""
import os
import pathlib
import subprocess

import pytest

from dynamodb import DynamoDbTrouble
from fault_proxy import FaultProxy
from moto_server import moto_server
from server import ROOT, environment

CONTRACT_TEST = pathlib.Path(os.environ.get("CONTRACT_TEST", ROOT / "build" / "release" / "backend" / "tests" / "contract_test"))


def run_contract(endpoint, left_out=()):
    """Runs the tests of the DynamoDB adapter but `left_out`."""
    if not CONTRACT_TEST.exists():
        pytest.skip(f"{CONTRACT_TEST} is missing: build the target contract_test")
    wanted = "--gtest_filter=DynamoDb*" + ("-" + ":".join(left_out) if left_out else "")
    ended = subprocess.run([CONTRACT_TEST, wanted], capture_output=True, text=True, errors="replace", timeout=900,
                           env=environment() | {"DYNAMODB_ENDPOINT": endpoint})
    told = [line for line in ended.stdout.splitlines() if not line.startswith(("[ RUN ", "[       OK ]"))]
    assert ended.returncode == 0, "\n".join(told)[-8000:] + ended.stderr[-2000:]
    assert "SKIPPED" not in ended.stdout and "] 0 tests" not in ended.stdout
    assert "[  PASSED  ]" in ended.stdout


def test_the_store_keeps_its_contract_on_dynamodb_local(dynamodb_local):
    run_contract(dynamodb_local)


def test_lost_answers_and_throttling_change_nothing(dynamodb_local):
    with FaultProxy(dynamodb_local, DynamoDbTrouble()) as proxy:
        run_contract(proxy.url)
        assert set(proxy.faults) == {"throttled", "conflict", "lost", "failed", "half"}, proxy.faults


def test_the_store_keeps_its_contract_on_moto():
    with moto_server() as url:
        run_contract(url)
