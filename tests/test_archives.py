"""Archives and replays, and rules that fire by a schedule, by boto3 and both generations of the AWS CLI."""
import datetime
import json

import boto3
import pytest
from botocore.config import Config

from server import Server, eventually
from test_eventbridge import CLIS, aws, client_of, refused

ACCOUNT = "us-east-1:000000000000"
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)


def bus_arn(name):
    return f"arn:aws:events:{ACCOUNT}:event-bus/{name}"


def archive_arn(name):
    return f"arn:aws:events:{ACCOUNT}:archive/{name}"


def logs_of(environment):
    return boto3.client("logs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}, parameter_validation=False))


@pytest.fixture(scope="module")
def environment(shared_server):
    return shared_server.aws_environment()


@pytest.fixture(scope="module")
def events(environment):
    return client_of(environment)


@pytest.fixture
def bus(events, user):
    events.create_event_bus(Name=user)
    return user


class Listener:
    """A log group that a rule leads to."""

    def __init__(self, environment, name, events=None, bus="default", **rule):
        self.logs = logs_of(environment)
        self.group = f"/aws/events/{name}"
        self.logs.create_log_group(logGroupName=self.group)
        events.put_rule(Name=name, EventBusName=bus, **rule)
        events.put_targets(Rule=name, EventBusName=bus,
                           Targets=[{"Id": "1", "Arn": f"arn:aws:logs:{ACCOUNT}:log-group:{self.group}"}])

    def heard(self):
        pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=self.group)
        return [json.loads(line["message"]) for page in pages for line in page["events"]]


def put(events, bus, number, source="depot.scale"):
    """An event so many minutes after noon."""
    entry = {"Source": source, "DetailType": "Parcel Weighed", "Detail": json.dumps({"number": number}),
             "EventBusName": bus, "Time": NOON + datetime.timedelta(minutes=number)}
    return events.put_events(Entries=[entry])["Entries"][0]["EventId"]


def archived(events, name, count):
    eventually(lambda: events.describe_archive(ArchiveName=name)["EventCount"] >= count, what=f"{count} events in the archive")


def replay(events, name, archive, bus, begin, end, **destination):
    events.start_replay(ReplayName=name, EventSourceArn=archive_arn(archive),
                        EventStartTime=NOON + datetime.timedelta(minutes=begin),
                        EventEndTime=NOON + datetime.timedelta(minutes=end),
                        Destination={"Arn": bus_arn(bus), **destination})


def ended(events, name):
    states = ("COMPLETED", "CANCELLED", "FAILED")
    return eventually(lambda: (found := events.describe_replay(ReplayName=name))["State"] in states and found, what="the replay's end")


def test_what_was_archived_comes_back(environment, events, bus, user):
    made = events.create_archive(ArchiveName=user, EventSourceArn=bus_arn(bus), Description="d", RetentionDays=7,
                                 EventPattern='{"source":["depot.scale"]}')
    assert (made["ArchiveArn"], made["State"]) == (archive_arn(user), "ENABLED")
    ids = [put(events, bus, number) for number in range(5)]
    put(events, bus, 6, source="depot.lift")
    archived(events, user, 5)
    described = events.describe_archive(ArchiveName=user)
    assert described["EventCount"] == 5 and described["SizeBytes"] > 500
    assert (described["RetentionDays"], described["Description"], described["EventSourceArn"]) == (7, "d", bus_arn(bus))

    listener = Listener(environment, user, events, bus, EventPattern='{"source":["depot.scale"]}')
    replay(events, user, user, bus, 1, 4)
    found = ended(events, user)
    assert found["State"] == "COMPLETED" and found["ReplayEndTime"] >= found["ReplayStartTime"]
    assert found["EventLastReplayedTime"] == NOON + datetime.timedelta(minutes=3)
    heard = eventually(lambda: len(lines := listener.heard()) == 3 and lines, what="three events")
    assert [event["id"] for event in heard] == ids[1:4]
    assert [event["time"] for event in heard] == [f"2026-03-01T12:0{number}:00Z" for number in (1, 2, 3)]
    assert list(heard[0]) == ["version", "id", "detail-type", "source", "account", "time", "region", "replay-name", "resources", "detail"]
    assert {event["replay-name"] for event in heard} == {user}
    # What was replayed is not archived once more.
    assert events.describe_archive(ArchiveName=user)["EventCount"] == 5


def test_a_replay_goes_to_the_rules_that_were_named(environment, events, bus, user):
    events.create_archive(ArchiveName=user, EventSourceArn=bus_arn(bus))
    put(events, bus, 0)
    archived(events, user, 1)
    pattern = '{"source":["depot.scale"]}'
    chosen, other = (Listener(environment, f"{user}-{name}", events, bus, EventPattern=pattern) for name in ("a", "b"))
    replay(events, user, user, bus, 0, 9, FilterArns=[f"arn:aws:events:{ACCOUNT}:rule/{bus}/{user}-a"])
    assert ended(events, user)["Destination"]["FilterArns"] == [f"arn:aws:events:{ACCOUNT}:rule/{bus}/{user}-a"]
    eventually(chosen.heard, what="the event")
    assert other.heard() == []


def test_the_rule_of_an_archive_is_its_own(events, bus, user):
    events.create_archive(ArchiveName=user, EventSourceArn=bus_arn(bus))
    rule = events.describe_rule(Name=f"Events-Archive-{user}", EventBusName=bus)
    assert rule["ManagedBy"] == "prod.vhs.events.aws.internal"
    assert json.loads(rule["EventPattern"]) == {"replay-name": [{"exists": False}]}
    for call, members in [(events.delete_rule, {}), (events.disable_rule, {}), (events.put_rule, {"EventPattern": '{"source":["x"]}'})]:
        assert refused(call, Name=f"Events-Archive-{user}", EventBusName=bus, **members)[0] == "ManagedRuleException"
    assert refused(events.remove_targets, Rule=f"Events-Archive-{user}", EventBusName=bus, Ids=[user])[0] == "ManagedRuleException"
    events.delete_archive(ArchiveName=user)
    assert events.list_rules(EventBusName=bus)["Rules"] == []


def test_errors_are_those_of_eventbridge(events, bus, user):
    missing = "arn:aws:events:us-east-1:000000000000:event-bus/nowhere"
    arn = bus_arn(bus)
    assert refused(events.create_archive, ArchiveName=user, EventSourceArn=missing) == \
        ("ResourceNotFoundException", "Event bus nowhere does not exist.")
    assert refused(events.create_archive, ArchiveName=user, EventSourceArn=arn, EventPattern='{"source":"x"}')[0] == "InvalidEventPatternException"
    assert refused(events.create_archive, ArchiveName="a" * 49, EventSourceArn=arn)[0] == "ValidationException"
    assert refused(events.describe_archive, ArchiveName=user) == ("ResourceNotFoundException", f"Archive {user} does not exist.")
    assert refused(events.delete_archive, ArchiveName=user) == ("ResourceNotFoundException", f"Archive {user} does not exist.")
    events.create_archive(ArchiveName=user, EventSourceArn=arn)
    assert refused(events.create_archive, ArchiveName=user, EventSourceArn=arn) == \
        ("ResourceAlreadyExistsException", f"Archive {user} already exists.")
    assert refused(events.update_archive, ArchiveName=user) == \
        ("ValidationException", "At least one of EventPattern, RetentionDays or Description must be provided.")
    assert refused(events.list_archives, NamePrefix="a", State="ENABLED") == \
        ("ValidationException", "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.")
    assert refused(events.list_archives, EventSourceArn=missing)[1] == "Event bus nowhere does not exist."
    assert [each["ArchiveName"] for each in events.list_archives(EventSourceArn=arn)["Archives"]] == [user]
    events.update_archive(ArchiveName=user, Description="", RetentionDays=0)

    def start(**members):
        return refused(events.start_replay, **({"ReplayName": user, "EventSourceArn": archive_arn(user), "EventStartTime": NOON,
                                                "EventEndTime": NOON + datetime.timedelta(hours=1), "Destination": {"Arn": arn}} | members))

    assert start(EventSourceArn=archive_arn("none")) == \
        ("ValidationException", "Parameter EventSourceArn is not valid. Reason: Archive none does not exist.")
    assert start(Destination={"Arn": missing}) == ("ResourceNotFoundException", "Event bus nowhere does not exist.")
    assert start(Destination={"Arn": bus_arn("default")}) == \
        ("ValidationException", "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.")
    assert start(EventEndTime=NOON) == \
        ("ValidationException", "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.")
    assert refused(events.describe_replay, ReplayName=user) == ("ResourceNotFoundException", f"Replay {user} does not exist.")
    assert refused(events.cancel_replay, ReplayName=user) == ("ResourceNotFoundException", f"Replay {user} does not exist.")
    replay(events, user, user, bus, 0, 60)
    assert start() == ("ResourceAlreadyExistsException", f"Replay {user} already exists.")
    ended(events, user)
    assert refused(events.cancel_replay, ReplayName=user) == \
        ("IllegalStatusException", f"Replay {user} is not in a valid state for this operation.")
    assert [each["ReplayName"] for each in events.list_replays(NamePrefix=user)["Replays"]] == [user]
    assert events.list_replays(EventSourceArn=archive_arn("none"))["Replays"] == []


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_the_aws_cli_archives_and_replays(environment, events, bus, user, cli):
    aws(environment, cli, "events", "create-archive", "--archive-name", user, "--event-source-arn", bus_arn(bus), "--retention-days", "1")
    put(events, bus, 0)
    archived(events, user, 1)
    aws(environment, cli, "events", "start-replay", "--replay-name", user, "--event-source-arn", archive_arn(user),
        "--event-start-time", "2026-03-01T00:00:00Z", "--event-end-time", "2026-03-02T00:00:00Z", "--destination", f"Arn={bus_arn(bus)}")
    assert ended(events, user)["State"] == "COMPLETED"
    names = [each["ArchiveName"] for each in aws(environment, cli, "events", "list-archives", "--name-prefix", user)["Archives"]]
    assert user in names


def test_archives_and_a_replay_under_way_outlive_kill_9(tmp_path):
    server = Server(tmp_path / "data").start()
    environment = server.aws_environment()
    events = client_of(environment)
    events.create_event_bus(Name="depot")
    events.create_archive(ArchiveName="all", EventSourceArn=bus_arn("depot"))
    count = 2_000
    for first in range(0, count, 10):
        entries = [{"Source": "depot.scale", "DetailType": "Parcel Weighed", "Detail": json.dumps({"number": number}),
                    "EventBusName": "depot", "Time": NOON + datetime.timedelta(seconds=number)} for number in range(first, first + 10)]
        events.put_events(Entries=entries)
    server.kill()
    server.start()
    environment = server.aws_environment()
    events = client_of(environment)
    archived(events, "all", count)
    listener = Listener(environment, "again", events, "depot", EventPattern='{"replay-name":["again"]}')
    replay(events, "again", "all", "depot", 0, 60)
    eventually(lambda: "EventLastReplayedTime" in events.describe_replay(ReplayName="again"), what="the replay under way")
    server.kill()
    server.start()
    environment = server.aws_environment()
    events = client_of(environment)
    assert ended(events, "again")["State"] == "COMPLETED"
    listener.logs = logs_of(environment)
    numbers = eventually(lambda: len(found := {event["detail"]["number"] for event in listener.heard()}) == count and found, what="every event")
    assert numbers == set(range(count))
    server.stop()


def test_a_rule_fires_by_its_schedule(environment, events, user):
    listener = Listener(environment, user, events, ScheduleExpression="cron(* * * * ? *)")
    rule = events.describe_rule(Name=user)
    assert rule["ScheduleExpression"] == "cron(* * * * ? *)" and "EventPattern" not in rule
    event = eventually(listener.heard, seconds=90, what="a scheduled event")[0]
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.events", "Scheduled Event", {})
    assert event["resources"] == [f"arn:aws:events:{ACCOUNT}:rule/{user}"]
    events.disable_rule(Name=user)


def test_schedules_are_checked(events, bus, user):
    assert refused(events.put_rule, Name=user) == \
        ("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
    assert refused(events.put_rule, Name=user, EventBusName=bus, ScheduleExpression="rate(1 minute)") == \
        ("ValidationException", "ScheduleExpression is supported only on the default event bus.")
    assert refused(events.put_rule, Name=user, ScheduleExpression="rate(1 minutes)") == \
        ("ValidationException", "Parameter ScheduleExpression is not valid.")
    assert refused(events.put_rule, Name=user, ScheduleExpression="rate(5 minutes)" + " " * 256)[0] == "ValidationException"
