"""The event bus over REST, as an operator's page uses it; and that nobody else may."""
import json
import pathlib
import subprocess
import sys

import pytest

from server import eventually
from test_eventbridge import client_of
from test_sqs import sqs_of

ACCOUNT = "us-east-1:000000000000"
PATTERN = '{"source":["depot.scale"]}'
FUNCTION = f"arn:aws:lambda:{ACCOUNT}:function:agent2-ingestor-api-dev"


def queue_arn(name):
    return f"arn:aws:sqs:{ACCOUNT}:{name}"


@pytest.fixture(scope="module")
def environment(shared_server):
    return shared_server.aws_environment()


@pytest.fixture(scope="module")
def events(environment):
    return client_of(environment)


@pytest.fixture(scope="module")
def operator(shared_server):
    return shared_server.client("local")


@pytest.fixture
def bus(events, user):
    """An event bus of the test's own."""
    events.create_event_bus(Name=user[:64])
    return user[:64]


def put_event(events, bus, source="depot.scale", **detail):
    answer = events.put_events(Entries=[{"EventBusName": bus, "Source": source, "DetailType": "Parcel Weighed",
                                         "Detail": json.dumps(detail)}])
    assert answer["FailedEntryCount"] == 0
    return answer["Entries"][0]["EventId"]


def put_rule(operator, bus, name, *targets, **settings):
    answer = operator.http.put(f"{operator.url}/bus/rules/{name}", params={"bus": bus}, timeout=30,
                               json={"event_pattern": PATTERN, "targets": list(targets)} | settings)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rule(operator, bus, name):
    answer = operator.get(f"/bus/rules/{name}?bus={bus}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def tries(operator, **filters):
    return operator.get("/bus/deliveries/log", params=filters).json()["tries"]


def letters_of(operator, name):
    return [letter for letter in operator.get("/bus/dead-letters?limit=1000").json()["dead_letters"] if letter["rule"] == name]


REQUESTS = [
    ("GET", "/bus/buses", None), ("GET", "/bus/rules", None), ("GET", "/bus/rules/r?bus=default", None),
    ("PUT", "/bus/rules/r?bus=default", {"event_pattern": PATTERN}), ("POST", "/bus/rules/r/enable?bus=default", None),
    ("POST", "/bus/rules/r/disable?bus=default", None), ("DELETE", "/bus/rules/r?bus=default", None),
    ("GET", "/bus/events?bus=default", None), ("POST", "/bus/patterns/test", {"event_pattern": PATTERN, "bus": "default"}),
    ("GET", "/bus/deliveries", None), ("GET", "/bus/deliveries/log", None),
    ("GET", "/bus/dead-letters", None), ("GET", "/bus/dead-letters/1", None),
    ("POST", "/bus/dead-letters/redrive", {"all": True}), ("POST", "/bus/dead-letters/delete", {"all": True}),
    ("GET", "/bus/archives", None), ("POST", "/bus/archives", {"name": "a", "bus": "default"}),
    ("PATCH", "/bus/archives/a", {"retention_days": 1}), ("DELETE", "/bus/archives/a", None),
    ("GET", "/bus/replays", None),
    ("POST", "/bus/replays", {"name": "r", "archive": "a", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}),
    ("POST", "/bus/replays/r/cancel", None)]


@pytest.mark.parametrize("method, path, body", REQUESTS, ids=[f"{method} {path.split('?')[0]}" for method, path, _ in REQUESTS])
def test_nobody_but_an_operator_sees_or_steers_the_bus(client, operator, method, path, body):
    def ask(who):
        return who.http.request(method, who.url + path, json=body, timeout=30)

    refused = ask(client)
    assert refused.status_code == 403 and "operators" in refused.json()["detail"]
    assert client.http.get(client.url + "/auth/session", timeout=30).json()["operator"] is False
    if method == "GET":
        assert ask(operator).status_code in (200, 404)
    assert operator.http.get(operator.url + "/auth/session", timeout=30).json()["operator"] is True


def test_every_route_of_the_bus_is_asked_for_above(operator):
    described = {(method.upper(), path) for path, methods in operator.get("/openapi.json").json()["paths"].items()
                 if path.startswith("/bus/") for method in methods}
    asked = {(method, path.split("?")[0].replace("/rules/r", "/rules/{rule}").replace("/archives/a", "/archives/{archive}")
              .replace("/replays/r", "/replays/{replay}").replace("/dead-letters/1", "/dead-letters/{id}"))
             for method, path, _ in REQUESTS}
    assert asked == described


def test_a_rule_is_put_disabled_changed_and_deleted(operator, events, bus):
    target = {"id": "1", "arn": queue_arn("q"), "maximum_retry_attempts": 0, "input_path": "$.detail"}
    made = put_rule(operator, bus, "weighed", target, description="first")
    assert made["bus"] == bus and made["enabled"] and made["managed_by"] is None and made["matched"] == 0
    assert made["targets"] == [{
        "id": "1", "arn": queue_arn("q"), "maximum_retry_attempts": 0, "maximum_event_age_seconds": 86400, "dead_letter_arn": None,
        "role_arn": None, "input": None, "input_path": "$.detail", "input_transformer": None, "http_parameters": None,
        "managed": False,
        "counts": {"delivered": 0, "failed": 0, "retried": 0, "dead_lettered": 0}}]
    assert events.describe_rule(Name="weighed", EventBusName=bus)["Description"] == "first"
    assert made in operator.get("/bus/rules").json()["rules"]

    disabled = operator.post(f"/bus/rules/weighed/disable?bus={bus}")
    assert disabled.status_code == 200 and disabled.json()["enabled"] is False
    assert events.describe_rule(Name="weighed", EventBusName=bus)["State"] == "DISABLED"
    assert operator.post(f"/bus/rules/weighed/enable?bus={bus}").json()["enabled"] is True

    changed = put_rule(operator, bus, "weighed", target | {"id": "2"}, enabled=False)
    assert [each["id"] for each in changed["targets"]] == ["2"] and changed["enabled"] is False and changed["description"] == ""
    assert rule(operator, bus, "weighed") == changed

    url = f"{operator.url}/bus/rules/weighed?bus={bus}"
    assert operator.http.delete(url, timeout=30).status_code == 204
    assert operator.http.get(url, timeout=30).status_code == 404
    assert operator.http.delete(url, timeout=30).status_code == 204


@pytest.mark.parametrize("body, place, words", [
    ({"event_pattern": '{"source":"x"}'}, ["body", "event_pattern"], "Event pattern is not valid. Reason"),
    ({}, ["body"], "EventPattern or ScheduleExpression must be specified"),
    ({"schedule": "rate(1 minute)"}, ["body"], "only on the default event bus"),
    ({"event_pattern": PATTERN, "targets": [{"id": "1"}]}, ["body", "targets", 0, "arn"], "Field required"),
    ({"event_pattern": PATTERN, "targets": [{"id": "1", "arn": "arn:aws:sns:us-east-1:0:t"}]}, ["body"], "this server delivers to"),
    ({"event_pattern": PATTERN, "targets": [{"id": "1", "arn": queue_arn("q"), "maximum_retry_attempts": 186}]},
     ["body", "targets", 0, "maximum_retry_attempts"], "less than or equal to 185"),
    ({"event_pattern": PATTERN, "targets": [{"id": str(n), "arn": queue_arn("q")} for n in range(6)]}, ["body", "targets"], "at most 5"),
    ({"event_pattern": "x" * 4097}, ["body", "event_pattern"], "at most 4096"),
])
def test_a_rule_that_is_wrong_is_refused_by_its_place(operator, bus, body, place, words):
    answer = operator.http.put(f"{operator.url}/bus/rules/r", params={"bus": bus}, json=body, timeout=30)
    assert answer.status_code == 422, answer.text
    fault = answer.json()["detail"][0]
    assert fault["loc"] == place and words in fault["msg"], fault
    assert operator.get(f"/bus/rules/r?bus={bus}").status_code == 404


def test_what_manages_a_rule_is_told_and_an_archives_rule_cannot_be_changed(operator, bus):
    template = [each for each in operator.get("/bus/rules").json()["rules"] if each["managed_by"] == "template"]
    assert "agent2-ingestor-document-processing-dev" in [each["name"] for each in template]
    assert operator.post("/bus/archives", {"name": bus[:48], "bus": bus}).status_code == 201
    name = f"Events-Archive-{bus[:48]}"
    assert rule(operator, bus, name)["managed_by"] == "archive"
    for method, path in (("POST", f"/bus/rules/{name}/disable"), ("DELETE", f"/bus/rules/{name}")):
        refused = operator.http.request(method, operator.url + path, params={"bus": bus}, timeout=30)
        assert refused.status_code == 409 and "change or delete its archive" in refused.json()["detail"]
    refused = operator.http.put(f"{operator.url}/bus/rules/{name}", params={"bus": bus}, json={"event_pattern": PATTERN}, timeout=30)
    assert refused.status_code == 409


def test_a_pattern_is_tried_on_recent_events_and_on_one_of_ones_own(operator, events, bus):
    weighed, opened = put_event(events, bus, grams=7), put_event(events, bus, source="depot.gate")
    recent = operator.get(f"/bus/events?bus={bus}").json()
    assert [each["event_id"] for each in recent["events"]] == [opened, weighed] and recent["too_large"] == 0
    envelope = json.loads(recent["events"][1]["event"])
    assert envelope["detail"] == {"grams": 7} and envelope["source"] == "depot.scale"

    def test(pattern, **more):
        answer = operator.post("/bus/patterns/test", {"event_pattern": pattern, "bus": bus} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert test(PATTERN) == {"reason": None, "matches": None, "tested": 2, "matched": [weighed]}
    assert test('{"detail":{"grams":[{"numeric":[">",5]}]}}')["matched"] == [weighed]
    broken = test('{"source":')
    assert broken["reason"].startswith("Event pattern is not valid. Reason: ") and broken["matched"] == []
    assert test(PATTERN, event=recent["events"][1]["event"])["matches"] is True
    assert test(PATTERN, event=recent["events"][0]["event"])["matches"] is False
    refused = operator.post("/bus/patterns/test", {"event_pattern": PATTERN, "bus": bus, "event": "{}"})
    assert refused.status_code == 422 and refused.json()["detail"][0]["loc"] == ["body", "event"]
    assert operator.post("/bus/patterns/test", {"event_pattern": PATTERN, "bus": "nowhere"}).status_code == 404


def test_an_event_too_large_to_be_kept_for_tests_is_counted(operator, events, bus):
    put_event(events, bus, text="x" * (64 << 10))
    assert operator.get(f"/bus/events?bus={bus}").json() == {"events": [], "too_large": 1}


def test_each_try_is_logged_and_counted(operator, events, environment, bus):
    sqs_of(environment).create_queue(QueueName=bus)
    put_rule(operator, bus, "weighed", {"id": "good", "arn": queue_arn(bus)},
             {"id": "bad", "arn": queue_arn("nowhere"), "maximum_retry_attempts": 0})
    event = put_event(events, bus, grams=7)
    log = eventually(lambda: len(tries(operator, bus=bus)) == 2 and tries(operator, bus=bus), what="two tries")
    by_target = {each["target_id"]: each for each in log}
    good, bad = by_target["good"], by_target["bad"]
    assert good["outcome"] == "delivered" and good["event_id"] == event and good["attempt"] == 1 and good["error_code"] is None
    assert 0 < good["latency_ms"] < 60_000 and good["status"] is None and good["next_at"] is None
    assert bad["outcome"] == "dead_lettered" and bad["error_code"] == "NO_RESOURCE" and "does not exist" in bad["error_message"]
    assert tries(operator, bus=bus, outcome="delivered") == [good] and tries(operator, bus=bus, target_id="bad") == [bad]
    assert tries(operator, bus=bus, rule="other") == [] and tries(operator, bus=bus, outcome="retried") == []

    counted = rule(operator, bus, "weighed")
    assert counted["matched"] == 1
    assert {each["id"]: each["counts"] for each in counted["targets"]} == {
        "good": {"delivered": 1, "failed": 0, "retried": 0, "dead_lettered": 0},
        "bad": {"delivered": 0, "failed": 1, "retried": 0, "dead_lettered": 1}}
    for query in ("limit=0", "limit=1001", "outcome=lost", "bus=a%20b"):
        assert operator.get(f"/bus/deliveries/log?{query}").status_code == 422


def test_a_delivery_that_waits_for_a_retry_says_why(make_server):
    server = make_server("--rate-limit", "0")
    operator, events = server.client("local"), client_of(server.aws_environment())
    idle = {"running": [], "retrying": [], "running_count": 0, "retrying_count": 0, "queued_count": 0}
    assert operator.get("/bus/deliveries").json() == idle
    # The function throws where it is given no event; it is tried again after a second, and after two.
    put_rule(operator, "default", "weighed", {"id": "1", "arn": FUNCTION, "input": "{}"})
    event = put_event(events, "default", grams=1)
    waiting = eventually(lambda: operator.get("/bus/deliveries?rule=weighed").json()["retrying"], what="a delivery that waits")[0]
    assert waiting["event_id"] == event and waiting["stage"] == "invocation" and waiting["attempts"] in (1, 2)
    assert waiting["error_code"] == "Unhandled" and waiting["error_message"] and waiting["since"] is None
    assert waiting["next_at"] > waiting["created_at"]
    others = operator.get("/bus/deliveries?rule=other").json()
    assert others["running"] == others["retrying"] == []
    assert eventually(lambda: letters_of(operator, "weighed"), what="the dead letter")[0]["error_code"] == "RetriesExhausted"
    log = tries(operator, rule="weighed")
    assert [each["outcome"] for each in log] == ["dead_lettered", "retried", "retried"]
    assert [each["attempt"] for each in log] == [3, 2, 1] and log[1]["next_at"] > log[1]["at"]
    assert operator.get("/bus/deliveries").json() == idle


def test_dead_letters_are_read_redriven_and_deleted(operator, events, environment, bus):
    put_rule(operator, bus, bus[:60], {"id": "1", "arn": queue_arn(bus), "maximum_retry_attempts": 0})
    for grams in (1, 2, 3):
        put_event(events, bus, grams=grams)
    dead = eventually(lambda: len(letters_of(operator, bus[:60])) == 3 and letters_of(operator, bus[:60]), what="dead letters")
    whole = operator.get(f"/bus/dead-letters/{dead[-1]['id']}").json()
    assert json.loads(whole.pop("event"))["detail"] == {"grams": 1} and whole == dead[-1]
    assert whole["error_code"] == "NO_RESOURCE" and whole["bus"] == bus and whole["job_id"] is None

    sqs_of(environment).create_queue(QueueName=bus)
    answer = operator.post("/bus/dead-letters/redrive", {"ids": [dead[0]["id"]]})
    assert answer.status_code == 202 and answer.json() == {"redriven": [dead[0]["id"]], "unknown": []}
    eventually(lambda: tries(operator, bus=bus, outcome="delivered"), what="the delivery")

    ids = [letter["id"] for letter in dead]
    answer = operator.post("/bus/dead-letters/delete", {"ids": ids})
    assert answer.status_code == 200 and answer.json() == {"deleted": ids[1:], "unknown": ids[:1]}
    assert letters_of(operator, bus[:60]) == []
    assert operator.get(f"/bus/dead-letters/{ids[1]}").status_code == 404
    assert operator.get("/bus/dead-letters/x").status_code == 422
    for body in ({}, {"all": True, "id": 1}, {"all": True, "ids": [1]}):
        assert operator.post("/bus/dead-letters/delete", body).status_code == 422, body


def test_an_archive_is_kept_replayed_and_deleted(operator, events, bus):
    name = bus[:48]
    made = operator.post("/bus/archives", {"name": name, "bus": bus, "event_pattern": PATTERN, "retention_days": 7})
    assert made.status_code == 201 and made.json()["retention_days"] == 7 and made.json()["events"] == 0
    assert operator.post("/bus/archives", {"name": name, "bus": bus}).status_code == 409
    assert operator.post("/bus/archives", {"name": "b", "bus": "nowhere"}).status_code == 404
    put_event(events, bus, grams=7)

    def archive():
        return next(each for each in operator.get("/bus/archives").json()["archives"] if each["name"] == name)

    eventually(lambda: archive()["events"] == 1, what="the archived event")
    changed = operator.http.patch(f"{operator.url}/bus/archives/{name}", json={"retention_days": 0, "event_pattern": ""}, timeout=30)
    assert changed.status_code == 200 and changed.json() == archive()
    assert changed.json()["retention_days"] == 0 and changed.json()["event_pattern"] is None and changed.json()["events"] == 1

    wanted = {"name": f"{name}-again", "archive": name, "from": "2026-01-01T00:00:00Z", "to": "2999-01-01T00:00:00Z"}
    started = operator.post("/bus/replays", wanted)
    assert started.status_code == 201 and started.json()["bus"] == bus

    def replay():
        return next(each for each in operator.get("/bus/replays").json()["replays"] if each["name"] == wanted["name"])

    ended = eventually(lambda: replay()["state"] == "completed" and replay(), what="the end of the replay")
    assert ended["progress_percent"] == 100 and ended["ended_at"] and ended["replayed_to"]
    assert operator.post("/bus/replays", wanted).status_code == 409
    assert operator.post(f"/bus/replays/{wanted['name']}/cancel").status_code == 409
    assert operator.post("/bus/replays/none/cancel").status_code == 404
    assert operator.post("/bus/replays", wanted | {"name": "x", "archive": "none"}).status_code == 404
    refused = operator.post("/bus/replays", wanted | {"name": "x", "to": wanted["from"]})
    assert refused.status_code == 422 and "EventStartTime must be before EventEndTime" in refused.json()["detail"][0]["msg"]
    assert operator.post("/bus/replays", wanted | {"to": "soon"}).json()["detail"][0]["loc"] == ["body", "to"]

    assert operator.http.delete(f"{operator.url}/bus/archives/{name}", timeout=30).status_code == 204
    assert operator.http.delete(f"{operator.url}/bus/archives/{name}", timeout=30).status_code == 404


def test_schemathesis_finds_nothing_as_an_operator(make_server, tmp_path):
    server = make_server("--rate-limit", "0")
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    result = subprocess.run(
        [program, "--config-file", pathlib.Path(__file__).parent / "schemathesis_bus.toml", "run", f"{server.url}/openapi.json",
         "--header", f"Authorization: Bearer {server.token('local')}", "--include-path-regex", "^/bus/",
         "--max-examples", "20", "--seed", "20261123", "--workers", "1", "--request-timeout", "20", "--no-color"],
        capture_output=True, text=True, timeout=600, cwd=tmp_path)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
