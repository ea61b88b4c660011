"""The function of one machine, invoked as Lambda's is: by boto3 and both generations of the AWS CLI."""
import base64
import json
import subprocess

import boto3
import pytest
from botocore.config import Config


from test_eventbridge import CLIS, refused

FUNCTION = "agent2-ingestor-api-dev"
ARN = f"arn:aws:lambda:us-east-1:000000000000:function:{FUNCTION}"


@pytest.fixture(scope="module")
def environment(shared_server):
    return shared_server.aws_environment()


@pytest.fixture(scope="module")
def function(environment):
    return boto3.client("lambda", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
                        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
                        config=Config(retries={"max_attempts": 1}, parameter_validation=False))


def request(method, path, token=None, body=None):
    """As API Gateway gives a request to a function (payload format 2.0)."""
    headers = {"host": "localhost", "content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    event = {"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": headers,
             "requestContext": {"http": {"method": method, "path": path, "sourceIp": "127.0.0.1"}, "requestId": "gw", "stage": "$default"},
             "isBase64Encoded": False}
    if body is not None:
        event["body"] = json.dumps(body)
    return event


def invoke(function, payload, **members):
    answer = function.invoke(FunctionName=FUNCTION, Payload=json.dumps(payload), **members)
    return answer, json.loads(answer["Payload"].read() or "null")


def process_event(job):
    return {"version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "Document Processing Required",
            "source": "agent2.ingestor", "account": "000000000000", "time": "2026-03-01T12:00:00Z", "region": "us-east-1", "resources": [],
            "detail": {"job_id": job["job_id"], "user_id": job["user_id"], "job_name": job["job_name"], "files": []}}


def test_a_request_is_answered_as_behind_a_gateway(function, shared_server):
    answer, payload = invoke(function, request("GET", "/health"), LogType="Tail")
    assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == "$LATEST" and "FunctionError" not in answer
    assert payload["statusCode"] == 200 and json.loads(payload["body"])["status"] == "healthy"
    log = base64.b64decode(answer["LogResult"]).decode()
    assert [line.split()[0] for line in log.splitlines()] == ["START", "END", "REPORT"]
    # The function's own checks hold: the key that invokes is no sign-in.
    assert invoke(function, request("GET", "/jobs"))[1]["statusCode"] == 401
    assert invoke(function, request("GET", "/jobs", shared_server.token()))[1]["statusCode"] == 200


def test_an_event_of_the_bus_works_its_job_off(function, shared_server):
    client = shared_server.client()
    job = client.wait(client.submit([client.upload(b"# A\n\nOne paragraph.\n", "a.md")]))
    assert job["status"] == "completed"
    # It has ended: the event is acknowledged and nothing happens.
    assert invoke(function, process_event(job))[1] == {"status": "done"}
    assert client.job(job["job_id"])["attempts"] == job["attempts"]


def test_what_fails_is_the_functions_error(function):
    answer, payload = invoke(function, {"source": "depot"})
    assert (answer["StatusCode"], answer["FunctionError"], payload["errorType"]) == (200, "Unhandled", "Function.InvalidEvent")
    assert invoke(function, {"action": "health"})[1] == {"status": "healthy", "environment": "dev"}
    assert "republished" in invoke(function, {"action": "sweep"})[1]


def test_an_event_is_taken_and_a_dry_run_does_nothing(function, environment):
    assert invoke(function, {"action": "health"}, InvocationType="Event")[0]["StatusCode"] == 202
    assert invoke(function, {"action": "health"}, InvocationType="DryRun")[0]["StatusCode"] == 204


def test_errors_are_those_of_lambda(function, shared_server):
    assert refused(function.invoke, FunctionName="other", Payload="{}") == \
        ("ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:000000000000:function:other")
    code, message = refused(function.invoke, FunctionName=FUNCTION, Payload="{")
    assert code == "InvalidRequestContentException" and message.startswith("Could not parse request body into json: ")
    assert refused(function.invoke, FunctionName=FUNCTION, Payload=" " * ((6 << 20) + 1))[0] == "RequestTooLargeException"
    assert refused(function.invoke, FunctionName=FUNCTION, InvocationType="Event", Payload=" " * ((1 << 20) + 1))[0] == "RequestTooLargeException"
    stranger = boto3.client("lambda", endpoint_url=shared_server.url, region_name="us-east-1", aws_access_key_id="AKIANOBODY",
                            aws_secret_access_key="x", config=Config(retries={"max_attempts": 1}))
    assert refused(stranger.list_functions)[0] == "UnrecognizedClientException"


def test_the_function_is_found_by_name_and_arn(function):
    assert [each["FunctionName"] for each in function.list_functions()["Functions"]] == [FUNCTION]
    assert function.get_function(FunctionName=ARN)["Configuration"]["FunctionArn"] == ARN
    assert function.get_function_configuration(FunctionName=f"{FUNCTION}:$LATEST")["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{FUNCTION}"
    assert invoke(function, {"action": "health"}, Qualifier="$LATEST")[0]["StatusCode"] == 200


@pytest.mark.parametrize("cli", CLIS, ids=["v1", "v2"])
def test_the_aws_cli_invokes(environment, cli, tmp_path):
    out = tmp_path / "out.json"
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps(request("GET", "/health")))
    subprocess.run([cli, "--endpoint-url", environment["AWS_ENDPOINT_URL"], "lambda", "invoke", "--function-name", FUNCTION,
                    "--payload", f"fileb://{payload}", out], check=True, capture_output=True, text=True, timeout=120,
                   env={key: value for key, value in environment.items() if key != "PYTHONPATH"})
    assert json.loads(out.read_text())["statusCode"] == 200
