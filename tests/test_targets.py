"""What rules lead to beside the function: other buses and log groups, by boto3 and the AWS CLI."""
import json
import subprocess
import time

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from server import eventually
from test_eventbridge import CLIS, client_of, refused

ACCOUNT = "us-east-1:000000000000"
PATTERN = '{"source":["depot.scale"]}'


def bus_arn(name):
    return f"arn:aws:events:{ACCOUNT}:event-bus/{name}"


def group_arn(name):
    return f"arn:aws:logs:{ACCOUNT}:log-group:{name}"


@pytest.fixture(scope="module")
def environment(shared_server):
    return shared_server.aws_environment()


@pytest.fixture(scope="module")
def events(environment):
    return client_of(environment)


@pytest.fixture(scope="module")
def logs(environment):
    return boto3.client("logs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}, parameter_validation=False))


@pytest.fixture
def group(logs, user):
    """A log group of the test's own."""
    name = f"/aws/events/{user}"
    logs.create_log_group(logGroupName=name)
    return name


def lead(events, bus, rule, **target):
    events.put_rule(Name=rule, EventBusName=bus, EventPattern=PATTERN)
    events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "1", **target}])


def put(events, bus, **detail):
    entry = {"Source": "depot.scale", "DetailType": "Parcel Weighed", "Detail": json.dumps(detail), "EventBusName": bus}
    return events.put_events(Entries=[entry])["Entries"][0]["EventId"]


def lines_of(logs, group):
    """The lines of the group, once there are any."""
    return eventually(lambda: logs.filter_log_events(logGroupName=group)["events"], what="a line")


def test_an_event_goes_on_to_another_bus_and_into_a_log_group(events, logs, group, user):
    first, second = user, f"{user}-2"
    for bus in (first, second):
        events.create_event_bus(Name=bus)
    lead(events, first, "on", Arn=bus_arn(second), RoleArn="arn:aws:iam::000000000000:role/r")
    lead(events, second, "log", Arn=group_arn(group))
    event_id = put(events, first, grams=1250)
    event = json.loads(lines_of(logs, group)[0]["message"])
    assert event["id"] == event_id and event["detail"] == {"grams": 1250} and event["source"] == "depot.scale"
    assert list(event) == ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"]


def test_a_third_bus_is_not_reached(events, logs, group, user, shared_server):
    buses = [user, f"{user}-2", f"{user}-3"]
    for bus in buses:
        events.create_event_bus(Name=bus)
    lead(events, buses[0], "on", Arn=bus_arn(buses[1]))
    lead(events, buses[1], "on", Arn=bus_arn(buses[2]))
    lead(events, buses[2], "log", Arn=group_arn(group))
    event_id = put(events, buses[0])

    def letters():
        dead = json.loads(shared_server.cli("bus", "dead-letters", "--json").stdout)["dead_letters"]
        return [each for each in dead if each["event_id"] == event_id]

    assert eventually(letters, what="a dead letter")[0]["error_code"] == "THIRD_ACCOUNT_HOP_DETECTED"
    assert logs.filter_log_events(logGroupName=group)["events"] == []


def test_what_a_template_makes_is_a_line_at_its_time(events, logs, group, user):
    events.create_event_bus(Name=user)
    lead(events, user, "log", Arn=group_arn(group) + ":*", InputTransformer={
        "InputPathsMap": {"at": "$.detail.at", "who": "$.detail.who"},
        "InputTemplate": '{"timestamp": <at>, "message": "<who> of <aws.events.rule-name>"}'})
    now = int(time.time() * 1000)
    put(events, user, at=now, who="Ada")
    line = lines_of(logs, group)[0]
    assert (line["message"], line["timestamp"]) == ("Ada of log", now)


def test_log_groups_have_a_life(logs, user):
    name = f"/aws/events/{user}"
    logs.create_log_group(logGroupName=name)
    assert refused(logs.create_log_group, logGroupName=name) == (
        "ResourceAlreadyExistsException", "The specified log group already exists")
    logs.put_retention_policy(logGroupName=name, retentionInDays=7)
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [(each["logGroupName"], each["retentionInDays"], each["arn"]) for each in found] == [
        (name, 7, group_arn(name) + ":*")]
    assert refused(logs.put_retention_policy, logGroupName=name, retentionInDays=2)[0] == "InvalidParameterException"
    logs.delete_retention_policy(logGroupName=name)
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    logs.delete_log_group(logGroupName=name)
    missing = ("ResourceNotFoundException", "The specified log group does not exist.")
    assert refused(logs.delete_log_group, logGroupName=name) == missing
    assert refused(logs.filter_log_events, logGroupName=name) == missing
    assert "regular expression" in refused(logs.create_log_group, logGroupName="a b")[1]
    own = "/aws/lambda/agent2-ingestor-api-dev"
    assert refused(logs.delete_log_group, logGroupName=own)[0] == "InvalidParameterException"
    assert refused(logs.create_log_group, logGroupName=own)[0] == "ResourceAlreadyExistsException"
    assert own in [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]


def test_targets_that_cannot_be_are_refused(events, user):
    events.create_event_bus(Name=user)
    events.put_rule(Name="r", EventBusName=user, EventPattern=PATTERN)

    def message(**target):
        code, text = refused(events.put_targets, Rule="r", EventBusName=user, Targets=[{"Id": "t", **target}])
        assert code == "ValidationException"
        return text

    assert message(Arn=bus_arn("b"), InputPath="$.detail") == "Modifying the input for target t is not supported"
    assert message(Arn="b") == "Parameter ARN is not valid. Reason: Provided Arn is not in correct format."
    for arn in ("arn:aws:sns:us-east-1:000000000000:t", bus_arn("b").replace("us-east-1", "eu-west-1"),
                bus_arn("b").replace("000000000000", "111122223333")):
        assert message(Arn=arn).startswith(f"Parameter {arn} is not valid. Reason: this server delivers to ")


@pytest.mark.parametrize("cli", CLIS[1:], ids=["v2"])
def test_the_cli_follows_a_log_group(events, group, user, environment, cli):
    events.create_event_bus(Name=user)
    lead(events, user, "log", Arn=group_arn(group))
    event_id = put(events, user)

    def tail():
        shown = subprocess.run([cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], "logs", "tail", group,
                                "--since", "5m", "--format", "short"], capture_output=True, text=True, timeout=60,
                               check=True, env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
        return event_id in shown.stdout

    eventually(tail, what="the event in the tail")


def test_log_groups_and_their_lines_outlive_the_server(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    environment = server.aws_environment()
    events = client_of(environment)
    arguments = {"region_name": "us-east-1", "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
                 "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"]}
    logs = boto3.client("logs", endpoint_url=environment["AWS_ENDPOINT_URL"], **arguments)
    logs.create_log_group(logGroupName="/aws/events/a")
    lead(events, "default", "log", Arn=group_arn("/aws/events/a"))
    event_id = put(events, "default")
    assert event_id in lines_of(logs, "/aws/events/a")[0]["message"]
    server.stop()
    server = make_server(data=tmp_path / "data")
    logs = boto3.client("logs", endpoint_url=server.aws_environment()["AWS_ENDPOINT_URL"], **arguments)
    assert event_id in lines_of(logs, "/aws/events/a")[0]["message"]
    with pytest.raises(botocore.exceptions.ClientError):
        logs.describe_log_streams(logGroupName="/aws/events/b")
