"""SQS's own API, by boto3 and the AWS CLI, and queues as what rules lead to."""
import base64
import hashlib
import json
import subprocess
import threading
import time

import boto3
import pytest
from botocore.config import Config

from server import eventually
from test_eventbridge import CLIS, client_of, refused
from test_targets import PATTERN, bus_arn, lead, put

ACCOUNT = "us-east-1:000000000000"


def sqs_of(environment):
    return boto3.client("sqs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}, parameter_validation=False))


@pytest.fixture(scope="module")
def environment(shared_server):
    return shared_server.aws_environment()


@pytest.fixture(scope="module")
def sqs(environment):
    return sqs_of(environment)


@pytest.fixture(scope="module")
def events(environment):
    return client_of(environment)


@pytest.fixture
def queue(sqs, user):
    """The URL of a queue of the test's own."""
    return sqs.create_queue(QueueName=user)["QueueUrl"]


def arn(name):
    return f"arn:aws:sqs:{ACCOUNT}:{name}"


def bodies(sqs, queue, count=1, **options):
    """So many messages, received and deleted, sorted."""
    found = []

    def receive():
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **options).get("Messages", []):
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return len(found) >= count

    eventually(receive, what=f"{count} messages")
    return sorted(found)


def attributes(sqs, queue):
    return sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]


def test_queues_have_a_life(sqs, user):
    url = sqs.create_queue(QueueName=user, Attributes={"VisibilityTimeout": "60", "DelaySeconds": "1"},
                           tags={"team": "depot"})["QueueUrl"]
    assert url.endswith(f"/000000000000/{user}")
    assert sqs.create_queue(QueueName=user, Attributes={"VisibilityTimeout": "60"})["QueueUrl"] == url
    assert refused(sqs.create_queue, QueueName=user, Attributes={"VisibilityTimeout": "61"})[0] == "QueueAlreadyExists"
    assert sqs.get_queue_url(QueueName=user)["QueueUrl"] == url
    assert url in sqs.list_queues(QueueNamePrefix=user)["QueueUrls"]
    told = attributes(sqs, url)
    assert (told["VisibilityTimeout"], told["DelaySeconds"], told["QueueArn"]) == ("60", "1", arn(user))
    assert (told["MaximumMessageSize"], told["MessageRetentionPeriod"]) == ("1048576", "345600")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"] == {
        "VisibilityTimeout": "5"}
    sqs.tag_queue(QueueUrl=url, Tags={"a": "1"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["team"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"a": "1"}
    sqs.delete_queue(QueueUrl=url)
    missing = ("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
    assert refused(sqs.get_queue_url, QueueName=user) == missing
    assert refused(sqs.send_message, QueueUrl=url, MessageBody="a") == missing


def test_lists_come_in_pages(sqs, user):
    for number in range(5):
        sqs.create_queue(QueueName=f"{user}-{number}")
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=user, PaginationConfig={"PageSize": 2})
    sizes = [len(page["QueueUrls"]) for page in pages]
    assert sizes == [2, 2, 1]


def test_messages_come_as_they_were_sent(sqs, queue):
    given = {"s": {"DataType": "String", "StringValue": "é"}, "n": {"DataType": "Number.int", "StringValue": "12"},
             "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sent = sqs.send_message(QueueUrl=queue, MessageBody='{"a": "ü"}', MessageAttributes=given, MessageSystemAttributes={
        "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}})
    assert sent["MD5OfMessageBody"] == hashlib.md5('{"a": "ü"}'.encode()).hexdigest()
    message = sqs.receive_message(QueueUrl=queue, AttributeNames=["All"], MessageAttributeNames=["All"])["Messages"][0]
    assert message["Body"] == '{"a": "ü"}' and message["MessageId"] == sent["MessageId"]
    assert message["MessageAttributes"] == given
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    told = message["Attributes"]
    assert told["ApproximateReceiveCount"] == "1" and told["AWSTraceHeader"] == "Root=1"
    assert abs(int(told["SentTimestamp"]) / 1000 - time.time()) < 60
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    assert attributes(sqs, queue)["ApproximateNumberOfMessagesNotVisible"] == "1"
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    again = sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["ApproximateReceiveCount"],
                                MessageAttributeNames=["s"])["Messages"][0]
    assert again["Attributes"] == {"ApproximateReceiveCount": "2"} and list(again["MessageAttributes"]) == ["s"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=again["ReceiptHandle"])
    assert attributes(sqs, queue)["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_batches_judge_each_entry(sqs, queue):
    sent = sqs.send_message_batch(QueueUrl=queue, Entries=[
        {"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "\x01"}, {"Id": "c", "MessageBody": "3"}])
    assert [each["Id"] for each in sent["Successful"]] == ["a", "c"]
    assert [(each["Id"], each["Code"], each["SenderFault"]) for each in sent["Failed"]] == [
        ("b", "InvalidMessageContents", True)]
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    handles = [message["ReceiptHandle"] for message in messages]
    assert len(handles) == 2
    changed = sqs.change_message_visibility_batch(QueueUrl=queue, Entries=[
        {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 100} for n, handle in enumerate(handles)])
    assert len(changed["Successful"]) == 2
    deleted = sqs.delete_message_batch(QueueUrl=queue, Entries=[
        {"Id": "0", "ReceiptHandle": handles[0]}, {"Id": "x", "ReceiptHandle": "x"}])
    assert [each["Id"] for each in deleted["Successful"]] == ["0"]
    assert deleted["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"
    entry = {"Id": "a", "MessageBody": "1"}
    assert refused(sqs.send_message_batch, QueueUrl=queue, Entries=[])[0] == "AWS.SimpleQueueService.EmptyBatchRequest"
    assert refused(sqs.send_message_batch, QueueUrl=queue, Entries=[entry, entry])[0] == (
        "AWS.SimpleQueueService.BatchEntryIdsNotDistinct")
    assert refused(sqs.send_message_batch, QueueUrl=queue, Entries=[
        {"Id": str(n), "MessageBody": "1"} for n in range(11)])[0] == "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"
    assert refused(sqs.send_message_batch, QueueUrl=queue, Entries=[
        {"Id": str(n), "MessageBody": "x" * 700_000} for n in range(2)])[0] == "AWS.SimpleQueueService.BatchRequestTooLong"


def test_what_is_wrong_is_said_as_aws_says_it(sqs, queue, user):
    assert refused(sqs.create_queue, QueueName="a b") == ("InvalidParameterValue", (
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"))
    assert refused(sqs.create_queue, QueueName=f"{user}.fifo", Attributes={"FifoQueue": "true"})[0] == "InvalidParameterValue"
    assert refused(sqs.create_queue, QueueName=f"{user}-2", Attributes={"DelaySeconds": "901"}) == (
        "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds.")
    assert refused(sqs.set_queue_attributes, QueueUrl=queue, Attributes={"Nope": "1"}) == (
        "InvalidAttributeName", "Unknown Attribute Nope.")
    assert refused(sqs.receive_message, QueueUrl=queue, MaxNumberOfMessages=11) == ("InvalidParameterValue", (
        "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."))
    assert refused(sqs.send_message, QueueUrl=queue) == (
        "MissingParameter", "The request must contain the parameter MessageBody.")
    assert refused(sqs.send_message, QueueUrl=queue, MessageBody="x" * 1_048_577) == ("InvalidParameterValue", (
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."))
    sqs.send_message(QueueUrl=queue, MessageBody="x" * 1_048_576)
    assert refused(sqs.delete_message, QueueUrl=queue, ReceiptHandle="x")[0] == "ReceiptHandleIsInvalid"
    policy = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn("nowhere"), "maxReceiveCount": 1})}
    assert "Dead letter target does not exist." in refused(sqs.set_queue_attributes, QueueUrl=queue, Attributes=policy)[1]
    assert refused(sqs.add_permission, QueueUrl=queue, Label="l", AWSAccountIds=["1"], Actions=["*"])[0] == (
        "AWS.SimpleQueueService.UnsupportedOperation")


def test_a_receiver_waits_for_the_first_message(sqs, queue):
    sender = threading.Timer(0.5, lambda: sqs.send_message(QueueUrl=queue, MessageBody="late"))
    sender.start()
    begun = time.monotonic()
    message = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"][0]
    assert message["Body"] == "late" and 0.3 < time.monotonic() - begun < 15
    sender.join()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1)


def test_a_receiver_may_wait_longer_than_any_other_request(sqs, queue):
    begun = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=12)
    assert time.monotonic() - begun >= 11


def test_what_is_received_too_often_is_moved_aside_and_back(sqs, queue, user):
    dead = sqs.create_queue(QueueName=f"{user}-dead")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(
        {"deadLetterTargetArn": arn(f"{user}-dead"), "maxReceiveCount": 2})})
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [queue]
    sqs.send_message(QueueUrl=queue, MessageBody="a")
    for _ in range(2):
        assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
    message = sqs.receive_message(QueueUrl=dead, VisibilityTimeout=0, AttributeNames=["All"])["Messages"][0]
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn(user)
    sqs.start_message_move_task(SourceArn=arn(f"{user}-dead"))

    def moved():
        task = sqs.list_message_move_tasks(SourceArn=arn(f"{user}-dead"))["Results"][0]
        return task if task["Status"] == "COMPLETED" else None

    assert eventually(moved, what="the end of the move")["ApproximateNumberOfMessagesMoved"] == 1
    assert bodies(sqs, queue) == ["a"]
    assert refused(sqs.start_message_move_task, SourceArn=arn(user))[0] == "InvalidParameterValue"


def test_a_purge_leaves_nothing(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="a")
    sqs.purge_queue(QueueUrl=queue)
    assert attributes(sqs, queue)["ApproximateNumberOfMessages"] == "0"


def test_a_rule_leads_to_a_queue(sqs, events, queue, user):
    events.create_event_bus(Name=user)
    lead(events, user, "whole", Arn=arn(user))
    lead(events, user, "made", Arn=arn(user), InputTransformer={
        "InputPathsMap": {"grams": "$.detail.grams"}, "InputTemplate": '{"g": <grams>}'})
    event_id = put(events, user, grams=12.50)
    made, whole = bodies(sqs, queue, 2)
    assert made == '{"g": 12.5}' and json.loads(whole)["id"] == event_id


def test_what_a_target_cannot_be_given_goes_to_its_dead_letter_queue(sqs, events, queue, user):
    events.create_event_bus(Name=user)
    lead(events, user, "r", Arn=bus_arn(f"{user}-none"), DeadLetterConfig={"Arn": arn(user)})
    event_id = put(events, user, grams=1)
    message = eventually(lambda: sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"]).get("Messages"),
                         what="a dead letter")[0]
    assert json.loads(message["Body"])["id"] == event_id
    told = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert told == {"RULE_ARN": f"arn:aws:events:{ACCOUNT}:rule/{user}/r", "TARGET_ARN": bus_arn(f"{user}-none"),
                    "ERROR_CODE": "NO_RESOURCE", "ERROR_MESSAGE": f"Event bus {user}-none does not exist.",
                    "RETRY_ATTEMPTS": "0"}


def test_retries_of_a_full_queue_end_in_the_dead_letter_queue(sqs, events, queue, user):
    """A queue that takes no message of the event's size is given up at once; the event is kept."""
    events.create_event_bus(Name=user)
    sqs.create_queue(QueueName=f"{user}-small", Attributes={"MaximumMessageSize": "1024"})
    lead(events, user, "r", Arn=arn(f"{user}-small"), DeadLetterConfig={"Arn": arn(user)})
    event_id = put(events, user, text="x" * 2000)
    message = eventually(lambda: sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["ERROR_CODE"]).get("Messages"),
                         what="a dead letter")[0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "INVALID_PARAMETER"
    assert json.loads(message["Body"])["id"] == event_id


def test_queues_and_messages_outlive_a_kill(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    sqs = sqs_of(server.aws_environment())
    queue = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    for number in range(20):
        sqs.send_message(QueueUrl=queue, MessageBody=f"{number:02}")
    server.kill()
    server = make_server(data=tmp_path / "data")
    sqs = sqs_of(server.aws_environment())
    queue = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    assert bodies(sqs, queue, 20) == [f"{number:02}" for number in range(20)]


def test_queues_are_for_those_who_prove_who_they_are(environment, queue):
    stranger = sqs_of(dict(environment, AWS_SECRET_ACCESS_KEY="wrong"))
    assert refused(stranger.receive_message, QueueUrl=queue)[0] == "InvalidSignatureException"
    unknown = sqs_of(dict(environment, AWS_ACCESS_KEY_ID="AKIAUNKNOWNUNKNOWN12"))
    assert refused(unknown.list_queues)[0] == "UnrecognizedClientException"


def aws(environment, cli, *arguments):
    result = subprocess.run([cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], "--region", "us-east-1", "sqs",
                             *arguments, "--output", "json"], capture_output=True, text=True, timeout=120,
                            env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout) if result.stdout.strip() else None


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_the_cli_sends_and_receives(environment, cli, user):
    url = aws(environment, cli, "create-queue", "--queue-name", f"{user}-cli", "--attributes", "DelaySeconds=0")["QueueUrl"]
    assert url in aws(environment, cli, "list-queues", "--queue-name-prefix", user)["QueueUrls"]
    sent = aws(environment, cli, "send-message", "--queue-url", url, "--message-body", "a <b> & 'c'", "--message-attributes",
               json.dumps({"k": {"DataType": "Binary", "BinaryValue": base64.b64encode(b"v").decode()}}))
    message = aws(environment, cli, "receive-message", "--queue-url", url, "--attribute-names", "All",
                  "--message-attribute-names", "All")["Messages"][0]
    assert (message["Body"], message["MessageId"]) == ("a <b> & 'c'", sent["MessageId"])
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    told = aws(environment, cli, "get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
    assert told["ApproximateNumberOfMessagesNotVisible"] == "1"
    aws(environment, cli, "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    aws(environment, cli, "purge-queue", "--queue-url", url)
    aws(environment, cli, "delete-queue", "--queue-url", url)
