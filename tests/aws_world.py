"""What the function finds on AWS, on loopback: the services as stand-ins play them, Lambda's Runtime API, and the
service between a bus and a function."""
import base64
import contextlib
import http.server
import json
import pathlib
import queue
import subprocess
import threading
import time
import urllib.parse
import uuid

import boto3
import requests

from moto_server import moto_server
from server import PROGRAM, environment, eventually

REGION = "us-east-1"
BUS = "agent2-ingestor-events-dev"
RULE = "agent2-ingestor-document-processing-dev"
FUNCTION = "agent2-ingestor-api-dev"
BUCKET = "agent2-ingestor-bucket-us-east-1"
TABLE = "agent2-ingestor-jobs-dev"
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
PASSWORD = "Correct-horse-1"


class Outcome:
    """What the function made of one invocation."""

    def __init__(self, request_id, kind, body, error_type=None):
        self.request_id = request_id
        self.kind = kind  # "response", "error", or "died" where the process ended without an answer
        self.body = body
        self.error_type = error_type

    @property
    def json(self):
        return json.loads(self.body)


class RuntimeApi:
    """Lambda's side of a custom runtime: hands out one event after the other and takes what comes of it."""

    def __init__(self):
        self.waiting = queue.Queue()
        self.outcomes = {}
        self.polls = 0
        self.start_failure = None
        self.changed = threading.Condition()
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                with api.changed:
                    api.polls += 1
                    api.changed.notify_all()
                while True:
                    with contextlib.suppress(queue.Empty):
                        request_id, event, deadline = api.waiting.get(timeout=0.2)
                        break
                    if api.closed:
                        self.close_connection = True
                        return
                payload = event if isinstance(event, bytes) else json.dumps(event).encode()
                self.send_response(200)
                for name, value in {"Lambda-Runtime-Aws-Request-Id": request_id,
                                    "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
                                    "Lambda-Runtime-Invoked-Function-Arn":
                                        f"arn:aws:lambda:{REGION}:123456789012:function:{FUNCTION}",
                                    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                                    "Content-Type": "application/json", "Content-Length": str(len(payload))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                *_, request_id, kind = self.path.split("/")
                with api.changed:
                    if request_id == "init":
                        api.start_failure = json.loads(body)
                    else:
                        api.outcomes[request_id] = Outcome(
                            request_id, kind, body, self.headers.get("Lambda-Runtime-Function-Error-Type"))
                    api.changed.notify_all()
                answer = b'{"status":"OK"}'
                self.send_response(202)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.closed = False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.closed = True
        self.server.shutdown()
        self.server.server_close()


class Function:
    """The program as Lambda runs it: one process for one event at a time, replaced when it ends."""

    def __init__(self, variables, command=(PROGRAM, "lambda")):
        self.command = [str(word) for word in command]
        self.variables = variables
        self.api = RuntimeApi()
        self.process = None
        self.lines = []

    def start(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env={"PATH": "/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": self.api.address, "AWS_REGION": REGION} | self.variables)
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        return self

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))

    def invoke(self, event, seconds=60.0, request_id=None):
        """Waits for the outcome, at most as long as the invocation has, as Lambda does: it kills then."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        request_id = request_id or str(uuid.uuid4())
        deadline = time.time() + seconds
        self.api.waiting.put((request_id, event, deadline))
        with self.api.changed:
            while request_id not in self.api.outcomes:
                self.api.changed.wait(0.05)
                if self.process.poll() is not None and request_id not in self.api.outcomes:
                    return Outcome(request_id, "died", b"")
                if time.time() > deadline:
                    self.kill()
                    return Outcome(request_id, "died", b"timed out")
            return self.api.outcomes.pop(request_id)

    def log(self, message=None):
        entries = []
        for line in list(self.lines):
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and message in (None, entry.get("msg")):
                    entries.append(entry)
        return entries

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.api.close()
        # Shown where the test fails.
        print("The end of the function's log:", *self.lines[-200:], sep="\n")


def request_v1(method, path, token=None, body=None, headers=None, query=None):
    """A request as the REST API hands it to a function (Lambda proxy integration)."""
    headers = {"Host": "abc.execute-api.us-east-1.amazonaws.com", "Accept": "*/*"} | (headers or {})
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    binary = isinstance(body, bytes)
    return {"resource": "/{proxy+}", "path": path, "httpMethod": method, "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": query, "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
            "pathParameters": {"proxy": path.lstrip("/")}, "stageVariables": None,
            "requestContext": {"resourcePath": "/{proxy+}", "httpMethod": method, "path": "/dev" + path, "stage": "dev",
                               "requestId": str(uuid.uuid4()), "identity": {"sourceIp": "192.0.2.7"}},
            "body": base64.b64encode(body).decode() if binary else body, "isBase64Encoded": binary}


def request_v2(method, path, token=None, body=None, headers=None, query=""):
    """A request as an HTTP API or a function URL hands it over (payload format 2.0)."""
    headers = {"host": "abc.lambda-url.us-east-1.on.aws", "accept": "*/*"} | (headers or {})
    if token:
        headers["authorization"] = f"Bearer {token}"
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("content-type", "application/json")
    return {"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "headers": headers,
            "requestContext": {"http": {"method": method, "path": path, "sourceIp": "192.0.2.7"}, "stage": "$default",
                               "requestId": str(uuid.uuid4())},
            "body": body, "isBase64Encoded": False}


class Answer:
    def __init__(self, outcome):
        assert outcome.kind == "response", (outcome.kind, outcome.body)
        document = outcome.json
        self.status = document["statusCode"]
        self.headers = {name.lower(): value for name, value in document.get("headers", {}).items()}
        for name, values in document.get("multiValueHeaders", {}).items():
            self.headers[name.lower()] = ", ".join(values)
        body = document.get("body", "")
        self.body = base64.b64decode(body) if document.get("isBase64Encoded") else body.encode()

    @property
    def json(self):
        return json.loads(self.body)


class AwsWorld:
    """The account: a bus with the rule, a bucket, a table, a user pool; and the function."""

    def __init__(self, dynamodb_endpoint=None, through=None, command=(PROGRAM, "lambda"), variables=None):
        """`dynamodb_endpoint`: in place of moto's. `through`: makes of a service's endpoint the one that the
        function is given, to put faults between them. `command`, `variables`: the function, and what else it finds in
        its environment."""
        self.services = contextlib.ExitStack()
        self.endpoint = self.services.enter_context(moto_server())
        self.dynamodb_endpoint = dynamodb_endpoint or self.endpoint
        self._make_account()
        through = through or (lambda service, url: url)
        self.function = Function(KEYS | {
            "ENVIRONMENT": "dev", "EVENT_BUS_NAME": BUS, "S3_BUCKET": BUCKET, "JOBS_TABLE": self.table,
            "COGNITO_USER_POOL_ID": self.pool, "COGNITO_CLIENT_ID": self.client_id,
            "AWS_ENDPOINT_URL": self.endpoint, "AGENT2_INGESTOR_LOG_LEVEL": "debug",
            "AWS_ENDPOINT_URL_DYNAMODB": through("dynamodb", self.dynamodb_endpoint),
            "AWS_ENDPOINT_URL_S3": through("s3", self.endpoint),
            "AWS_ENDPOINT_URL_EVENTBRIDGE": through("events", self.endpoint)} | (variables or {}), command)

    def client(self, service):
        endpoint = self.dynamodb_endpoint if service == "dynamodb" else self.endpoint
        return boto3.client(service, endpoint_url=endpoint, region_name=REGION, aws_access_key_id="key",
                            aws_secret_access_key="secret")

    def _make_account(self):
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.table = f"{TABLE}-{uuid.uuid4().hex[:8]}"
        make_table(self.client("dynamodb"), self.table)
        events = self.client("events")
        events.create_event_bus(Name=BUS)
        self.queues = {}
        for name, rule, detail_types in (("work", RULE, ["Document Processing Required"]),
                                         ("ends", "ends", ["Document Processing Completed", "Document Processing Failed"])):
            sqs = self.client("sqs")
            url = sqs.create_queue(QueueName=name)["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            events.put_rule(Name=rule, EventBusName=BUS, EventPattern=json.dumps(
                {"source": ["agent2.ingestor"], "detail-type": detail_types}))
            events.put_targets(Rule=rule, EventBusName=BUS, Targets=[{"Id": "1", "Arn": arn}])
            self.queues[name] = url
        cognito = self.client("cognito-idp")
        self.pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
        self.client_id = cognito.create_user_pool_client(
            UserPoolId=self.pool, ClientName="page", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]

    def sign_in(self, name, client_id=None, pool=None):
        """Cognito's tokens for that person: {"AccessToken", "IdToken", …}."""
        cognito = self.client("cognito-idp")
        pool = pool or self.pool
        with contextlib.suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(UserPoolId=pool, Username=name, TemporaryPassword=PASSWORD)
            cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
        return cognito.initiate_auth(ClientId=client_id or self.client_id, AuthFlow="USER_PASSWORD_AUTH",
                                     AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD})["AuthenticationResult"]

    def token(self, name="ada"):
        return self.sign_in(name)["AccessToken"]

    def events(self, name="work"):
        """Takes what the bus has put on that queue."""
        sqs = self.client("sqs")
        found = []
        while messages := sqs.receive_message(QueueUrl=self.queues[name], MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                # The one member that moto leaves out.
                found.append({"account": "123456789012"} | json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queues[name], ReceiptHandle=message["ReceiptHandle"])
        return found

    def call(self, method, path, token=None, body=None, make=request_v1, **more):
        return Answer(self.function.invoke(make(method, path, token, body, **more)))

    def upload(self, token, name, content):
        """By the browser's way: a presigned URL of the bucket. Returns the file's key."""
        place = self.call("POST", "/upload/presigned-url", token, {"filename": name})
        assert place.status == 200, place.body

        def stored():
            # A page tries again, too.
            with contextlib.suppress(requests.ConnectionError):
                answer = requests.put(place.json["upload_url"], data=content, headers=place.json["headers"], timeout=30)
                assert answer.status_code in (200, 500, 503), answer.text
                return answer.status_code == 200

        eventually(stored, what="the upload")
        return place.json["file_key"]

    def submit(self, token, *documents, **more):
        """Each a pair of name and content. Returns the answer's JSON."""
        keys = [self.upload(token, name, content) for name, content in documents]
        # A client that is told to try again does so, under the same key.
        more.setdefault("headers", {}).setdefault("Idempotency-Key", str(uuid.uuid4()))

        def accepted():
            answer = self.call("POST", "/upload/process-s3-files", token, {"files": [{"file_key": key} for key in keys]}, **more)
            assert answer.status in (202, 503), answer.body
            return answer.status == 202 and answer.json

        return eventually(accepted, what="the submit")

    def deliver(self, event, attempts=3, seconds=60.0):
        """As Lambda treats an event that came asynchronously: two retries of what failed. Returns the outcomes."""
        outcomes = []
        for _ in range(attempts):
            outcomes.append(self.function.invoke(event, seconds=seconds))
            if outcomes[-1].kind == "response":
                break
        return outcomes

    def deliver_all(self, **options):
        """Until the bus is empty."""
        while events := self.events():
            for event in events:
                self.deliver(event, **options)

    def sweep(self):
        return self.function.invoke({"version": "0", "id": str(uuid.uuid4()), "detail-type": "Scheduled Event",
                                     "source": "aws.events", "account": "123456789012", "time": "2026-01-02T03:04:05Z",
                                     "region": REGION, "resources": ["arn:aws:events:us-east-1:123456789012:rule/sweep"],
                                     "detail": {}})

    def job(self, token, job_id):
        """As clients do, it asks again where the service says so."""
        def answered():
            answer = self.call("GET", f"/jobs/{job_id}", token)
            return answer if answer.status != 503 else None

        answer = eventually(answered, what="an answer other than 503")
        assert answer.status == 200, answer.body
        return answer.json

    def item(self, job_id):
        """Of the job, as it stands in the table."""
        key = {"pk": {"S": f"job#{job_id}"}, "sk": {"S": "job"}}
        return self.client("dynamodb").get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]

    def let_pass(self, job_id, seconds):
        """Has the job's item as it were that much older."""
        item, ms = self.item(job_id), int(seconds * 1000)
        for name in ("published_at", "lease_until", "updated_at", "next_attempt_at"):
            if name in item:
                item[name] = {"N": str(int(item[name]["N"]) - ms)}
        time_part, _, rest = item.get("live_key", {"S": ""})["S"].partition("#")
        if rest:  # Of a job in progress, waiting or with an event to publish: the time it is due, and its id.
            item["live_key"] = {"S": f"{int(time_part) - ms:015}#{rest}"}
        self.client("dynamodb").put_item(TableName=self.table, Item=item)

    def objects(self):
        return [entry["Key"] for entry in self.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def close(self):
        self.function.stop()
        self.services.close()


def descendants(pid):
    """Of a process: pairs of process id and the name that the kernel shows."""
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            yield int(child), pathlib.Path(f"/proc/{child}/comm").read_text().strip()
            yield from descendants(child)


def make_table(dynamodb, name):
    """As backend/template.yaml has it."""
    key = lambda attribute, kind: {"AttributeName": attribute, "KeyType": kind}
    index = lambda title, hash_key, range_key, attributes: {
        "IndexName": title, "KeySchema": [key(hash_key, "HASH"), key(range_key, "RANGE")],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": attributes}}
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[key("pk", "HASH"), key("sk", "RANGE")],
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"}
                              for attribute in ("pk", "sk", "user_id", "job_id", "live_shard", "live_key")],
        GlobalSecondaryIndexes=[
            index("user-index", "user_id", "job_id",
                  ["job_name", "status", "total_documents", "documents_processed", "attempts_count", "error", "created_at",
                   "updated_at", "started_at", "finished_at"]),
            index("live-index", "live_shard", "live_key", ["published_at"])])
    eventually(lambda: dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE", what="the table")
