"""The log of the function over CloudWatch Logs' API, by boto3 and the AWS CLI, against the built server."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from server import eventually

GROUP = "/aws/lambda/agent2-ingestor-api-dev"
CLI_V2 = "/usr/bin/aws"
CLI_V1 = str(pathlib.Path(sys.executable).parent / "aws")


def client_of(environment):
    return boto3.client("logs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"], config=Config(retries={"max_attempts": 1}))


def code_of(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


def command(environment, cli, *arguments):
    if not shutil.which(cli):
        pytest.skip(f"{cli} is not installed")
    return [cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], *arguments]


def plain(environment):
    return {key: value for key, value in environment.items() if key != "PYTHONPATH"}


@pytest.fixture
def logs(shared_server):
    return client_of(shared_server.aws_environment())


def messages(logs, **members):
    found, token = [], {}
    while True:
        page = logs.filter_log_events(logGroupName=GROUP, **members, **token)
        found += [event["message"] for event in page["events"]]
        if "nextToken" not in page:
            return found
        token = {"nextToken": page["nextToken"]}


def test_tail_shows_both_kinds_of_runs(make_server, user):
    server = make_server()
    environment = server.aws_environment()
    client = server.client(user)
    job = client.ingest((b"# A\n", "a.md"))
    result = subprocess.run(command(environment, CLI_V2, "logs", "tail", GROUP, "--format", "short"), capture_output=True, text=True,
                            timeout=120, env=plain(environment))
    assert result.returncode == 0, result.stderr
    # Of the request that submitted, and of the event that processed.
    runs = re.findall(r"START RequestId: (\S+) Version: \$LATEST", result.stdout)
    assert len(runs) >= 2
    for run in runs[:2]:
        assert f"END RequestId: {run}" in result.stdout
        assert re.search(rf"REPORT RequestId: {run}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: \d+ MB\tMax Memory Used: \d+ MB",
                         result.stdout)
    assert job["job_id"] in result.stdout


def test_follow_shows_what_comes(make_server, tmp_path):
    server = make_server()
    environment = plain(server.aws_environment()) | {"PYTHONUNBUFFERED": "1"}
    shown = tmp_path / "shown"
    with open(shown, "w") as out:
        process = subprocess.Popen(command(environment, CLI_V2, "logs", "tail", GROUP, "--follow", "--format", "short"),
                                   stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        def shows(text):
            assert process.poll() is None, shown.read_text()
            return text in shown.read_text()

        eventually(lambda: shows("START RequestId"), 60, "the first lines")
        server.client().get("/jobs", headers={"X-Request-Id": "to-be-followed"})
        eventually(lambda: shows("REPORT RequestId: to-be-followed"), 60, "the lines of a later request")
        assert shown.read_text().count("START RequestId: to-be-followed") == 1
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("cli", [CLI_V1, CLI_V2], ids=["v1", "v2"])
def test_filters_find_one_job(make_server, user, cli):
    server = make_server()
    environment = server.aws_environment()
    job = server.client(user).ingest((b"not a document", "a.pdf"))
    assert job["status"] == "failed"

    def found(pattern):
        result = subprocess.run(command(environment, cli, "logs", "filter-log-events", "--log-group-name", GROUP, "--filter-pattern",
                                        pattern, "--output", "json"), capture_output=True, text=True, timeout=120, check=True,
                                env=plain(environment))
        return [event["message"] for event in json.loads(result.stdout)["events"]]

    by_phrase = found(f'"{job["job_id"]}"')
    by_property = found(f'{{ $.job_id = "{job["job_id"]}" }}')
    assert by_phrase and by_property and set(by_property) <= set(by_phrase)
    assert all(json.loads(message)["job_id"] == job["job_id"] for message in by_property)


def test_groups_and_streams_are_described(logs):
    [group] = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert group["logGroupName"] == GROUP and group["arn"].endswith(f":log-group:{GROUP}:*") and group["storedBytes"] > 0
    assert logs.describe_log_groups(logGroupNamePrefix="/other")["logGroups"] == []
    [stream] = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)["logStreams"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"])
    assert stream["firstEventTimestamp"] <= stream["lastEventTimestamp"]


def test_events_of_a_stream_come_in_pages_both_ways(make_server):
    server = make_server()
    logs = client_of(server.aws_environment())
    client = server.client()
    for number in range(10):
        client.get("/jobs", headers={"X-Request-Id": f"run-{number}"})
    stream = logs.describe_log_streams(logGroupName=GROUP)["logStreams"][0]["logStreamName"]
    everything = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)
    seen, token = [], {"startFromHead": True}
    while True:
        page = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=7, **token)
        if token.get("nextToken") == page["nextForwardToken"]:
            break
        seen += page["events"]
        token = {"nextToken": page["nextForwardToken"], "startFromHead": True}
    count = len(everything["events"])
    assert seen[:count] == everything["events"]
    newest = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=5)
    before = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, limit=5, nextToken=newest["nextBackwardToken"])
    assert len(newest["events"]) == len(before["events"]) == 5
    assert before["events"][-1]["timestamp"] <= newest["events"][0]["timestamp"] and before["events"] != newest["events"]


def test_the_log_outlives_a_kill(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    server.client().get("/jobs", headers={"X-Request-Id": "before-the-kill"})
    logs = client_of(server.aws_environment())
    eventually(lambda: any("END RequestId: before-the-kill" in message for message in messages(logs)), 20, "the run's end")
    server.kill()
    again = make_server(data=tmp_path / "data")
    logs = client_of(again.aws_environment())
    found = messages(logs)
    assert any("END RequestId: before-the-kill" in message for message in found)
    assert len(logs.describe_log_streams(logGroupName=GROUP)["logStreams"]) == 2
    ids = [event["eventId"] for event in logs.filter_log_events(logGroupName=GROUP)["events"]]
    assert len(set(ids)) == len(ids)


def test_what_is_wrong_is_said(logs):
    assert code_of(logs.filter_log_events, logGroupName="/aws/lambda/other") == "ResourceNotFoundException"
    assert code_of(logs.get_log_events, logGroupName=GROUP, logStreamName="none") == "ResourceNotFoundException"
    assert code_of(logs.filter_log_events, logGroupName=GROUP, filterPattern="{ $.a }") == "InvalidParameterException"
    assert code_of(logs.filter_log_events, logGroupName=GROUP, nextToken="x") == "InvalidParameterException"
    assert code_of(logs.describe_queries) == "UnknownOperationException"
