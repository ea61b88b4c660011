"""The contract of the object store, run by its own test program against servers of the S3 protocol."""
import os
import pathlib
import subprocess
import uuid

import boto3
import pytest

from moto_server import moto_server
from server import ROOT, environment

CONTRACT_TEST = pathlib.Path(os.environ.get("CONTRACT_TEST", ROOT / "build" / "release" / "backend" / "tests" / "contract_test"))
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}


def run_contract(settings, left_out=()):
    """Runs what the S3 adapter's tests are but `left_out`."""
    if not CONTRACT_TEST.exists():
        pytest.skip(f"{CONTRACT_TEST} is missing: build the target contract_test")
    wanted = "--gtest_filter=S3*" + ("-" + ":".join(left_out) if left_out else "")
    ended = subprocess.run([CONTRACT_TEST, wanted], capture_output=True, text=True, errors="replace", timeout=300,
                           env=environment() | settings)
    told = [line for line in ended.stdout.splitlines() if not line.startswith(("[ RUN ", "[       OK ]"))]
    assert ended.returncode == 0, "\n".join(told)[-8000:] + ended.stderr[-2000:]
    assert "SKIPPED" not in ended.stdout
    assert "[  PASSED  ]" in ended.stdout


@pytest.fixture
def moto_url():
    with moto_server() as url:
        yield url


def test_the_store_keeps_its_contract_on_moto(moto_url):
    bucket = f"contract-{uuid.uuid4()}"
    boto3.client("s3", endpoint_url=moto_url, region_name="us-east-1", aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                 aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"]).create_bucket(Bucket=bucket)
    # moto's routes do not match a path that holds a line end: 404 where S3 takes it.
    run_contract(KEYS | {"S3_ENDPOINT": moto_url, "S3_BUCKET": bucket}, ["*AKeyMayHoldALineEnd*"])


def test_the_store_keeps_its_contract_on_our_own_server(make_server):
    exported = make_server("--rate-limit", "0").aws_environment("--operator")
    settings = {name: exported[name] for name in KEYS} | {
        "S3_ENDPOINT": exported["AWS_ENDPOINT_URL"], "S3_BUCKET": "agent2-ingestor-bucket-us-east-1"}
    run_contract(settings)
