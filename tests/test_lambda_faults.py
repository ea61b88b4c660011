"""What happens between the function and the services of AWS: whatever breaks there, no job is stuck and none is done
twice. Jobs are in AWS's DynamoDB Local; bucket and bus are moto's."""
import json
import threading

import pytest

from aws_world import AwsWorld, request_v1
from dynamodb import DynamoDbTrouble
from fault_proxy import FailAfterwards, FaultProxy, Hang, LoseAnswer, Refuse, refusal

SLOW_DOWN = Refuse(503, b"<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>", "throttled",
                   "application/xml")
INTERNAL = (500, b"<Error><Code>InternalError</Code><Message>Try again.</Message></Error>")


@pytest.fixture
def world(dynamodb_local):
    """An account with a proxy before each service: `world.proxies["dynamodb" | "s3" | "events"]`."""
    proxies = {}

    def through(service, url):
        proxies[service] = FaultProxy(url)
        return proxies[service].url

    account = AwsWorld(dynamodb_endpoint=dynamodb_local, through=through)
    account.proxies = proxies
    yield account
    for proxy in proxies.values():
        proxy.close()
    account.close()


class Trouble:
    """Every fourth request is throttled, every fifth is carried out and its answer lost, every seventh is carried out
    and answered with an error."""

    def __init__(self, throttled, failed):
        self.throttled, self.failed = throttled, failed

    def __call__(self, number, request):
        if number % 4 == 0:
            return self.throttled
        if number % 5 == 0:
            return LoseAnswer()
        return self.failed if number % 7 == 0 else None



def deliver_and_sweep(world, tokens_of_jobs):
    """As AWS does: events are delivered, with retries, and the sweep looks after what is left, until every job has
    ended."""
    for _ in range(20):
        world.deliver_all()
        left = [job_id for job_id, token in tokens_of_jobs.items() if world.job(token, job_id)["finished_at"] is None]
        if not left:
            return
        for job_id in left:
            world.let_pass(job_id, 120)
        world.sweep()  # One that fails is followed by the next, a minute later.
    raise AssertionError(f"stuck: {left}")


def test_throttling_errors_and_lost_answers_of_every_service_change_nothing(world):
    ada = world.token()
    world.proxies["dynamodb"].plan = DynamoDbTrouble(lost=5, throttled=11, failed=13)
    world.proxies["s3"].plan = Trouble(SLOW_DOWN, FailAfterwards(*INTERNAL))
    world.proxies["events"].plan = Trouble(refusal("ThrottlingException"),
                                           FailAfterwards(500, b'{"__type":"InternalFailure"}'))
    jobs = {}
    # One of them has more documents than fit into the item of its job.
    for n, count in enumerate((11, 2)):
        documents = [(f"{n}-{m}.md", f"# Document {n}.{m}\n\nText of it.\n".encode()) for m in range(count)]
        jobs[world.submit(ada, *documents)["job_id"]] = ada
    deliver_and_sweep(world, jobs)
    for job_id in jobs:
        job = world.job(ada, job_id)
        assert job["status"] == "completed", job["error"]
        assert job["documents_processed"] == job["total_documents"] == len(job["files"])
        assert {file["status"] for file in job["files"]} == {"completed"}
        keys = [key for key in world.objects() if job_id in key and key.startswith("documents/") and key.endswith(".md")]
        assert sorted(keys) == sorted(file["markdown_key"] for file in job["files"])
    ended = {event["detail"]["job_id"] for event in world.events("ends")}
    assert ended == set(jobs)
    for name in ("dynamodb", "s3"):
        assert {"throttled", "lost", "failed"} <= set(world.proxies[name].faults), name
    assert {"throttled", "lost"} <= set(world.proxies["events"].faults)


def test_a_part_of_the_table_that_cannot_be_read_holds_up_no_other(world):
    ada = world.token()
    world.proxies["events"].plan = lambda number, request: Refuse(503, b"{}")
    shards = {}
    while len(set(shards.values())) < 2:
        job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
        shards[job_id] = world.item(job_id)["live_shard"]["S"]
        world.let_pass(job_id, 61)
    world.proxies["events"].plan = lambda number, request: None
    unreadable = shards[job_id]

    def refuse(number, request):
        return Refuse(*INTERNAL) if f'"{unreadable}"' in request.body.decode() else None

    world.proxies["dynamodb"].plan = refuse
    assert world.sweep().json == {"republished": len(shards) - 1}
    world.proxies["dynamodb"].plan = lambda number, request: None
    assert world.sweep().json == {"republished": 1}
    world.deliver_all()
    assert {world.job(ada, job_id)["status"] for job_id in shards} == {"completed"}


def test_a_queued_job_is_shown_while_the_queue_cannot_be_counted(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    assert world.job(ada, job_id)["queue_position"] == 0
    world.proxies["dynamodb"].plan = lambda number, request: (
        Refuse(*INTERNAL) if request.headers["X-Amz-Target"].endswith(".Query") else None)
    job = world.job(ada, job_id)
    assert job["status"] == "queued" and job["queue_position"] is None


def test_a_job_is_accepted_while_the_bus_is_away_and_swept_later(world):
    ada = world.token()
    world.proxies["events"].plan = lambda number, request: Refuse(503, b"{}")
    answer = world.submit(ada, ("a.md", b"# A\n"))
    assert answer["status"] == "queued" and world.events() == []
    world.proxies["events"].plan = lambda number, request: None
    # Too young: its event may still be on its way.
    assert world.sweep().json == {"republished": 0}
    world.let_pass(answer["job_id"], 61)
    assert world.sweep().json == {"republished": 1}
    world.deliver_all()
    assert world.job(ada, answer["job_id"])["status"] == "completed"


def test_an_entry_that_the_bus_refuses_is_put_again(world):
    ada = world.token()
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}]}
    world.proxies["events"].plan = lambda number, request: Refuse(200, json.dumps(refused).encode()) if number == 1 else None
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    [event] = world.events()
    assert event["detail"]["job_id"] == job_id


def test_a_lost_answer_of_the_bus_makes_a_duplicate_that_does_nothing(world):
    ada = world.token()
    world.proxies["events"].plan = lambda number, request: LoseAnswer() if number == 1 else None
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    events = world.events()
    assert len(events) == 2 and {event["detail"]["job_id"] for event in events} == {job_id}
    for event in events:
        assert [outcome.kind for outcome in world.deliver(event)] == ["response"]
    job = world.job(ada, job_id)
    assert job["status"] == "completed" and job["attempts_count"] == 1


def test_a_crash_between_the_job_and_its_event_is_swept(world):
    ada = world.token()
    key = world.upload(ada, "a.md", b"# A\n")
    proxy = world.proxies["events"]
    arrived = threading.Event()

    def crash(number, request):
        arrived.set()
        return Hang(proxy)

    proxy.plan = crash
    killer = threading.Thread(target=lambda: (arrived.wait(30), world.function.kill()))
    killer.start()
    outcome = world.function.invoke(request_to_submit(ada, key))
    killer.join()
    assert outcome.kind == "died"
    proxy.plan = lambda number, request: None

    [summary] = world.call("GET", "/jobs", ada).json["jobs"]
    assert summary["status"] == "queued" and world.events() == []
    world.let_pass(summary["job_id"], 61)
    assert world.sweep().json == {"republished": 1}
    world.deliver_all()
    assert world.job(ada, summary["job_id"])["status"] == "completed"


def request_to_submit(token, key):
    return request_v1("POST", "/upload/process-s3-files", token, {"files": [{"file_key": key}]})


def test_a_crash_in_the_middle_of_a_job_is_taken_over(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"), ("b.md", b"# B\n"))["job_id"]
    [event] = world.events()
    proxy = world.proxies["s3"]
    arrived = threading.Event()

    def crash(number, request):
        if request.method == "PUT" and "/sidecars/" in request.path:
            arrived.set()
            return Hang(proxy)
        return None

    proxy.plan = crash
    killer = threading.Thread(target=lambda: (arrived.wait(30), world.function.kill()))
    killer.start()
    outcome = world.function.invoke(event)
    killer.join()
    assert outcome.kind == "died"
    proxy.plan = lambda number, request: None
    # Lambda delivers it again, and the lease of the dead is still good.
    assert world.function.invoke(event).kind == "response"
    assert world.job(ada, job_id)["status"] == "processing"
    world.let_pass(job_id, 120)
    assert world.sweep().json == {"republished": 1}
    world.deliver_all()
    job = world.job(ada, job_id)
    assert job["status"] == "completed" and job["attempts_count"] == 2
    assert job["attempts"][0]["interrupted"] and not job["attempts"][1]["interrupted"]
    assert len(world.events("ends")) == 1


def test_the_event_of_an_end_is_not_lost_with_the_bus(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    [event] = world.events()
    world.proxies["events"].plan = lambda number, request: Refuse(503, b"{}")
    assert world.deliver(event)[0].kind == "response"
    assert world.job(ada, job_id)["status"] == "completed" and world.events("ends") == []
    world.proxies["events"].plan = lambda number, request: None
    world.let_pass(job_id, 61)
    assert world.sweep().kind == "response"
    [end] = world.events("ends")
    assert end["detail"]["job_id"] == job_id and end["detail-type"] == "Document Processing Completed"
    world.sweep()
    assert world.events("ends") == []


def test_while_a_store_is_away_the_job_waits_in_the_table(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    [event] = world.events()
    world.proxies["s3"].plan = lambda number, request: Refuse(*INTERNAL)
    # Lambda need not try again: the table knows when the job goes on.
    assert world.function.invoke(event).kind == "response"
    for attempts in range(1, 6):
        job = world.job(ada, job_id)
        assert job["status"] == "queued" and job["attempts_count"] == attempts
        assert "open a.md" in job["waiting_reason"] and job["next_attempt_at"]
        if attempts == 5:  # By now it waits for longer than an invocation takes.
            assert world.function.invoke(event).kind == "response"
            assert world.job(ada, job_id)["attempts_count"] == attempts, "an attempt before its time"
            assert world.sweep().json == {"republished": 0}
        world.let_pass(job_id, 61)
        assert world.sweep().json == {"republished": 1}
        world.deliver_all()
    world.proxies["s3"].plan = lambda number, request: None
    world.let_pass(job_id, 61)
    world.sweep()
    world.deliver_all()
    job = world.job(ada, job_id)
    assert job["status"] == "completed" and job["attempts_count"] == 7 and job["waiting_reason"] is None
    assert "open a.md" in job["attempts"][0]["error"]
    [end] = world.events("ends")
    assert end["detail-type"] == "Document Processing Completed"


def test_a_document_that_ends_the_function_each_time_fails_alone(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"), ("poison.md", b"# B\n"))["job_id"]
    [event] = world.events()
    proxy = world.proxies["dynamodb"]
    arrived = threading.Event()

    class DieOfIt(Hang):
        """It is on record that the document is at work, and then the function ends."""

        def meet(self, request, forward):
            forward()
            arrived.set()
            super().meet(request, forward)

    def crash(number, request):
        values = json.loads(request.body).get("ExpressionAttributeValues", {})
        return DieOfIt(proxy) if {"N": "1"} in values.get(":at_work", {}).get("L", []) else None

    proxy.plan = crash
    for death in range(3):
        arrived.clear()
        killer = threading.Thread(target=lambda: (arrived.wait(30), world.function.kill()))
        killer.start()
        assert world.function.invoke(event).kind == "died"
        killer.join()
        world.let_pass(job_id, 120)
    assert world.function.invoke(event).kind == "response"
    job = world.job(ada, job_id)
    assert job["status"] == "failed"
    assert [file["status"] for file in job["files"]] == ["completed", "failed"]
    assert job["files"][1]["error"]["code"] == "crashed"


def test_a_request_that_hangs_is_given_up_and_sent_again(world):
    ada = world.token()
    proxy = world.proxies["dynamodb"]
    hung = []

    def plan(number, request):
        if not hung and request.headers.get("X-Amz-Target", "").endswith("TransactWriteItems"):
            hung.append(number)
            return Hang(proxy)
        return None

    proxy.plan = plan
    answer = world.submit(ada, ("a.md", b"# A\n"))
    assert hung and len(world.events()) == 1
    assert world.job(ada, answer["job_id"])["status"] == "queued"
