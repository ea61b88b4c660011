"""DynamoDB as tests have it: AWS's own for one machine, and what its clients have to live with."""
import contextlib
import json
import subprocess

import requests

from fault_proxy import FailAfterwards, Fault, LoseAnswer, refusal
from server import ROOT, environment, eventually

DYNAMODB_LOCAL = ROOT / "scripts" / "dynamodb_local.sh"


@contextlib.contextmanager
def serving(command, port):
    """The command as a server, from its first answer on."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())

    def answers():
        assert server.poll() is None, f"{command[0]} has ended"
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{port}/", timeout=10).status_code > 0

    try:
        eventually(answers, 60, f"the readiness of {command[0]}")
        yield port
    finally:
        server.terminate()
        server.wait(30)


class Halved(Fault):
    """A batch of which the service does the first half, and leaves the rest to be asked for again."""

    name = "half"

    def meet(self, request, forward):
        asked = json.loads(request.body)
        writes = request.headers["X-Amz-Target"].endswith("BatchWriteItem")
        (table, content), = asked["RequestItems"].items()
        entries = content if writes else content["Keys"]
        half = (len(entries) + 1) // 2
        of = lambda part: {table: part if writes else content | {"Keys": part}}
        status, headers, answer = forward(json.dumps(asked | {"RequestItems": of(entries[:half])}).encode())
        if status == 200 and entries[half:]:
            left = {"UnprocessedItems" if writes else "UnprocessedKeys": of(entries[half:])}
            answer = json.dumps(json.loads(answer) | left).encode()
        kept = [header for header in headers if header[0].lower() != "x-amz-crc32"]
        return status, kept, answer


class DynamoDbTrouble:
    """Of so many requests each, one is carried out and its answer lost, one is throttled, one is carried out and answered
    with an error; each ninth meets another transaction if it is one; other batches are done by halves. As they are, only
    a client gets on that may try again without end: more than half of all requests fail."""

    def __init__(self, lost=3, throttled=5, failed=7):
        self.lost, self.throttled, self.failed = lost, throttled, failed
        self.count = 0

    def __call__(self, _, request):
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        if operation in ("CreateTable", "DeleteTable"):
            return None
        self.count += 1
        if self.count % self.throttled == 0:
            return refusal("ProvisionedThroughputExceededException")
        if self.count % 9 == 0 and operation == "TransactWriteItems":
            reasons = [{"Code": "TransactionConflict"} for _ in json.loads(request.body)["TransactItems"]]
            return refusal("TransactionCanceledException", name="conflict", CancellationReasons=reasons)
        if self.count % self.lost == 0:
            return LoseAnswer()
        if self.count % self.failed == 0:
            return FailAfterwards(500, b'{"__type":"com.amazonaws#InternalServerError"}')
        return Halved() if operation.startswith("Batch") else None
