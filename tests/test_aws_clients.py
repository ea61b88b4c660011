"""boto3 and both generations of the AWS CLI against the built server."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest
import requests
from botocore.config import Config

BUCKET = "agent2-ingestor-bucket-us-east-1"
CLI_V1 = str(pathlib.Path(sys.executable).parent / "aws")
CLI_V2 = "/usr/bin/aws"


@pytest.fixture(scope="session")
def aws_environment(shared_server):
    return shared_server.aws_environment("--operator")


@pytest.fixture
def s3(aws_environment):
    return boto3.client("s3", endpoint_url=aws_environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=aws_environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=aws_environment["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}))


def aws(environment, cli, *arguments, check=True, **options):
    if not shutil.which(cli):
        pytest.skip(f"{cli} is not installed")
    command = [cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=check,
                          env={key: value for key, value in environment.items() if key != "PYTHONPATH"}, **options)


def prefix(user):
    return f"uploads/{user}/"


def test_boto3_puts_and_gets(s3, user):
    key = prefix(user) + "süß/a b+c~(1)!.txt"
    put = s3.put_object(Bucket=BUCKET, Key=key, Body=b"hello\n", ContentType="text/plain", Metadata={"n": "two words"})
    assert put["ETag"] == f'"{hashlib.md5(b"hello" + bytes([10])).hexdigest()}"'
    got = s3.get_object(Bucket=BUCKET, Key=key)
    assert got["Body"].read() == b"hello\n"
    assert got["ContentType"] == "text/plain" and got["Metadata"] == {"n": "two words"}
    head = s3.head_object(Bucket=BUCKET, Key=key)
    assert head["ContentLength"] == 6 and head["LastModified"]
    part = s3.get_object(Bucket=BUCKET, Key=key, Range="bytes=1-3")
    assert part["Body"].read() == b"ell" and part["ContentRange"] == "bytes 1-3/6"


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_boto3_checksums_are_verified(s3, user, algorithm):
    key = prefix(user) + algorithm
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"hello\n", ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
    assert got["Body"].read() == b"hello\n"
    assert got[f"Checksum{algorithm}"]
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"hello\n", **{f"Checksum{algorithm}": got[f"Checksum{algorithm}"][::-1].strip("=")
                      .ljust(len(got[f"Checksum{algorithm}"]), "=")})
    assert caught.value.response["Error"]["Code"] in ("BadDigest", "InvalidRequest")


@pytest.mark.parametrize("version", ["s3v4", None], ids=["sigv4", "default"])
def test_boto3_presigned_links(aws_environment, user, version):
    s3 = boto3.client("s3", endpoint_url=aws_environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                      aws_access_key_id=aws_environment["AWS_ACCESS_KEY_ID"],
                      aws_secret_access_key=aws_environment["AWS_SECRET_ACCESS_KEY"],
                      config=Config(signature_version=version) if version else None)
    where = {"Bucket": BUCKET, "Key": prefix(user) + "presigned.txt"}
    link = s3.generate_presigned_url("put_object", Params=where | {"ContentType": "text/plain"}, ExpiresIn=60)
    assert requests.put(link, data=b"hello", headers={"Content-Type": "text/plain"}, timeout=10).status_code == 200
    link = s3.generate_presigned_url("get_object", Params=where, ExpiresIn=60)
    assert requests.get(link, timeout=10).content == b"hello"
    altered = link.replace("presigned.txt", "other.txt")
    assert requests.get(altered, timeout=10).status_code == 403


def test_what_is_wrong_gets_awss_own_error(s3, aws_environment, user):
    def code_of(call):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call()
        return caught.value.response["ResponseMetadata"]["HTTPStatusCode"], caught.value.response["Error"]["Code"]

    def client(**changes):
        keys = {"aws_access_key_id": aws_environment["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": aws_environment["AWS_SECRET_ACCESS_KEY"]} | changes
        return boto3.client("s3", endpoint_url=aws_environment["AWS_ENDPOINT_URL"], region_name="us-east-1", **keys)

    key = prefix(user) + "x"
    put = {"Bucket": BUCKET, "Key": key, "Body": b"x"}
    assert code_of(lambda: client(aws_secret_access_key="wrong").put_object(**put)) == (403, "SignatureDoesNotMatch")
    assert code_of(lambda: client(aws_access_key_id="AKIAUNKNOWNUNKNOWN12").put_object(**put)) == (403, "InvalidAccessKeyId")
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=key + "-missing")) == (404, "NoSuchKey")
    assert code_of(lambda: s3.get_object(Bucket="another", Key=key)) == (404, "NoSuchBucket")
    assert code_of(lambda: s3.get_object(Bucket=BUCKET, Key=key + "-missing", Range="bytes=0-1"))[0] == 404


@pytest.mark.parametrize("service,operation,arguments", [
    ("kms", "list_keys", {}), ("dynamodb", "list_tables", {}), ("sts", "get_caller_identity", {}),
    ("scheduler", "list_schedules", {})], ids=["json", "json of tables", "query", "rest"])
def test_services_that_are_not_served_are_refused_by_name(aws_environment, service, operation, arguments):
    client = boto3.client(service, endpoint_url=aws_environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                          aws_access_key_id=aws_environment["AWS_ACCESS_KEY_ID"],
                          aws_secret_access_key=aws_environment["AWS_SECRET_ACCESS_KEY"])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(client, operation)(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == "UnknownOperationException" and f"{service}: " in error["Message"], error


def test_unsigned_requests_are_denied(shared_server, s3, user):
    key = prefix(user) + "x"
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"secret")
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        answer = requests.request(method, f"{shared_server.url}/{BUCKET}/{key}", timeout=10)
        assert answer.status_code == 403, method
    assert "<Code>AccessDenied</Code>" in requests.get(f"{shared_server.url}/{BUCKET}/{key}", timeout=10).text


@pytest.mark.parametrize("cli", [CLI_V1, CLI_V2], ids=["v1", "v2"])
def test_cli_copies_both_ways(aws_environment, user, tmp_path, cli):
    source = tmp_path / "source.bin"
    source.write_bytes(os.urandom(3_000_000))
    place = f"s3://{BUCKET}/{prefix(user)}{os.path.basename(os.path.dirname(cli))}.bin"
    aws(aws_environment, cli, "s3", "cp", source, place)
    aws(aws_environment, cli, "s3", "cp", place, tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()


def test_cli_presigns_what_the_server_serves(aws_environment, s3, user):
    s3.put_object(Bucket=BUCKET, Key=prefix(user) + "p.txt", Body=b"hello")
    link = aws(aws_environment, CLI_V2, "s3", "presign", f"s3://{BUCKET}/{prefix(user)}p.txt").stdout.strip()
    assert requests.get(link, timeout=10).content == b"hello"


def test_an_object_put_by_an_aws_client_can_be_submitted(shared_server, s3, client, user):
    key = client.upload(b"old", "a.md")
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"# From boto3\n", ContentType="text/markdown")
    job = client.wait(client.submit([key]))
    assert job["status"] == "completed"
    assert client.output(job["job_id"], 0) == "# From boto3\n"


def test_a_browser_may_upload_from_an_allowed_origin(make_server):
    server = make_server("--allowed-origin", "https://app.example")
    place = server.client().post("/upload/presigned-url", {"filename": "a.md"}).json()
    preflight = requests.options(place["upload_url"], timeout=10, headers={
        "Origin": "https://app.example", "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type"})
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    stored = requests.put(place["upload_url"], data=b"# A", timeout=10, headers=place["headers"] | {"Origin": "https://app.example"})
    assert stored.status_code == 200 and stored.headers["access-control-allow-origin"] == "https://app.example"
    refused = requests.options(place["upload_url"], timeout=10, headers={
        "Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"})
    assert refused.status_code == 403


def test_links_cannot_be_bent(client):
    place = client.post("/upload/presigned-url", {"filename": "a.md", "content_type": "text/markdown"}).json()
    url, headers = place["upload_url"], place["headers"]
    bent = {
        "key": url.replace("/a.md", "/b.md"),
        "expiry": url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        "signature": url[:-4] + ("0000" if not url.endswith("0000") else "1111"),
        "bucket": url.replace(BUCKET, "agent2-ingestor-bucket-us-west-2"),
    }
    for what, link in bent.items():
        assert requests.put(link, data=b"x", headers=headers, timeout=10).status_code in (403, 404), what
    assert requests.put(url, data=b"x", headers=headers | {"Content-Type": "text/html"}, timeout=10).status_code == 403
    assert requests.get(url, timeout=10).status_code == 403
    assert requests.put(url, data=b"x", headers=headers, timeout=10).status_code == 200


def test_lists_are_those_of_s3(s3, user):
    keys = [prefix(user) + name for name in ("a b+c.txt", "dir/1.txt", "dir/2.txt", "z", "ü/&<x>.txt")]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix(user), PaginationConfig={"PageSize": 2})
    assert [entry["Key"] for page in pages for entry in page.get("Contents", [])] == keys
    for operation in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(operation).paginate(Bucket=BUCKET, Prefix=prefix(user), Delimiter="/",
                                                     PaginationConfig={"PageSize": 1})
        names = [[entry["Key"] for entry in page.get("Contents", [])] + [group["Prefix"] for group in page.get("CommonPrefixes", [])]
                 for page in pages]
        assert names == [[prefix(user) + name] for name in ("a b+c.txt", "dir/", "z", "ü/")]
    entry = s3.list_objects_v2(Bucket=BUCKET, Prefix=keys[0])["Contents"][0]
    assert entry["Size"] == 1 and entry["ETag"] == f'"{hashlib.md5(b"x").hexdigest()}"' and entry["LastModified"]
    after = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix(user), StartAfter=keys[1])
    assert [entry["Key"] for entry in after["Contents"]] == keys[2:]


def test_the_bucket_is_there(s3, aws_environment):
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    s3.create_bucket(Bucket=BUCKET)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.create_bucket(Bucket="another")
    assert caught.value.response["Error"]["Code"] == "TooManyBuckets"
    assert BUCKET in aws(aws_environment, CLI_V1, "s3", "ls").stdout


def test_a_user_lists_what_is_theirs(make_server, tmp_path):
    server = make_server()
    mine, other = server.client("local"), server.client("eve")
    jobs = [client.ingest((b"# A note\n", "note.md")) for client in (mine, other)]
    listed = aws(server.aws_environment(), CLI_V1, "s3", "ls", "--recursive", f"s3://{BUCKET}").stdout
    assert jobs[0]["job_id"] in listed and "uploads/local/" in listed
    assert jobs[1]["job_id"] not in listed and "uploads/eve/" not in listed
    everything = aws(server.aws_environment("--operator"), CLI_V1, "s3", "ls", "--recursive", f"s3://{BUCKET}").stdout
    assert jobs[1]["job_id"] in everything and "uploads/eve/" in everything
