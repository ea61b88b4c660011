"""A folder that is put into a user's inbox over S3 becomes jobs, once the rule for it is enabled."""
import boto3
import pytest
from boto3.s3.transfer import TransferConfig

from server import eventually

BUCKET = "agent2-ingestor-bucket-us-east-1"
RULE = "agent2-ingestor-object-created-dev"


def client_of(server, service, *options):
    exported = server.aws_environment(*options)
    return boto3.client(service, endpoint_url=exported["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=exported["AWS_ACCESS_KEY_ID"], aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"])


@pytest.fixture
def enabled(make_server):
    server = make_server("--rate-limit", "0")
    client_of(server, "events").enable_rule(Name=RULE)
    return server


def jobs_of(client):
    return {job["job_name"]: job for job in client.get("/jobs", params={"limit": 100}).json()["jobs"]}


def ended(client, count):
    """The jobs, once there are so many and all have ended."""
    def all_have():
        jobs = jobs_of(client)
        return jobs if len(jobs) == count and all(job["status"] == "completed" for job in jobs.values()) else None

    return eventually(all_have, what=f"{count} completed jobs")


def test_a_folder_becomes_jobs_and_no_object_two(enabled, tmp_path):
    s3, client = client_of(enabled, "s3"), enabled.client("local")
    for n in range(5):
        s3.put_object(Bucket=BUCKET, Key=f"inbox/local/deep/er/{n} a+b.md", Body=f"# Title {n}\n".encode())
    s3.put_object(Bucket=BUCKET, Key="inbox/local/folder/", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="inbox/local/program.exe", Body=b"MZ")
    s3.put_object(Bucket=BUCKET, Key="uploads/local/x/not.md", Body=b"# No\n")
    jobs = ended(client, 5)
    assert client.output(jobs["3 a+b.md"]["job_id"], 0) == "# Title 3\n"
    # The same again, and then something else, whose job tells that the former was looked at.
    s3.put_object(Bucket=BUCKET, Key="inbox/local/deep/er/3 a+b.md", Body=b"# Title 3\n")
    s3.put_object(Bucket=BUCKET, Key="inbox/local/deep/er/last.md", Body=b"# Last\n")
    assert set(ended(client, 6)) == set(jobs) | {"last.md"}
    folders = s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]
    assert [found["Prefix"] for found in folders] == ["documents/", "inbox/", "sidecars/", "uploads/"]


def test_every_way_to_put_an_object_counts(enabled, tmp_path):
    s3, client = client_of(enabled, "s3"), enabled.client("local")
    (tmp_path / "large.txt").write_bytes(b"word " * 1_200_000)
    s3.upload_file(str(tmp_path / "large.txt"), BUCKET, "inbox/local/parts.txt", Config=TransferConfig(multipart_threshold=5 << 20))
    source = {"Bucket": BUCKET, "Key": "uploads/local/y/source.md"}
    s3.put_object(**source, Body=b"# Source\n")
    s3.copy_object(Bucket=BUCKET, Key="inbox/local/copy.md", CopySource=source)
    assert set(ended(client, 2)) == {"parts.txt", "copy.md"}


def test_an_inbox_is_its_users_and_waits_for_the_rule(make_server):
    server = make_server("--rate-limit", "0")
    own, operator = client_of(server, "s3"), client_of(server, "s3", "--operator")
    own.put_object(Bucket=BUCKET, Key="inbox/local/before.md", Body=b"# Before\n")
    with pytest.raises(own.exceptions.ClientError) as caught:
        own.put_object(Bucket=BUCKET, Key="inbox/eve/x.md", Body=b"# X\n")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    client_of(server, "events").enable_rule(Name=RULE)
    operator.put_object(Bucket=BUCKET, Key="inbox/eve/after.md", Body=b"# After\n")
    assert set(ended(server.client("eve"), 1)) == {"after.md"}
    assert jobs_of(server.client("local")) == {}
    server.kill()
    server.start()
    operator.put_object(Bucket=BUCKET, Key="inbox/eve/later.md", Body=b"# Later\n")
    assert set(ended(server.client("eve"), 2)) == {"after.md", "later.md"}
