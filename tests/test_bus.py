"""The event bus over restarts with another configuration, and what operators see of it."""
import contextlib
import json
import sqlite3
import time

import pytest

from server import eventually

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"


@contextlib.contextmanager
def database(server):
    """The file of a server that has stopped."""
    connection = sqlite3.connect(server.data / "agent2-ingestor.db")
    try:
        with connection:
            yield connection
    finally:
        connection.close()


def add_rule(server, name, arn):
    """A rule such as a user would add: every job's event goes to that target too."""
    with database(server) as rows:
        bus, pattern = rows.execute("SELECT bus, event_pattern FROM rules WHERE bus <> 'default'").fetchone()
        rows.execute("INSERT INTO rules (bus, name, description, event_pattern, enabled, managed) "
                     "VALUES (?, ?, '', ?, 1, 0)", (bus, name, pattern))
        rows.execute("INSERT INTO rule_targets (bus, rule, n, target_id, arn, maximum_retry_attempts, "
                     "maximum_event_age_seconds, dead_letter_arn, managed) VALUES (?, ?, 0, 't', ?, 2, 3600, '', 0)",
                     (bus, name, arn))


@pytest.mark.parametrize("changed", [("--region", "eu-west-1"), ("--environment", "test")])
def test_jobs_of_another_configuration_complete(make_server, tmp_path, changed):
    server = make_server("--jobs-at-once", "0", data=tmp_path / "data")
    client = server.client()
    jobs = [client.submit([client.upload(b"# A\n", "a.md")]) for _ in range(20)]
    assert server.stop() == 0
    with database(server) as rows:
        # As an older program's template had it.
        rows.execute("UPDATE rules SET description = 'old', event_pattern = '{\"source\":[\"agent2.ingestor\"]}'")
        rows.execute("UPDATE rule_targets SET maximum_retry_attempts = 185")
        assert rows.execute("SELECT count(*) FROM deliveries").fetchone() == (20,)

    server = make_server(*changed, data=tmp_path / "data")
    client = server.client()
    for job_id in jobs:
        assert client.wait(job_id)["status"] == "completed"
    operator = server.client("local")
    assert operator.get("/bus/dead-letters").json() == {"dead_letters": []}
    rules = [rule for rule in operator.get("/bus/rules").json()["rules"] if rule["bus"] != "default"]
    assert len(rules) == 1 and rules[0]["managed"] and rules[0]["description"] != "old"
    assert json.loads(rules[0]["event_pattern"])["detail-type"] == ["Document Processing Required"]
    assert rules[0]["targets"][0]["maximum_retry_attempts"] == 2
    assert (changed[1] in rules[0]["targets"][0]["arn"])
    assert "NO_RESOURCE" not in "\n".join(server.lines)


def test_what_a_user_added_or_disabled_stays(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    assert server.stop() == 0
    add_rule(server, "theirs", "arn:theirs")
    with database(server) as rows:
        rows.execute("UPDATE rules SET enabled = 0 WHERE managed = 1")
    server = make_server("--region", "eu-west-1", data=tmp_path / "data")
    rules = {rule["name"]: rule for rule in server.client("local").get("/bus/rules").json()["rules"] if rule["bus"] != "default"}
    assert len(rules) == 2
    assert rules["theirs"]["enabled"] and rules["theirs"]["targets"][0]["arn"] == "arn:theirs"
    managed = next(rule for rule in rules.values() if rule["managed"])
    assert not managed["enabled"] and "eu-west-1" in managed["targets"][0]["arn"]


def test_dead_letters_are_listed_and_redriven_by_operators_alone(make_server, tmp_path):
    server = make_server(data=tmp_path / "data")
    assert server.stop() == 0
    add_rule(server, "theirs", FUNCTION + "nobody")
    server = make_server(data=tmp_path / "data")
    client = server.client("ada")
    jobs = [client.ingest((b"# A\n", "a.md"))["job_id"] for _ in range(3)]

    def letters():
        return json.loads(server.cli("bus", "dead-letters", "--json").stdout)["dead_letters"]

    dead = eventually(lambda: len(letters()) == 3 and letters(), what="three dead letters")
    assert [letter["job_id"] for letter in dead] == jobs[::-1]
    assert dead[0]["error_code"] == "NO_RESOURCE" and dead[0]["fairness_group"] == "ada" and dead[0]["times"] == 1
    assert jobs[0] in server.cli("bus", "dead-letters").stdout
    assert FUNCTION + "nobody" in server.cli("bus", "rules").stdout

    for request in (lambda: client.get("/bus/rules"), lambda: client.get("/bus/dead-letters"),
                    lambda: client.post("/bus/dead-letters/redrive", {"all": True}),
                    lambda: client.post("/bus/dead-letters/redrive", {"ids": [dead[0]["id"]]})):
        answer = request()
        assert answer.status_code == 403 and "operators" in answer.json()["detail"]
    refused = server.cli("bus", "dead-letters", "--user", "ada", check=False)
    assert refused.returncode == 3 and "operators" in refused.stderr

    # Once the function is there, they reach it.
    assert server.stop() == 0
    with database(server) as rows:
        rows.execute("UPDATE routes SET target_arn = ? WHERE rule = 'theirs'", (FUNCTION + "agent2-ingestor-api-dev",))
    server = make_server(data=tmp_path / "data")
    one = server.cli("bus", "redrive", dead[0]["id"])
    assert "Delivered again: 1" in one.stdout
    again = server.cli("bus", "redrive", dead[0]["id"], check=False)
    assert again.returncode == 3 and str(dead[0]["id"]) in again.stdout
    assert json.loads(server.cli("bus", "redrive", "--all", "--json").stdout)["redriven"] == [
        dead[1]["id"], dead[2]["id"]]
    assert letters() == []


def test_faults_of_a_redrive_name_their_place(make_server):
    operator = make_server().client("local")
    for body, place in (({}, ["body", "ids"]), ({"ids": []}, ["body", "ids"]), ({"ids": ["1"]}, ["body", "ids", 0]),
                        ({"ids": [1], "all": True}, ["body", "ids"]), ({"all": 1}, ["body", "all"]),
                        ({"ids": [1] * 1001}, ["body", "ids"])):
        answer = operator.post("/bus/dead-letters/redrive", body)
        assert answer.status_code == 422, (body, answer.text)
        assert answer.json()["detail"][0]["loc"] == place
    assert operator.post("/bus/dead-letters/redrive", {"ids": [1] * 1000}).json() == {"redriven": [], "unknown": [1]}
    assert operator.get("/bus/dead-letters?limit=0").status_code == 422
    assert operator.get("/bus/dead-letters?limit=1001").status_code == 422


def test_more_jobs_at_once_than_the_function_takes_costs_no_delivery_anything(make_server, tmp_path):
    server = make_server("--jobs-at-once", "0", "--rate-limit", "0", data=tmp_path / "data")
    client = server.client()
    key = client.upload(b"# A\n", "a.md")
    jobs = 1_200
    for _ in range(jobs):
        client.submit([key])
    assert server.stop(60) == 0
    server = make_server("--jobs-at-once", "3000", "--rate-limit", "0", data=tmp_path / "data")
    client = server.client()
    eventually(lambda: client.get("/jobs/counts").json()["completed"] == jobs, 240, "the end of all jobs")
    assert server.client("local").get("/bus/dead-letters").json() == {"dead_letters": []}
    assert not server.log("delivery failed and will be retried")


def test_one_users_backlog_does_not_hold_another_user_up(make_server, tmp_path):
    server = make_server("--jobs-at-once", "0", "--rate-limit", "0", data=tmp_path / "data")
    ada, bob = server.client("ada"), server.client("bob")
    key = ada.upload(b"# A\n" * 2_000, "a.md")
    jobs = 400
    for _ in range(jobs):
        ada.submit([key] * 3)
    bobs = bob.submit([bob.upload(b"# B\n", "b.md")])
    assert server.stop(60) == 0
    server = make_server("--jobs-at-once", "100", "--workers", "1", "--rate-limit", "0", data=tmp_path / "data")
    ada, bob = server.client("ada"), server.client("bob")
    started = time.monotonic()
    assert bob.wait(bobs)["status"] == "completed"
    counts = ada.get("/jobs/counts").json()
    assert counts["completed"] < jobs / 2, (counts, time.monotonic() - started)
