"""Everyday clients of S3 against the built server: boto3's transfers, both AWS CLIs, rclone, s3cmd and the JavaScript SDK."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.config import Config


BUCKET = "agent2-ingestor-bucket-us-east-1"
CLI_V1 = str(pathlib.Path(sys.executable).parent / "aws")
CLI_V2 = "/usr/bin/aws"
MIB = 1 << 20


def s3_client(server, *options, **settings):
    exported = server.aws_environment(*options)
    return boto3.client("s3", endpoint_url=exported["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=exported["AWS_ACCESS_KEY_ID"], aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}, **settings))


@pytest.fixture(scope="session")
def aws_environment(shared_server):
    return {name: value for name, value in shared_server.aws_environment("--operator").items() if name != "PYTHONPATH"}


@pytest.fixture(scope="session")
def s3(shared_server):
    return s3_client(shared_server, "--operator")


def run(environment, *command, **options):
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    ended = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, env=environment, **options)
    assert ended.returncode == 0, f"{command}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"
    return ended.stdout


def refusal(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def digests(folder):
    """Of all files below it, by their names from there."""
    return {str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest()
            for path in pathlib.Path(folder).rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path):
    """Some files, two of which are too large for one request of any client here."""
    source = tmp_path / "source"
    for name, size in {"a.txt": 6, "süß b+c.txt": 10, "deep/er/empty": 0, "large.bin": 17 * MIB + 3, "deep/larger.bin": 21 * MIB}.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(os.urandom(size))
    return source


def test_boto3_uploads_and_downloads_in_parts(s3, user, tmp_path):
    source = tmp_path / "big.bin"
    source.write_bytes(os.urandom(21 * MIB + 5))
    key = f"uploads/{user}/big.bin"
    s3.upload_file(str(source), BUCKET, key, Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB),
                   ExtraArgs={"ContentType": "video/mp4", "Metadata": {"n": "v"}})
    head = s3.head_object(Bucket=BUCKET, Key=key)
    assert head["ETag"].endswith('-5"') and head["ContentType"] == "video/mp4" and head["Metadata"] == {"n": "v"}
    s3.download_file(BUCKET, key, str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("algorithm,kind", [("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("SHA256", "COMPOSITE")])
def test_boto3_checksums_of_parts(s3, user, algorithm, kind):
    key = f"uploads/{user}/x"
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    assert upload["ChecksumType"] == kind
    named = {"Bucket": BUCKET, "Key": key, "UploadId": upload["UploadId"]}
    parts = []
    for number, body in ((1, b"a" * 5 * MIB), (2, b"end")):
        part = s3.upload_part(**named, PartNumber=number, Body=body, ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number} | {name: part[name] for name in ("ETag", f"Checksum{algorithm}")})
    done = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts}, ChecksumType=kind)
    assert done["ChecksumType"] == kind and done[f"Checksum{algorithm}"].endswith("-2") == (kind == "COMPOSITE")
    assert s3.get_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")["Body"].read() == b"a" * 5 * MIB + b"end"


def test_parts_and_uploads_are_listed_by_pages(s3, user):
    key = f"uploads/{user}/x"
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)
    named = {"Bucket": BUCKET, "Key": key, "UploadId": upload["UploadId"]}
    for number in (9, 4, 6):
        s3.upload_part(**named, PartNumber=number, Body=b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(**named, PaginationConfig={"PageSize": 2})
    assert [part["Size"] for page in pages for part in page["Parts"]] == [4, 6, 9]
    for n in range(5):
        s3.create_multipart_upload(Bucket=BUCKET, Key=f"uploads/{user}/more/{n}")
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=BUCKET, Prefix=f"uploads/{user}/", PaginationConfig={"PageSize": 2})
    listed = [found["Key"].split("/")[-1] for page in pages for found in page["Uploads"]]
    assert listed == ["0", "1", "2", "3", "4", "x"]
    grouped = s3.list_multipart_uploads(Bucket=BUCKET, Prefix=f"uploads/{user}/", Delimiter="/")
    assert [found["Prefix"] for found in grouped["CommonPrefixes"]] == [f"uploads/{user}/more/"]
    s3.abort_multipart_upload(**named)
    assert refusal(s3.list_parts, **named) == "NoSuchUpload"


def test_parts_that_were_acknowledged_outlive_the_server(make_server):
    server = make_server()
    s3 = s3_client(server, "--operator")
    named = {"Bucket": BUCKET, "Key": "uploads/local/x.bin"}
    named["UploadId"] = s3.create_multipart_upload(**named)["UploadId"]
    parts = {number: os.urandom(5 * MIB) for number in range(1, 5)}
    for number in (3, 1):
        s3.upload_part(**named, PartNumber=number, Body=parts[number])
    server.kill()
    server.start()
    held = {part["PartNumber"]: part["ETag"] for part in s3.list_parts(**named)["Parts"]}
    assert held == {number: f'"{hashlib.md5(parts[number]).hexdigest()}"' for number in (1, 3)}
    for number in (2, 4):
        held[number] = s3.upload_part(**named, PartNumber=number, Body=parts[number])["ETag"]
    done = [{"PartNumber": number, "ETag": held[number]} for number in sorted(held)]
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": done})
    server.kill()
    server.start()
    body = s3.get_object(Bucket=BUCKET, Key=named["Key"])["Body"].read()
    assert body == b"".join(parts[number] for number in sorted(parts))


@pytest.mark.parametrize("cli", [CLI_V1, CLI_V2], ids=["v1", "v2"])
def test_cli_copies_large_files_both_ways(aws_environment, user, tmp_path, cli):
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(25 * MIB))
    place = f"s3://{BUCKET}/uploads/{user}/large.bin"
    run(aws_environment, cli, "--endpoint-url", aws_environment["AWS_ENDPOINT_URL"], "s3", "cp", source, place)
    run(aws_environment, cli, "--endpoint-url", aws_environment["AWS_ENDPOINT_URL"], "s3", "cp", place, tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()
