"""A proxy before DynamoDB that does to its client what a network and a busy service do."""
import contextlib
import http.client
import http.server
import json
import threading

UNTOUCHED = {"CreateTable", "DeleteTable"}


class FaultyProxy(http.server.ThreadingHTTPServer):
    """Counts requests: each third is carried out and its answer lost, each fifth is throttled, each seventh is
    carried out and answered with an error, each ninth meets another transaction if it is one. Batches are done by
    halves."""

    daemon_threads = True

    def __init__(self, target_port):
        super().__init__(("127.0.0.1", 0), Handler)
        self.target_port = target_port
        self.faults = {}
        self._lock = threading.Lock()
        self._count = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_number(self):
        with self._lock:
            self._count += 1
            return self._count

    def note(self, fault):
        with self._lock:
            self.faults[fault] = self.faults.get(fault, 0) + 1

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer in one packet, at once.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        number = 1 if operation in UNTOUCHED else self.server.next_number()
        if number % 5 == 0:
            self.server.note("throttled")
            self.refuse(400, "ProvisionedThroughputExceededException")
        elif number % 9 == 0 and operation == "TransactWriteItems":
            self.server.note("conflict")
            reasons = [{"Code": "TransactionConflict"} for _ in json.loads(body)["TransactItems"]]
            self.refuse(400, "TransactionCanceledException", CancellationReasons=reasons)
        elif number % 3 == 0:
            self.forward(operation, body)
            self.server.note("lost")
            self.close_connection = True
        elif number % 7 == 0:
            self.forward(operation, body)
            self.server.note("failed")
            self.refuse(500, "InternalServerError")
        else:
            self.answer(*self.forward(operation, body))

    def forward(self, operation, body):
        left = {}
        if operation in ("BatchWriteItem", "BatchGetItem"):
            body, left = half_of(json.loads(body), operation)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target_port, timeout=60)
        with contextlib.closing(connection):
            wanted = ("authorization", "content-type", "x-amz-date", "x-amz-target")
            connection.request("POST", "/", body, {name: self.headers[name] for name in wanted})
            reply = connection.getresponse()
            status, answer = reply.status, reply.read()
        if left and status == 200:
            self.server.note("half")
            answer = json.dumps(json.loads(answer) | left).encode()
        return status, answer

    def refuse(self, status, code, **more):
        name = f"com.amazonaws.dynamodb.v20120810#{code}"
        self.answer(status, json.dumps({"__type": name, "message": "made by the test"} | more).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def half_of(request, operation):
    """The request with the first half of what it asks for, and how an answer names the rest."""
    (table, asked), = request["RequestItems"].items()
    entries = asked if operation == "BatchWriteItem" else asked["Keys"]
    now, later = entries[:(len(entries) + 1) // 2], entries[(len(entries) + 1) // 2:]

    def of(part):
        return {table: part if operation == "BatchWriteItem" else asked | {"Keys": part}}

    name = "UnprocessedItems" if operation == "BatchWriteItem" else "UnprocessedKeys"
    return json.dumps(request | {"RequestItems": of(now)}).encode(), {name: of(later)} if later else {}
