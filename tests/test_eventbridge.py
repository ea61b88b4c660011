"""EventBridge's own API, by boto3 and both generations of the AWS CLI, against the built server."""
import json
import pathlib
import shutil
import socket
import subprocess
import sys

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

BUS = "agent2-ingestor-events-dev"
RULE = "agent2-ingestor-document-processing-dev"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:agent2-ingestor-api-dev"
PATTERN = '{"source":["agent2.ingestor"],"detail-type":["Document Processing Required"]}'
CLIS = [str(pathlib.Path(sys.executable).parent / "aws"), "/usr/bin/aws"]


def client_of(environment, **options):
    arguments = {"aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
                 "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"]} | options
    return boto3.client("events", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        config=Config(retries={"max_attempts": 1}, parameter_validation=False), **arguments)


@pytest.fixture(scope="module")
def events(shared_server):
    return client_of(shared_server.aws_environment())


@pytest.fixture
def bus(events, user):
    """A bus of the test's own."""
    events.create_event_bus(Name=user)
    return user


def refused(call, *arguments, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(*arguments, **members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def aws(environment, cli, *arguments):
    if not shutil.which(cli):
        pytest.skip(f"{cli} is not installed")
    result = subprocess.run([cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], *arguments, "--output", "json"],
                            capture_output=True, text=True, timeout=120, check=True,
                            env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
    return json.loads(result.stdout) if result.stdout.strip() else None


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_the_commands_of_the_architecture_work_as_printed(shared_server, cli):
    environment = shared_server.aws_environment()
    rules = aws(environment, cli, "events", "list-rules", "--event-bus-name", BUS, "--region", "us-east-1")["Rules"]
    assert [rule["Name"] for rule in rules] == [RULE]
    rule = aws(environment, cli, "events", "describe-rule", "--name", RULE, "--event-bus-name", BUS)
    assert rule["State"] == "ENABLED" and json.loads(rule["EventPattern"]) == json.loads(PATTERN)
    assert rule["Arn"] == f"arn:aws:events:us-east-1:000000000000:rule/{BUS}/{RULE}"
    targets = aws(environment, cli, "events", "list-targets-by-rule", "--rule", RULE, "--event-bus-name", BUS)["Targets"]
    assert targets[0]["Arn"] == FUNCTION and targets[0]["RetryPolicy"]["MaximumRetryAttempts"] == 2


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_an_event_put_by_hand_drives_a_job_to_its_end(make_server, cli):
    server = make_server()
    environment = server.aws_environment()
    client = server.client("local")
    key = client.upload(b"# A\n", "a.md")
    # Its own event finds no rule that matches.
    aws(environment, cli, "events", "disable-rule", "--name", RULE, "--event-bus-name", BUS)
    job_id = client.submit([key])
    assert client.job(job_id)["status"] == "queued"
    aws(environment, cli, "events", "enable-rule", "--name", RULE, "--event-bus-name", BUS)
    entry = {"Source": "agent2.ingestor", "DetailType": "Document Processing Required", "EventBusName": BUS,
             "Detail": json.dumps({"job_id": job_id, "user_id": "local", "files": []})}
    answer = aws(environment, cli, "events", "put-events", "--entries", json.dumps([entry]))
    assert answer["FailedEntryCount"] == 0 and len(answer["Entries"]) == 1
    assert client.wait(job_id)["status"] == "completed"


def test_buses_have_a_life(events, user):
    made = events.create_event_bus(Name=user, Description="of a test", Tags=[{"Key": "k", "Value": "v"}])
    assert made["EventBusArn"].endswith(f":event-bus/{user}") and made["Description"] == "of a test"
    assert refused(events.create_event_bus, Name=user) == (
        "ResourceAlreadyExistsException", f"Event bus {user} already exists.")
    described = events.describe_event_bus(Name=made["EventBusArn"])
    assert described["Name"] == user and described["CreationTime"]
    assert events.describe_event_bus()["Name"] == "default"
    assert events.list_tags_for_resource(ResourceARN=made["EventBusArn"])["Tags"] == [{"Key": "k", "Value": "v"}]
    assert events.update_event_bus(Name=user, Description="other")["Description"] == "other"
    events.put_rule(Name="r", EventBusName=user, EventPattern=PATTERN)
    assert refused(events.delete_event_bus, Name=user) == (
        "ValidationException", "EventBus can't be deleted since it has rules.")
    events.delete_rule(Name="r", EventBusName=user)
    events.delete_event_bus(Name=user)
    events.delete_event_bus(Name=user)
    assert refused(events.describe_event_bus, Name=user) == (
        "ResourceNotFoundException", f"Event bus {user} does not exist.")
    assert refused(events.delete_event_bus, Name="default") == ("ValidationException", "Cannot delete event bus default.")
    assert refused(events.create_event_bus, Name="a/b") == ("ValidationException", "Event bus name must not contain '/'.")


def test_rules_have_a_life(events, bus):
    arn = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN, Description="d", State="DISABLED",
                          Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    assert arn == f"arn:aws:events:us-east-1:000000000000:rule/{bus}/r"
    rule = events.describe_rule(Name="r", EventBusName=bus)
    assert (rule["State"], rule["Description"], rule["EventPattern"]) == ("DISABLED", "d", PATTERN)
    events.enable_rule(Name="r", EventBusName=bus)
    assert events.describe_rule(Name="r", EventBusName=bus)["State"] == "ENABLED"
    events.disable_rule(Name="r", EventBusName=bus)
    events.put_rule(Name="r", EventBusName=bus, EventPattern='{"source": ["x"]}')
    rule = events.list_rules(EventBusName=bus)["Rules"][0]
    assert rule["State"] == "ENABLED" and "Description" not in rule and rule["EventPattern"] == '{"source": ["x"]}'
    events.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    events.untag_resource(ResourceARN=arn, TagKeys=["a", "zz"])
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refused(events.tag_resource, ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}] * 2)[1] == (
        "Invalid parameter: Duplicated keys are not allowed.")
    target = {"Id": "1", "Arn": FUNCTION, "RetryPolicy": {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 60}}
    put = events.put_targets(Rule="r", EventBusName=bus, Targets=[target, {"Id": "2", "Arn": FUNCTION}])
    assert put["FailedEntryCount"] == 0 and put["FailedEntries"] == []
    assert events.list_targets_by_rule(Rule="r", EventBusName=bus)["Targets"] == [target, {"Id": "2", "Arn": FUNCTION}]
    assert events.list_rule_names_by_target(TargetArn=FUNCTION, EventBusName=bus)["RuleNames"] == ["r"]
    assert events.list_rule_names_by_target(TargetArn="arn:other", EventBusName=bus)["RuleNames"] == []
    assert refused(events.delete_rule, Name="r", EventBusName=bus) == (
        "ValidationException", "Rule can't be deleted since it has targets.")
    events.remove_targets(Rule="r", EventBusName=bus, Ids=["1", "2", "3"])
    events.delete_rule(Name="r", EventBusName=bus)
    assert refused(events.describe_rule, Name="r", EventBusName=bus) == (
        "ResourceNotFoundException", f"Rule r does not exist on EventBus {bus}.")


def test_lists_come_in_pages(events, bus):
    for number in range(5):
        events.put_rule(Name=f"r{number}", EventBusName=bus, EventPattern=PATTERN)
    names, token = [], {}
    while True:
        page = events.list_rules(EventBusName=bus, Limit=2, **token)
        assert len(page["Rules"]) <= 2
        names += [rule["Name"] for rule in page["Rules"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert names == [f"r{number}" for number in range(5)]
    assert [rule["Name"] for rule in events.list_rules(EventBusName=bus, NamePrefix="r3")["Rules"]] == ["r3"]
    assert refused(events.list_rules, EventBusName=bus, NextToken="x")[0] == "ValidationException"


def test_what_is_wrong_is_said_as_aws_says_it(events, bus):
    assert refused(events.put_rule, Name="weigh 1", EventPattern=PATTERN) == (
        "ValidationException", "1 validation error detected: Value 'weigh 1' at 'name' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+")
    code, message = refused(events.put_rule, Name="r", EventBusName=bus, EventPattern='{"lift": 42}')
    assert code == "InvalidEventPatternException"
    assert message == ('Event pattern is not valid. Reason: "lift" must be an object or an array\n'
                       ' at [Source: (String)"{"lift": 42}"; line: 1, column: 12]')
    assert refused(events.put_rule, Name="r", EventBusName=bus) == (
        "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
    assert refused(events.put_rule, Name="r", EventBusName="nowhere", EventPattern=PATTERN) == (
        "ResourceNotFoundException", "Event bus nowhere does not exist.")
    events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)
    too_many = [{"Id": str(n), "Arn": FUNCTION} for n in range(6)]
    assert refused(events.put_targets, Rule="r", EventBusName=bus, Targets=too_many) == (
        "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    # What would be ignored is refused.
    assert "does nothing with it" in refused(events.put_targets, Rule="r", EventBusName=bus, Targets=[
        {"Id": "1", "Arn": FUNCTION, "EcsParameters": {"TaskDefinitionArn": "arn:a"}}])[1]
    assert refused(events.put_targets, Rule="r", EventBusName=bus, Targets=[
        {"Id": "1", "Arn": "arn:aws:kinesis:us-east-1:000000000000:stream/s"}])[0] == "ValidationException"
    assert refused(events.list_partner_event_sources, NamePrefix="aws.partner/x")[0] == "UnknownOperationException"


def test_inputs_of_targets_are_told_as_they_were_put(events, bus):
    events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)
    targets = [{"Id": "1", "Arn": FUNCTION, "RoleArn": "arn:aws:iam::000000000000:role/r", "Input": '{"a": 1}'},
               {"Id": "2", "Arn": FUNCTION, "InputPath": "$.detail.items[0]"},
               {"Id": "3", "Arn": FUNCTION, "InputTransformer": {"InputPathsMap": {"job-id": "$.detail.job_id"},
                                                                 "InputTemplate": '"<job-id> of <aws.events.rule-name>"'}},
               {"Id": "4", "Arn": FUNCTION, "InputTransformer": {"InputTemplate": '{"e": <aws.events.event.json>}'}}]
    events.put_targets(Rule="r", EventBusName=bus, Targets=targets)
    assert events.list_targets_by_rule(Rule="r", EventBusName=bus)["Targets"] == targets


def test_inputs_that_cannot_be_are_refused_as_aws_does(events, bus):
    events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)

    def message(**members):
        code, text = refused(events.put_targets, Rule="r", EventBusName=bus,
                             Targets=[{"Id": "t", "Arn": FUNCTION, **members}])
        assert code == "ValidationException"
        return text

    assert message(Input="env:dev") == (
        'JSON syntax error in input for target t: [Source: (String)"env:dev"; line: 1, column: 4]')
    assert message(Input="{}", InputPath="$.detail") == (
        "Only one of Input, InputPath, or InputTransformer must be provided for target t.")
    assert message(InputTransformer={"InputTemplate": '"<who>"'}) == (
        "InputTemplate for target t contains invalid placeholder who.")
    assert message(InputTransformer={"InputTemplate": "{"}) == (
        'Invalid InputTemplate for target t : [Source: (String)"{"; line: 1, column: 2]')
    assert message(InputPath="$.detail[*]").startswith("Parameter InputPath of target t is not valid. Reason: ")
    assert "inputTransformer.inputTemplate' failed to satisfy constraint: Member must not be null" in message(
        InputTransformer={"InputPathsMap": {"a": "$.b"}})
    at_limit = '"' + "x" * 8190 + '"'
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "t", "Arn": FUNCTION, "Input": at_limit}])
    assert "length less than or equal to 8192" in message(Input=at_limit + " ")
    paths = {f"v{n}": "$.detail" for n in range(101)}
    assert "length less than or equal to 100" in message(
        InputTransformer={"InputPathsMap": paths, "InputTemplate": "1"})
    assert "Map keys must satisfy constraint" in message(
        InputTransformer={"InputPathsMap": {"a b": "$"}, "InputTemplate": "1"})


def test_put_events_judges_each_entry(events, bus):
    good = {"Source": "depot", "DetailType": "Weighed", "Detail": '{"grams": 1250}', "EventBusName": bus}
    answer = events.put_events(Entries=[good, good | {"Detail": "1250 g"}, good | {"Source": ""},
                                        good | {"EventBusName": "nowhere"}, good | {"Source": "aws.s3"}])
    assert answer["FailedEntryCount"] == 3
    first, malformed, unnamed, lost, of_aws = answer["Entries"]
    assert first["EventId"] and lost["EventId"]
    assert malformed == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    assert unnamed["ErrorMessage"] == "Parameter Source is not valid. Reason: Source is a required argument."
    assert of_aws["ErrorCode"] == "NotAuthorizedForSourceException"
    assert refused(events.put_events, Entries=[])[1].endswith("greater than or equal to 1")
    assert refused(events.put_events, Entries=[good] * 11)[0] == "ValidationException"
    large = good | {"Detail": json.dumps({"x": "x" * 1_048_000})}
    assert events.put_events(Entries=[large])["FailedEntryCount"] == 0
    assert refused(events.put_events, Entries=[large, good | {"Detail": json.dumps({"x": "x" * 600})}])[1] == (
        "Total size of the entries in the request is over the limit.")


def test_patterns_are_tried_on_events(events):
    event = {"id": "1", "account": "1", "source": "depot", "time": "t", "region": "r", "detail-type": "d",
             "detail": {"n": 5, "name": "Oslo"}}

    def result(pattern, tried=event):
        return events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(tried))["Result"]

    assert result({"detail": {"n": [{"numeric": [">", 4]}], "name": [{"prefix": {"equals-ignore-case": "os"}}]}}) is True
    assert result({"detail": {"n": ["5"]}}) is False
    assert refused(result, {"a": [1]}, {"id": "1"}) == ("ValidationException", "Parameter Event is not valid.")
    assert refused(result, {"a": 1})[0] == "InvalidEventPatternException"


def test_rules_and_buses_outlive_a_kill(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    events = client_of(server.aws_environment())
    events.create_event_bus(Name="depot", Tags=[{"Key": "k", "Value": "v"}])
    events.put_rule(Name="r", EventBusName="depot", EventPattern=PATTERN, RoleArn="arn:role", Tags=[{"Key": "a", "Value": "b"}])
    events.put_targets(Rule="r", EventBusName="depot", Targets=[{"Id": "1", "Arn": FUNCTION}])
    events.disable_rule(Name=RULE, EventBusName=BUS)
    server.kill()
    again = client_of(make_server(data=tmp_path / "data").aws_environment())
    rule = again.describe_rule(Name="r", EventBusName="depot")
    assert rule["EventPattern"] == PATTERN and rule["RoleArn"] == "arn:role"
    assert again.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"] == [{"Key": "a", "Value": "b"}]
    assert again.list_targets_by_rule(Rule="r", EventBusName="depot")["Targets"][0]["Arn"] == FUNCTION
    assert again.describe_rule(Name=RULE, EventBusName=BUS)["State"] == "DISABLED"


def test_the_bus_is_for_operators_and_for_those_who_prove_it(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    environment = server.aws_environment()
    [inbox] = client_of(server.aws_environment("--operator")).list_rules()["Rules"]
    assert (inbox["Name"], inbox["State"]) == ("agent2-ingestor-object-created-dev", "DISABLED")
    assert refused(client_of(environment, aws_secret_access_key="wrong").list_rules)[0] == "InvalidSignatureException"
    assert refused(client_of(environment, aws_access_key_id="AKIAUNKNOWNUNKNOWN12").list_rules)[0] == (
        "UnrecognizedClientException")
    links = json.loads((tmp_path / "data" / "access-keys.json").read_text())
    for key in links["keys"]:
        if key.get("role") == "links":
            client = client_of(environment, aws_access_key_id=key["access_key_id"],
                               aws_secret_access_key=key["secret_access_key"])
            assert refused(client.list_rules)[0] == "UnrecognizedClientException"


def test_strangers_are_refused_before_their_body_is_read(shared_server):
    for authorization, code in [("", "MissingAuthenticationTokenException"), ("AWS4-HMAC-SHA256 Credential=AKIAUNKNOWNUNKNOWN12/"
                                "20261130/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0", "UnrecognizedClientException")]:
        with socket.create_connection(shared_server.url.removeprefix("http://").split(":"), timeout=20) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: here\r\nX-Amz-Target: AWSEvents.PutEvents\r\nContent-Length: 8000000\r\n"
                               + f"Authorization: {authorization}\r\n\r\n".encode())
            # Not a byte of the body was sent.
            assert code in connection.recv(65536).decode()


def test_a_rule_of_a_user_leads_jobs_to_the_function_again(make_server, tmp_path):
    """A second rule with the function as its target: each job's event comes twice, and its work counts once."""
    server = make_server(data=tmp_path / "data")
    events = client_of(server.aws_environment())
    events.put_rule(Name="twice", EventBusName=BUS, EventPattern='{"source":[{"prefix":"agent2."}]}')
    events.put_targets(Rule="twice", EventBusName=BUS, Targets=[{"Id": "1", "Arn": FUNCTION}])
    client = server.client()
    job = client.ingest((b"# A\n", "a.md"))
    assert job["status"] == "completed" and len(job["attempts"]) == 1


def test_a_transformed_event_drives_a_job(make_server, tmp_path):
    """The function takes what a template made for the event that it stands for."""
    server = make_server(data=tmp_path / "data")
    events = client_of(server.aws_environment())
    events.disable_rule(Name=RULE, EventBusName=BUS)
    events.put_rule(Name="made", EventBusName=BUS, EventPattern=PATTERN)
    template = ('{"version": "0", "id": <id>, "source": "agent2.ingestor", "detail-type": "Document Processing Required",'
                ' "account": "", "region": "", "time": <aws.events.event.ingestion-time>, "detail": <detail>}')
    events.put_targets(Rule="made", EventBusName=BUS, Targets=[
        {"Id": "1", "Arn": FUNCTION, "InputTransformer": {"InputPathsMap": {"id": "$.id", "detail": "$.detail"},
                                                          "InputTemplate": template}}])
    job = server.client().ingest((b"# A\n", "a.md"))
    assert job["status"] == "completed"


def test_the_look_at_events_finds_one_machine_in_order(shared_server):
    root = pathlib.Path(__file__).resolve().parent.parent
    environment = shared_server.aws_environment()
    result = subprocess.run([root / "infrastructure" / "test-eventbridge.sh"], capture_output=True, text=True, timeout=120,
                            env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "rule agent2-ingestor-document-processing-dev is ENABLED" in result.stdout
    assert 'the pattern takes "Document Processing Required"' in result.stdout


def test_a_bus_keeps_its_policy(events, bus):
    assert "Policy" not in events.describe_event_bus(Name=bus)
    events.put_permission(EventBusName=bus, StatementId="ada", Action="events:PutEvents", Principal="111122223333")
    events.put_permission(EventBusName=bus, StatementId="all", Action="events:PutEvents", Principal="*",
                          Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"})
    statements = json.loads(events.describe_event_bus(Name=bus)["Policy"])["Statement"]
    assert statements == [
        {"Sid": "ada", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "events:PutEvents",
         "Resource": f"arn:aws:events:us-east-1:000000000000:event-bus/{bus}"},
        {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents",
         "Resource": f"arn:aws:events:us-east-1:000000000000:event-bus/{bus}",
         "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}]
    listed = {each["Name"]: each for each in events.list_event_buses(NamePrefix=bus)["EventBuses"]}
    assert json.loads(listed[bus]["Policy"])["Statement"] == statements
    events.remove_permission(EventBusName=bus, StatementId="ada")
    assert len(json.loads(events.describe_event_bus(Name=bus)["Policy"])["Statement"]) == 1
    assert refused(events.remove_permission, EventBusName=bus, StatementId="ada") == (
        "ResourceNotFoundException", "Statement with the provided id does not exist.")
    events.put_permission(EventBusName=bus, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements[:1]}))
    assert json.loads(events.describe_event_bus(Name=bus)["Policy"])["Statement"] == statements[:1]
    events.remove_permission(EventBusName=bus, RemoveAllPermissions=True)
    assert "Policy" not in events.describe_event_bus(Name=bus)
    for members in ({"Principal": "12345"}, {"Principal": "ada"}, {"Action": "s3:Get"}, {"Action": "events:"}, {"StatementId": "a b"}):
        code, message = refused(events.put_permission, EventBusName=bus,
                                **{"StatementId": "s", "Action": "events:PutEvents", "Principal": "*"} | members)
        assert code == "ValidationException" and "regular expression" in message
    assert refused(events.put_permission, EventBusName=bus, Policy=json.dumps({"Statement": [], "x": "y" * 10_240}))[0] == (
        "PolicyLengthExceededException")
