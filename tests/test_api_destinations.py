"""API destinations: rules that lead to HTTP endpoints, by boto3 and the AWS CLI."""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import random
import ssl
import subprocess
import threading
import time

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from server import Server, eventually, free_port
from test_eventbridge import CLIS, aws, client_of, refused

PATTERN = '{"source":["depot.scale"]}'
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


class Endpoint(http.server.ThreadingHTTPServer):
    """An endpoint on loopback that keeps what it is sent and answers as it is told."""
    daemon_threads = True

    def __init__(self, port=0, certificate=None):
        self.requests = []
        self.answer = lambda request: (200, {}, b"")
        super().__init__(("127.0.0.1", port), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server_address[1]}"

    def close(self):
        self.shutdown()
        self.server_close()

    def bodies(self):
        return [json.loads(request["body"]) for request in self.requests]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one_request(self):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            super().handle_one_request()

    def take(self):
        length = int(self.headers.get("Content-Length") or 0)
        request = {"method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                   "body": self.rfile.read(length).decode(), "at": time.monotonic()}
        status, headers, body = self.server.answer(request)
        self.server.requests.append(request)
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = take

    def log_message(self, *arguments):
        pass


@pytest.fixture
def endpoint():
    made = Endpoint()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("private"), "--rate-limit", "0", "--private-targets", "127.0.0.0/8,::1")
    made.start()
    yield made
    assert made.stop() == 0


@pytest.fixture(scope="module")
def environment(server):
    return server.aws_environment()


@pytest.fixture(scope="module")
def events(environment):
    return client_of(environment)


def connect(events, name, kind="API_KEY", **parameters):
    parameters = parameters or {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "k-1"}}
    return events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters)["ConnectionArn"]


def lead(events, name, url, connection=None, method="POST", bus="default", pattern=PATTERN, destination=None, **target):
    """A rule of that name whose target is an API destination of that name."""
    connection = connection or connect(events, name)
    arn = events.create_api_destination(Name=name, ConnectionArn=connection, InvocationEndpoint=url, HttpMethod=method,
                                        **(destination or {}))["ApiDestinationArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule=name, EventBusName=bus, Targets=[
        {"Id": "1", "Arn": arn, "RoleArn": "arn:aws:iam::000000000000:role/r", **target}])
    return arn


def put(events, bus="default", **detail):
    entry = {"Source": "depot.scale", "DetailType": "Parcel Weighed", "Detail": json.dumps(detail), "EventBusName": bus}
    return events.put_events(Entries=[entry])["Entries"][0]["EventId"]


@pytest.fixture
def bus(events, user):
    events.create_event_bus(Name=user)
    return user


def letters(server, event_id):
    dead = json.loads(server.cli("bus", "dead-letters", "--json").stdout)["dead_letters"]
    return [each for each in dead if each["event_id"] == event_id]


def test_an_event_is_a_request(events, endpoint, bus):
    lead(events, bus, endpoint.url + "/in", bus=bus)
    event_id = put(events, bus, grams=1250)
    request = eventually(lambda: endpoint.requests, what="a request")[0]
    event = json.loads(request["body"])
    assert (request["method"], request["path"]) == ("POST", "/in")
    assert event["id"] == event_id and event["detail"] == {"grams": 1250}
    assert request["headers"]["X-Api-Key"] == "k-1"
    assert request["headers"]["User-Agent"] == "Amazon/EventBridge/ApiDestinations"
    assert request["headers"]["Content-Type"] == "application/json; charset=utf-8"


def test_the_rule_and_the_connection_say_what_it_is_made_of(events, endpoint, bus):
    connection = connect(events, bus, "BASIC", BasicAuthParameters={"Username": "ada", "Password": "p:w"},
                         InvocationHttpParameters={
                             "HeaderParameters": [{"Key": "X-Team", "Value": "depot"}],
                             "QueryStringParameters": [{"Key": "key", "Value": "s&1", "IsValueSecret": True}],
                             "BodyParameters": [{"Key": "token", "Value": "t"}]})
    lead(events, bus, endpoint.url + "/parcels/*", connection, "PUT", bus, HttpParameters={
        "PathParameterValues": ["$.detail.id"], "HeaderParameters": {"X-Grams": "$.detail.grams"},
        "QueryStringParameters": {"who": "$.detail.who"}}, InputTransformer={
            "InputPathsMap": {"g": "$.detail.grams"}, "InputTemplate": '{"weight": <g>}'})
    put(events, bus, id="a/1", grams=1250, who="Ada L")
    request = eventually(lambda: endpoint.requests, what="a request")[0]
    assert (request["method"], request["path"]) == ("PUT", "/parcels/a%2F1?who=Ada%20L&key=s%261")
    assert json.loads(request["body"]) == {"weight": 1250, "token": "t"}
    headers = request["headers"]
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"ada:p:w").decode()
    assert (headers["X-Team"], headers["X-Grams"]) == ("depot", "1250")


def test_a_webhook_is_signed_as_standard_webhooks_have_it(events, endpoint, bus):
    connection = connect(events, bus, ApiKeyAuthParameters={"ApiKeyName": "webhook-signature", "ApiKeyValue": SECRET})
    lead(events, bus, endpoint.url, connection, bus=bus)
    answers = iter([(503, {}, b""), (204, {}, b"")])
    endpoint.answer = lambda request: next(answers)
    put(events, bus, grams=1)
    first, second = eventually(lambda: len(endpoint.requests) == 2 and endpoint.requests, what="a second try")
    for request in (first, second):
        headers = {name.lower(): value for name, value in request["headers"].items()}
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{request['body']}".encode()
        digest = hmac.new(b"k" * 32, signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
        assert SECRET not in str(request)
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"]


def test_oauth_gets_a_token_and_another_where_it_is_refused(events, endpoint, bus):
    tokens = []

    def answer(request):
        if request["path"] == "/token":
            tokens.append(request)
            token = json.dumps({"access_token": f"t-{len(tokens)}", "token_type": "bearer", "expires_in": 3600})
            return 200, {}, token.encode()
        return (401 if request["headers"]["Authorization"] == "Bearer t-1" else 200), {}, b""

    endpoint.answer = answer
    connection = connect(events, bus, "OAUTH_CLIENT_CREDENTIALS", OAuthParameters={
        "ClientParameters": {"ClientID": "id", "ClientSecret": "s&s"}, "AuthorizationEndpoint": endpoint.url + "/token",
        "HttpMethod": "POST", "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "Value": "depot"}]}})
    eventually(lambda: events.describe_connection(Name=bus)["ConnectionState"] == "AUTHORIZED", what="a token")
    assert tokens[0]["body"] == "audience=depot&grant_type=client_credentials&client_id=id&client_secret=s%26s"
    lead(events, bus, endpoint.url + "/in", connection, bus=bus)
    put(events, bus, grams=1)
    authorizations = eventually(
        lambda: [r["headers"]["Authorization"] for r in endpoint.requests if r["path"] == "/in"][1:], what="a second try")
    assert authorizations == ["Bearer t-2"]


def test_what_an_endpoint_will_never_take_is_a_dead_letter_at_once(server, events, endpoint, bus):
    endpoint.answer = lambda request: (422, {}, b'{"detail":"no\nsuch parcel"}')
    lead(events, bus, endpoint.url, bus=bus)
    event_id = put(events, bus)
    letter = eventually(lambda: letters(server, event_id), what="a dead letter")[0]
    assert letter["error_code"] == "ERROR_FROM_TARGET"
    assert letter["error_message"] == r'The endpoint answered 422: {"detail":"no\nsuch parcel"}'
    assert len(endpoint.requests) == 1


def test_an_endpoint_is_left_alone_as_long_as_it_asks(events, endpoint, bus):
    answers = iter([(429, {"Retry-After": "3"}, b""), (200, {}, b"")])
    endpoint.answer = lambda request: next(answers)
    lead(events, bus, endpoint.url, bus=bus)
    put(events, bus)
    first, second = eventually(lambda: len(endpoint.requests) == 2 and endpoint.requests, what="a second try")
    assert second["at"] - first["at"] >= 2.9


def test_no_redirect_is_followed(server, events, endpoint, bus):
    other = Endpoint()
    endpoint.answer = lambda request: (307, {"Location": other.url}, b"")
    lead(events, bus, endpoint.url, bus=bus)
    event_id = put(events, bus)
    assert eventually(lambda: letters(server, event_id), what="a dead letter")[0]["error_code"] == "ERROR_FROM_TARGET"
    assert other.requests == []
    other.close()


def test_private_addresses_are_reached_only_where_that_is_allowed(shared_server, endpoint, user):
    events = client_of(shared_server.aws_environment())
    events.create_event_bus(Name=user)
    port = endpoint.server_address[1]
    hosts = ["127.0.0.1", "localhost", "0.0.0.0", "0x7f.1", "2130706433", "169.254.169.254", "10.0.0.1"]
    for number, host in enumerate(hosts):
        for scheme in ("http", "https"):
            lead(events, f"private-{number}-{scheme}", f"{scheme}://{host}:{port}/", bus=user)
    event_id = put(events, user)
    dead = eventually(lambda: len(letters(shared_server, event_id)) == 2 * len(hosts) and letters(shared_server, event_id),
                      what="the dead letters")
    assert {each["error_code"] for each in dead} == {"NO_PERMISSIONS"}
    assert endpoint.requests == []


def test_a_rate_is_kept(events, endpoint, bus):
    lead(events, bus, endpoint.url, bus=bus, destination={"InvocationRateLimitPerSecond": 5})
    for number in range(11):
        put(events, bus, number=number)
    times = eventually(lambda: len(endpoint.requests) == 11 and sorted(r["at"] for r in endpoint.requests), what="all")
    assert times[-1] - times[0] >= 1.9


def test_a_slow_endpoint_holds_no_other_up(events, endpoint, bus):
    gate = threading.Event()
    slow = Endpoint()
    slow.answer = lambda request: (gate.wait(30) and 200 or 500, {}, b"")
    lead(events, f"{bus}-slow", slow.url, bus=bus)
    lead(events, f"{bus}-fast", endpoint.url, bus=bus)
    for number in range(200):
        put(events, bus, number=number)
    eventually(lambda: len(endpoint.requests) == 200, what="the fast one's")
    gate.set()
    eventually(lambda: {body["detail"]["number"] for body in slow.bodies()} == set(range(200)), what="the slow one's")
    slow.close()


def certificate_of(tmp_path, name):
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-out", files[0], "-keyout",
                    files[1], *subject], check=True, capture_output=True)
    return files


def test_a_certificate_is_checked(make_server, tmp_path):
    known, unknown = certificate_of(tmp_path, "known"), certificate_of(tmp_path, "unknown")
    good, bad = Endpoint(certificate=known), Endpoint(certificate=unknown)
    server = make_server("--private-targets", "127.0.0.1", launcher=("env", f"SSL_CERT_FILE={known[0]}"))
    events = client_of(server.aws_environment())
    lead(events, "good", good.url)
    lead(events, "bad", bad.url, RetryPolicy={"MaximumRetryAttempts": 0})
    event_id = put(events)
    eventually(lambda: good.requests, what="a request")
    letter = eventually(lambda: letters(server, event_id), what="a dead letter")[0]
    assert (letter["error_code"], letter["rule"]) == ("CONNECTION_FAILURE", "bad")
    assert "certificate" in letter["error_message"] and bad.requests == []
    good.close()
    bad.close()


def test_a_stage_is_added_with_no_code(make_server, tmp_path):
    """A rule on finished jobs reaches an endpoint once it is back: through retries, a restart and a redrive."""
    port = free_port()
    server = make_server("--private-targets", "127.0.0.1", data=tmp_path / "data")
    events = client_of(server.aws_environment())
    pattern = '{"source":["agent2.ingestor"],"detail-type":["Document Processing Completed"]}'
    lead(events, "finished", f"http://127.0.0.1:{port}/finished", bus="agent2-ingestor-events-dev", pattern=pattern,
         RetryPolicy={"MaximumRetryAttempts": 1})
    client = server.client()
    early = [client.ingest((f"parcel {n}\n".encode(), f"a{n}.txt"))["job_id"] for n in range(3)]

    def given_up():
        dead = json.loads(server.cli("bus", "dead-letters", "--json").stdout)["dead_letters"]
        return len([each for each in dead if each["rule"] == "finished"]) == 3

    eventually(given_up, what="the dead letters")
    arn = events.list_targets_by_rule(Rule="finished", EventBusName="agent2-ingestor-events-dev")["Targets"][0]["Arn"]
    events.put_targets(Rule="finished", EventBusName="agent2-ingestor-events-dev", Targets=[{"Id": "1", "Arn": arn}])
    late = [client.ingest((f"parcel {n}\n".encode(), f"b{n}.txt"))["job_id"] for n in range(3)]
    server.kill()
    endpoint = Endpoint(port)
    server = make_server("--private-targets", "127.0.0.1", data=tmp_path / "data")
    server.cli("bus", "redrive", "--all")
    eventually(lambda: {body["detail"]["job_id"] for body in endpoint.bodies()} == {*early, *late}, what="all jobs")
    endpoint.close()


def test_connections_tell_no_secret(server, events, user, environment):
    secret = {"Key": "X-S", "Value": "hidden-1", "IsValueSecret": True}
    connect(events, user, "OAUTH_CLIENT_CREDENTIALS", OAuthParameters={
        "ClientParameters": {"ClientID": "id", "ClientSecret": "hidden-2"}, "HttpMethod": "POST",
        "AuthorizationEndpoint": "https://127.0.0.1:1/token", "OAuthHttpParameters": {"BodyParameters": [secret]}},
        InvocationHttpParameters={"HeaderParameters": [secret, {"Key": "X-P", "Value": "shown"}]})
    eventually(lambda: events.describe_connection(Name=user).get("StateReason"), what="a reason")
    told = events.describe_connection(Name=user)
    assert "hidden" not in str(told)
    parameters = told["AuthParameters"]
    assert parameters["OAuthParameters"]["ClientParameters"] == {"ClientID": "id"}
    assert parameters["InvocationHttpParameters"]["HeaderParameters"] == [
        {"Key": "X-S", "IsValueSecret": True}, {"Key": "X-P", "Value": "shown", "IsValueSecret": False}]
    assert told["SecretArn"].startswith(f"arn:aws:secretsmanager:us-east-1:000000000000:secret:events!connection/{user}/")
    assert told["ConnectionState"] == "AUTHORIZING" and "127.0.0.1:1" in told["StateReason"]
    assert not any("hidden-" in line for line in server.lines)


def test_connections_and_destinations_have_a_life(events, user):
    arn = connect(events, user)
    assert arn.startswith(f"arn:aws:events:us-east-1:000000000000:connection/{user}/")
    assert refused(connect, events, user) == ("ResourceAlreadyExistsException", f"Connection {user} already exists.")
    made = events.create_api_destination(Name=user, ConnectionArn=arn, InvocationEndpoint="https://hooks.example/",
                                         HttpMethod="PATCH")
    assert made["ApiDestinationState"] == "ACTIVE"
    told = events.describe_api_destination(Name=user)
    assert (told["InvocationRateLimitPerSecond"], told["HttpMethod"], told["ConnectionArn"]) == (300, "PATCH", arn)
    assert refused(events.create_api_destination, Name=user, ConnectionArn=arn, HttpMethod="GET",
                   InvocationEndpoint="https://hooks.example/") == (
        "ResourceAlreadyExistsException", f"An api-destination '{user}' already exists.")
    events.update_api_destination(Name=user, InvocationRateLimitPerSecond=1, Description="of the depot")
    told = events.describe_api_destination(Name=user)
    assert (told["InvocationRateLimitPerSecond"], told["Description"], told["HttpMethod"]) == (1, "of the depot", "PATCH")
    events.update_connection(Name=user, Description="a key")
    assert events.describe_connection(Name=user)["Description"] == "a key"
    events.update_connection(Name=user, AuthorizationType="BASIC", AuthParameters={
        "BasicAuthParameters": {"Username": "ada", "Password": "pw"}})
    told = events.describe_connection(Name=user)
    assert (told["AuthorizationType"], told["AuthParameters"]) == ("BASIC", {"BasicAuthParameters": {"Username": "ada"}})
    assert events.deauthorize_connection(Name=user)["ConnectionState"] == "DEAUTHORIZING"
    assert events.describe_connection(Name=user)["ConnectionState"] == "DEAUTHORIZED"
    assert events.describe_api_destination(Name=user)["ApiDestinationState"] == "INACTIVE"
    assert [each["Name"] for each in events.list_connections(NamePrefix=user)["Connections"]] == [user]
    assert [each["Name"] for each in events.list_api_destinations(ConnectionArn=arn)["ApiDestinations"]] == [user]
    events.delete_api_destination(Name=user)
    assert refused(events.describe_api_destination, Name=user) == (
        "ResourceNotFoundException",
        f"Failed to describe the api-destination(s). An api-destination '{user}' does not exist.")
    assert events.delete_connection(Name=user)["ConnectionState"] == "DELETING"
    assert refused(events.describe_connection, Name=user) == (
        "ResourceNotFoundException", f"Failed to describe the connection(s). Connection '{user}' does not exist.")


def test_what_cannot_be_is_refused_with_the_words_of_eventbridge(events, user):
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "k-1"}}

    def text(call, **members):
        code, message = refused(call, Name=user, **members)
        assert code == "ValidationException", message
        return message

    assert "Value null at 'authParameters'" in text(events.create_connection, AuthorizationType="BASIC")
    assert "[BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]" in text(
        events.create_connection, AuthorizationType="NONE", AuthParameters=key)
    assert "not those of authorization type BASIC" in text(
        events.create_connection, AuthorizationType="BASIC", AuthParameters=key)
    assert "BasicAuthParameters.Username is required" in text(
        events.create_connection, AuthorizationType="BASIC", AuthParameters={})
    assert "regular expression" in text(events.create_connection, AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyName": "X-A\r\nX-B", "ApiKeyValue": "k"}})
    assert "sets this header itself" in text(events.create_connection, AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyName": "Host", "ApiKeyValue": "k"}})
    assert "does nothing with it" in text(events.create_connection, AuthorizationType="API_KEY", AuthParameters=key,
                                          KmsKeyIdentifier="alias/k")
    arn = connect(events, user)
    url = "https://hooks.example/"
    assert r"connection\/[\.\-_A-Za-z0-9]+" in text(
        events.create_api_destination, ConnectionArn="zz", InvocationEndpoint=url, HttpMethod="POST")
    assert "[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]" in text(
        events.create_api_destination, ConnectionArn=arn, InvocationEndpoint=url, HttpMethod="FETCH")
    assert "must be a URL of https" in text(
        events.create_api_destination, ConnectionArn=arn, InvocationEndpoint="ftp://hooks.example/", HttpMethod="POST")
    assert "greater than or equal to 1" in text(
        events.create_api_destination, ConnectionArn=arn, InvocationEndpoint=url, HttpMethod="POST",
        InvocationRateLimitPerSecond=0)
    gone = arn[:-1] + "0" if not arn.endswith("0") else arn[:-1] + "1"
    assert refused(events.create_api_destination, Name=user, ConnectionArn=gone, InvocationEndpoint=url,
                   HttpMethod="POST")[0] == "ResourceNotFoundException"
    events.create_event_bus(Name=user)
    events.put_rule(Name="r", EventBusName=user, EventPattern=PATTERN)
    queue = "arn:aws:sqs:us-east-1:000000000000:q"
    assert "no API destination" in refused(events.put_targets, Rule="r", EventBusName=user, Targets=[
        {"Id": "1", "Arn": queue, "HttpParameters": {"PathParameterValues": ["a"]}}])[1]


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_the_cli_makes_an_http_target(events, endpoint, user, environment, cli):
    name = f"cli-{CLIS.index(cli)}"
    aws(environment, cli, "events", "create-event-bus", "--name", name)
    arn = aws(environment, cli, "events", "create-connection", "--name", name, "--authorization-type", "API_KEY",
              "--auth-parameters", "ApiKeyAuthParameters={ApiKeyName=X-Key,ApiKeyValue=k}")["ConnectionArn"]
    # CLI v1 would fetch what a parameter's URL leads to.
    target = aws(environment, cli, "events", "create-api-destination", "--cli-input-json", json.dumps({
        "Name": name, "ConnectionArn": arn, "InvocationEndpoint": endpoint.url, "HttpMethod": "POST"}))["ApiDestinationArn"]
    aws(environment, cli, "events", "put-rule", "--name", "r", "--event-bus-name", name, "--event-pattern", PATTERN)
    aws(environment, cli, "events", "put-targets", "--rule", "r", "--event-bus-name", name, "--targets",
        f"Id=1,Arn={target},HttpParameters={{QueryStringParameters={{a=b}}}}")
    listed = aws(environment, cli, "events", "list-targets-by-rule", "--rule", "r", "--event-bus-name", name)["Targets"]
    assert listed[0]["HttpParameters"] == {"QueryStringParameters": {"a": "b"}}
    put(events, name, grams=1)
    assert eventually(lambda: endpoint.requests, what="a request")[0]["path"] == "/?a=b"


def test_the_javascript_sdk_calls_every_operation(events, endpoint, user, environment, javascript):
    ended = subprocess.run(["node", javascript / "eventbridge_client.mjs", user, endpoint.url], capture_output=True, text=True,
                           timeout=120, env=environment)
    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    assert len(found.pop("operations")) == 40
    assert found == {
        "bus": "of the depot", "buses": 1, "connection": "X-Key", "connections": ["AUTHORIZED"], "destination": 50,
        "destinations": ["ACTIVE"], "targets": 0, "listed": ["1"], "byTarget": ["r"], "rules": ["ENABLED"],
        "disabled": "DISABLED", "archive": "kept", "archives": 1, "matches": True, "put": [1, "MalformedDetail"],
        "replay": "COMPLETED", "replays": 1, "cancelled": "IllegalStatusException", "tags": [{"Key": "floor", "Value": "2"}],
        "refused": [True, f"Rule none does not exist on EventBus {user}."], "deauthorized": "DEAUTHORIZING"}
    eventually(lambda: len(endpoint.requests) >= 2, what="the event and its replay")


class Putter(threading.Thread):
    """Puts events ten at a time through every outage, and remembers which were accepted."""

    def __init__(self, environment, number, wanted):
        super().__init__(daemon=True)
        self.environment, self.number, self.wanted = environment, number, wanted
        self.accepted = []
        self.start()

    def run(self):
        events = client_of(self.environment)
        while len(self.accepted) < self.wanted:
            entries = [{"Source": "depot.scale", "DetailType": "Parcel Weighed",
                        "Detail": json.dumps({"of": self.number, "n": len(self.accepted) + n})} for n in range(10)]
            try:
                answer = events.put_events(Entries=entries)
            except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
                time.sleep(0.02)
                continue
            self.accepted += [each["EventId"] for each in answer["Entries"] if "EventId" in each]


def test_every_target_has_every_event_through_kills(make_server, endpoint, tmp_path):
    """10,000 events for a queue, a log group and an endpoint, while the server is killed again and again."""
    listen = f"127.0.0.1:{free_port()}"
    options = {"data": tmp_path / "data", "listen": listen}
    server = make_server("--rate-limit", "0", "--private-targets", "127.0.0.1", **options)
    environment = server.aws_environment()
    events = client_of(environment)
    sqs, logs = (boto3.client(
        service, endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1", config=Config(retries={"max_attempts": 8}),
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"], aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])
        for service in ("sqs", "logs"))
    queue = sqs.create_queue(QueueName="parcels")["QueueUrl"]
    logs.create_log_group(logGroupName="/parcels")
    lead(events, "all", endpoint.url, destination={"InvocationRateLimitPerSecond": 100_000})
    events.put_targets(Rule="all", Targets=[
        {"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:000000000000:parcels"},
        {"Id": "log", "Arn": "arn:aws:logs:us-east-1:000000000000:log-group:/parcels"}])
    putters = [Putter(environment, number, 1_250) for number in range(8)]

    def count():
        return sum(len(putter.accepted) for putter in putters)

    chance = random.Random(20261130)
    for kill in range(8):
        wanted = count() + chance.randint(200, 1_000)
        eventually(lambda: count() >= wanted or count() >= 10_000, what="accepted events")
        server.kill()
        server.start()
    for putter in putters:
        putter.join(120)
    accepted = {each for putter in putters for each in putter.accepted}
    assert len(accepted) >= 10_000
    received = {"queue": [], "log": [], "endpoint": []}

    def has_all(target):
        return accepted <= set(received[target])

    def at_endpoint():
        received["endpoint"] = [body["id"] for body in endpoint.bodies()]
        return has_all("endpoint")

    def on_queue():
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            received["queue"] += [json.loads(message["Body"])["id"] for message in messages]
            sqs.delete_message_batch(QueueUrl=queue, Entries=[
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)])
        return has_all("queue")

    def in_log():
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/parcels")
        received["log"] = [json.loads(line["message"])["id"] for page in pages for line in page["events"]]
        return has_all("log")

    eventually(at_endpoint, 180, "every event at the endpoint")
    eventually(on_queue, 60, "every event on the queue")
    eventually(in_log, 60, "every event in the log group")
    duplicates = {target: len(ids) - len(set(ids)) for target, ids in received.items()}
    print(f"{len(accepted)} events, 8 kills, duplicates: {duplicates}")
