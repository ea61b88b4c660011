"""Everyday clients of S3 against the built server: boto3's transfers, both AWS CLIs, rclone, s3cmd and the JavaScript SDK."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest
import requests
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


@pytest.mark.parametrize("cli", [CLI_V1, CLI_V2], ids=["v1", "v2"])
def test_cli_keeps_a_folder_in_step(aws_environment, s3, user, folder, tmp_path, cli):
    def aws(*arguments):
        return run(aws_environment, cli, "--endpoint-url", aws_environment["AWS_ENDPOINT_URL"], "s3", *arguments)

    place = f"s3://{BUCKET}/uploads/{user}/"
    aws("sync", folder, place)
    assert aws("sync", folder, place) == ""
    listed = aws("ls", "--recursive", place)
    assert len(listed.splitlines()) == 5 and "süß b+c.txt" in listed
    aws("sync", place, tmp_path / "back")
    assert digests(tmp_path / "back") == digests(folder)
    aws("cp", f"{place}large.bin", f"{place}copy.bin")
    aws("mv", f"{place}süß b+c.txt", f"{place}moved+.txt")
    (folder / "deep" / "larger.bin").unlink()
    aws("sync", "--delete", folder, place)
    left = {found["Key"].split(f"{user}/")[1] for found in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"uploads/{user}/")["Contents"]}
    assert left == {"a.txt", "süß b+c.txt", "deep/er/empty", "large.bin"}
    link = aws("presign", f"{place}a.txt").strip()
    assert requests.get(link, timeout=10).content == (folder / "a.txt").read_bytes()
    aws("rm", "--recursive", place)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"uploads/{user}/")


def test_boto3_copies_small_and_large_objects(s3, user):
    source = {"Bucket": BUCKET, "Key": f"uploads/{user}/süß a+b.bin"}
    body = os.urandom(12 * MIB)
    s3.put_object(**source, Body=body, Metadata={"n": "v"}, ContentType="video/mp4", Tagging="k=v+w")
    s3.copy_object(Bucket=BUCKET, Key=f"uploads/{user}/whole", CopySource=source)
    s3.copy(source, BUCKET, f"uploads/{user}/parts", Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB))
    for name in ("whole", "parts"):
        got = s3.get_object(Bucket=BUCKET, Key=f"uploads/{user}/{name}")
        assert got["Body"].read() == body
    whole = s3.head_object(Bucket=BUCKET, Key=f"uploads/{user}/whole")
    assert whole["Metadata"] == {"n": "v"} and whole["ContentType"] == "video/mp4"
    assert s3.get_object_tagging(Bucket=BUCKET, Key=f"uploads/{user}/whole")["TagSet"] == [{"Key": "k", "Value": "v w"}]
    attributes = s3.get_object_attributes(Bucket=BUCKET, Key=f"uploads/{user}/parts",
                                          ObjectAttributes=["ETag", "ObjectSize", "ObjectParts", "StorageClass"])
    assert attributes["ObjectSize"] == len(body) and attributes["ObjectParts"]["TotalPartsCount"] == 3
    itself = {"Bucket": BUCKET, "Key": f"uploads/{user}/whole", "CopySource": {"Bucket": BUCKET, "Key": f"uploads/{user}/whole"}}
    assert refusal(s3.copy_object, **itself) == "InvalidRequest"
    s3.copy_object(**itself, MetadataDirective="REPLACE", Metadata={"m": "w"})
    assert s3.head_object(Bucket=BUCKET, Key=f"uploads/{user}/whole")["Metadata"] == {"m": "w"}
    assert refusal(s3.copy_object, Bucket=BUCKET, Key=f"uploads/{user}/x", CopySource=source, CopySourceIfMatch="x") == "PreconditionFailed"
    assert refusal(s3.copy_object, Bucket=BUCKET, Key=f"uploads/{user}/x", CopySource=source | {"Key": "none"}) == "NoSuchKey"


def test_boto3_deletes_a_thousand_objects_at_once(s3, shared_server, user):
    keys = [f"uploads/{user}/{n:04}" for n in range(1000)]
    for key in keys[:20]:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    done = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys]})
    assert {found["Key"] for found in done["Deleted"]} == set(keys) and "Errors" not in done
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"uploads/{user}/")
    assert refusal(s3.delete_objects, Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in keys + ["y"]]}) == "MalformedXML"
    s3.put_object(Bucket=BUCKET, Key=f"uploads/{user}/x", Body=b"x")
    own = s3_client(shared_server)
    answer = own.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": f"uploads/{user}/x"}, {"Key": "uploads/local/none"}], "Quiet": True})
    assert [found["Code"] for found in answer["Errors"]] == ["AccessDenied"] and "Deleted" not in answer
    assert s3.head_object(Bucket=BUCKET, Key=f"uploads/{user}/x")


@pytest.mark.parametrize("version", ["s3v4", None], ids=["sigv4", "default"])
def test_boto3_presigned_posts(shared_server, s3, user, version):
    signer = s3_client(shared_server, "--operator", **({"signature_version": version} if version else {}))
    post = signer.generate_presigned_post(BUCKET, f"uploads/{user}/${{filename}}", Fields={"success_action_status": "201", "x-amz-meta-n": "v"},
                                          Conditions=[{"success_action_status": "201"}, {"x-amz-meta-n": "v"}, ["content-length-range", 1, 6 * MIB]],
                                          ExpiresIn=60)
    body = os.urandom(6 * MIB)

    def send(content, **changes):
        return requests.post(post["url"], data=post["fields"] | changes, files={"file": ("re port.bin", content)}, timeout=30)

    answer = send(body)
    assert answer.status_code == 201 and "<Bucket>" + BUCKET in answer.text, answer.text
    got = s3.get_object(Bucket=BUCKET, Key=f"uploads/{user}/re port.bin")
    assert got["Body"].read() == body and got["Metadata"] == {"n": "v"}
    assert "EntityTooLarge" in send(body + b"x").text
    assert "Policy Condition failed" in send(b"x", key="uploads/other/x").text
    assert "Extra input fields: x-amz-meta-m" in send(b"x", **{"x-amz-meta-m": "w"}).text
    assert send(b"x", policy=post["fields"]["policy"][:-4]).status_code == 403


def test_rclone_keeps_a_folder_in_step(aws_environment, user, folder, tmp_path):
    settings = aws_environment | {
        "RCLONE_CONFIG": str(tmp_path / "none"), "RCLONE_CONFIG_OURS_TYPE": "s3", "RCLONE_CONFIG_OURS_PROVIDER": "Other",
        "RCLONE_CONFIG_OURS_ENV_AUTH": "true", "RCLONE_CONFIG_OURS_ENDPOINT": aws_environment["AWS_ENDPOINT_URL"],
        "RCLONE_CONFIG_OURS_REGION": "us-east-1", "RCLONE_S3_UPLOAD_CUTOFF": "5M", "RCLONE_S3_CHUNK_SIZE": "5M"}
    place = f"ours:{BUCKET}/uploads/{user}"
    run(settings, "rclone", "sync", folder, place)
    run(settings, "rclone", "check", folder, place)
    run(settings, "rclone", "copy", place, tmp_path / "back")
    assert digests(tmp_path / "back") == digests(folder)
    run(settings, "rclone", "moveto", f"{place}/large.bin", f"{place}/moved.bin")
    assert set(run(settings, "rclone", "lsf", place).split("\n")) == {"a.txt", "süß b+c.txt", "deep/", "moved.bin", ""}
    run(settings, "rclone", "purge", place)
    assert run(settings, "rclone", "lsf", place) == ""


def test_s3cmd_keeps_a_folder_in_step(aws_environment, user, folder, tmp_path):
    host = aws_environment["AWS_ENDPOINT_URL"].split("//")[1]
    settings = tmp_path / "s3cfg"
    settings.write_text("\n".join(["[default]", f"access_key = {aws_environment['AWS_ACCESS_KEY_ID']}",
                                   f"secret_key = {aws_environment['AWS_SECRET_ACCESS_KEY']}", f"host_base = {host}",
                                   f"host_bucket = {host}", "use_https = False", "bucket_location = us-east-1"]))

    def s3cmd(*arguments):
        return run(aws_environment, "s3cmd", "-c", settings, "--multipart-chunk-size-mb=5", *arguments)

    place = f"s3://{BUCKET}/uploads/{user}/"
    s3cmd("sync", f"{folder}/", place)
    assert len(s3cmd("ls", "--recursive", place).splitlines()) == 5
    s3cmd("sync", place, f"{tmp_path}/back/")
    assert digests(tmp_path / "back") == digests(folder)
    s3cmd("cp", f"{place}a.txt", f"{place}copy.txt")
    assert "copy.txt" in s3cmd("ls", place)
    s3cmd("del", "--recursive", "--force", place)
    assert s3cmd("ls", place) == ""


def test_the_javascript_sdk_uploads_copies_lists_posts_and_deletes(aws_environment, s3, javascript, user, tmp_path):
    source = tmp_path / "big.bin"
    source.write_bytes(os.urandom(13 * MIB))
    found = json.loads(run(aws_environment, "node", javascript / "s3_client.mjs", BUCKET, f"uploads/{user}/", source).splitlines()[-1])
    assert found["etag"].endswith('-3"') and found["md5"] == hashlib.md5(source.read_bytes()).hexdigest()
    assert found["metadata"] == {"n": "two words"} and found["copied"] == "text/plain"
    assert found["listed"] == ["big.bin", "copy.txt", "small ü+.txt"] and found["removed"] == 3
    assert found["posted"] == [201, True] and found["left"] == ["posted/form.txt"]


OLD_BOTOCORE = """
import io, sys
from awscli.botocore.config import Config
from awscli.botocore.session import Session
bucket, key, url = sys.argv[1:]
s3 = Session().create_client("s3", endpoint_url=url, region_name="us-east-1", config=Config(max_pool_connections=1))
for number in range(3):
    s3.put_object(Bucket=bucket, Key=key, Body=io.BytesIO(b""))
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    s3.put_object(Bucket=bucket, Key=key, Body=io.BytesIO(b""))
    print(s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=io.BytesIO(b"x"))["ETag"])
    s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
"""


def test_a_part_that_follows_an_empty_object_on_its_connection_has_its_etag(aws_environment, user):
    """The botocore of CLI v2 asks before it sends, and takes what it gets in place of 100 for the next answer's status too."""
    python = "/usr/bin/python3"
    if subprocess.run([python, "-c", "import awscli.botocore"], capture_output=True, env=aws_environment).returncode != 0:
        pytest.skip("Debian's awscli is not installed")
    out = run(aws_environment, python, "-c", OLD_BOTOCORE, BUCKET, f"uploads/{user}/a", aws_environment["AWS_ENDPOINT_URL"])
    assert out.split() == ['"9dd4e461268c8034f5c8564e155c67a6"'] * 3
