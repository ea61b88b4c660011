"""The function over stand-ins of AWS's services: the flow of the architecture, identity, and what Lambda does to it."""
import base64
import hashlib
import hmac
import json
import os
import signal
import time

import jwt
import pytest
import requests

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.cognitoidp.models import cognitoidp_backends

from aws_world import BUCKET, AwsWorld, descendants, request_v1, request_v2
from server import ROOT

SAMPLES = ROOT / "samples/documents"


@pytest.fixture
def world():
    account = AwsWorld()
    yield account
    account.close()


def sample(name):
    return name, (SAMPLES / name).read_bytes()


def test_an_upload_becomes_an_event_and_the_event_a_document(world):
    ada = world.token()
    answer = world.submit(ada, sample("harbour-report.pdf"), sample("committee-minutes.docx"))
    assert answer["status"] == "queued" and answer["files_count"] == 2
    assert answer["message"] == "Job created and queued for processing. Check Jobs page for status."
    job_id = answer["job_id"]
    assert world.job(ada, job_id)["status"] == "queued"

    [event] = world.events()
    assert event["source"] == "agent2.ingestor" and event["detail-type"] == "Document Processing Required"
    assert event["detail"]["job_id"] == job_id and len(event["detail"]["files"]) == 2
    [outcome] = world.deliver(event)
    assert outcome.kind == "response"

    job = world.job(ada, job_id)
    assert job["status"] == "completed" and job["documents_processed"] == 2 and job["attempts_count"] == 1
    keys = world.objects()
    for n, file in enumerate(job["files"]):
        assert {file["markdown_key"], file["sidecar_key"]} <= set(keys)
        markdown = world.call("GET", f"/jobs/{job_id}/documents/{n}/markdown", ada)
        stored = world.client("s3").get_object(Bucket=BUCKET, Key=file["markdown_key"])["Body"].read()
        assert markdown.status == 200 and markdown.body == stored and stored.startswith(b"#")
    assert f"documents/{job_id}/manifest.json" in keys
    [end] = world.events("ends")
    assert end["detail-type"] == "Document Processing Completed" and end["detail"]["job_id"] == job_id
    assert [entry["job_id"] for entry in world.call("GET", "/jobs", ada).json["jobs"]] == [job_id]


@pytest.mark.parametrize("make", [request_v1, request_v2], ids=["REST API", "HTTP API and function URL"])
def test_requests_of_every_gateway_are_answered(world, make):
    ada = world.token()
    assert world.call("GET", "/health", make=make).json["engine"] == "aws"
    assert world.call("GET", "/jobs", make=make).status == 401
    assert world.call("GET", "/jobs", ada, make=make).json == {"jobs": [], "next_cursor": None}
    assert world.call("GET", "/nowhere", ada, make=make).status == 404
    wrong = world.call("POST", "/upload/process-s3-files", ada, {"files": "none"}, make=make)
    assert wrong.status == 422 and wrong.json["detail"][0]["loc"] == ["body", "files"]
    page = world.call("GET", "/app/", make=make)
    assert page.status == 200 and b"<html" in page.body and page.headers["content-type"].startswith("text/html")


def test_documents_come_and_go_as_bytes(world):
    ada = world.token()
    name, content = sample("harbour-report.pdf")
    form = requests.Request("POST", "http://x/", files={"files": (name, content)}, data={"job_name": "By form"}).prepare()
    answer = world.call("POST", "/upload", ada, form.body, headers={"Content-Type": form.headers["Content-Type"]})
    assert answer.status == 202, answer.body
    world.deliver_all()
    job = world.job(ada, answer.json["job_id"])
    assert job["status"] == "completed" and job["job_name"] == "By form"
    source = world.call("GET", f"/jobs/{job['job_id']}/documents/0/source", ada)
    assert source.status == 200 and source.body == content and source.headers["content-type"] == "application/pdf"


def test_what_is_too_large_for_an_answer_is_a_link(world):
    ada = world.token()
    content = b"# Long\n\n" + b"All work and no play makes Jack a dull boy.\n\n" * 110_000
    job_id = world.submit(ada, ("long.md", content))["job_id"]
    world.deliver_all()
    assert world.job(ada, job_id)["status"] == "completed"
    link = world.call("GET", f"/jobs/{job_id}/documents/0/markdown", ada)
    assert link.status == 302, link.status
    followed = requests.get(link.headers["location"], timeout=30)
    assert followed.status_code == 200 and followed.text.startswith("# Long")
    assert followed.headers["content-disposition"].startswith("attachment")


def test_nobody_reaches_what_is_not_theirs(world):
    ada, eve = world.token("ada"), world.token("eve")
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    key = world.job(ada, job_id)["files"][0]["file_key"]
    assert world.call("GET", f"/jobs/{job_id}", eve).status == 404
    assert world.call("POST", f"/jobs/{job_id}/cancel", eve).status == 404
    assert world.call("POST", "/upload/process-s3-files", eve, {"files": [{"file_key": key}]}).status == 403
    assert world.call("GET", "/jobs", eve).json["jobs"] == []


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def test_tokens_of_the_pool_are_taken_and_forged_ones_are_not(world):
    tokens = world.sign_in("ada")
    for kind in ("AccessToken", "IdToken"):
        assert world.call("GET", "/jobs", tokens[kind]).status == 200, kind
    good = tokens["AccessToken"]
    header, claims, signature = good.split(".")
    read = lambda part: json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    jwks = requests.get(f"{world.endpoint}/{world.pool}/.well-known/jwks.json", timeout=10).json()
    public = jwt.PyJWK(jwks["keys"][0]).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    hs256 = f"{encoded(read(header) | {'alg': 'HS256'})}.{claims}"
    confused = base64.urlsafe_b64encode(hmac.new(public, hs256.encode(), hashlib.sha256).digest()).decode().rstrip("=")

    cognito = world.client("cognito-idp")
    other_client = cognito.create_user_pool_client(UserPoolId=world.pool, ClientName="other", ExplicitAuthFlows=[
        "ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]
    other_pool = cognito.create_user_pool(PoolName="others")["UserPool"]["Id"]
    client_there = cognito.create_user_pool_client(UserPoolId=other_pool, ClientName="page", ExplicitAuthFlows=[
        "ALLOW_USER_PASSWORD_AUTH"])["UserPoolClient"]["ClientId"]

    # With the pool's own key a claim alone is wrong; unchanged, such a token is good.
    pool_key = cognitoidp_backends["123456789012"]["us-east-1"].user_pools[world.pool].json_web_key.as_pem(private=True)
    signed = lambda key=pool_key, **changes: jwt.encode(read(claims) | changes, key, algorithm="RS256", headers=read(header))
    assert world.call("GET", "/jobs", signed()).status == 200
    now = int(time.time())
    forged = {
        "no algorithm": f"{encoded(read(header) | {'alg': 'none'})}.{claims}.",
        "no algorithm, spelt otherwise": f"{encoded(read(header) | {'alg': 'nOnE'})}.{claims}.{signature}",
        "HMAC keyed with the public key": f"{hs256}.{confused}",
        "signed by a stranger": signed(key=stranger),
        "a stranger's key brought along": jwt.encode(read(claims), stranger, algorithm="RS256", headers=read(header) | {
            "jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key()))}),
        "a key id that is a path": jwt.encode(read(claims), stranger, algorithm="RS256", headers={"kid": "../../dev/null"}),
        "other claims under the signature": f"{header}.{encoded(read(claims) | {'sub': 'eve'})}.{signature}",
        "a signature cut short": good[:-8],
        "the signature of another token": f"{header}.{claims}.{world.sign_in('eve')['AccessToken'].split('.')[2]}",
        "another client of the pool": world.sign_in("ada", client_id=other_client)["AccessToken"],
        "another pool": world.sign_in("ada", client_id=client_there, pool=other_pool)["AccessToken"],
        "expired": signed(exp=now - 600),
        "not valid yet": signed(nbf=now + 600),
        "another issuer": signed(iss="https://cognito-idp.us-east-1.amazonaws.com/us-east-1_elsewhere"),
        "for another use": signed(token_use="refresh"),
        "for another client": signed(client_id="stranger"),
        "of nobody": signed(sub=""),
        "nothing": "x", "empty parts": "..",
    }
    for what, token in forged.items():
        assert world.call("GET", "/jobs", token).status == 401, what


def test_a_bad_document_fails_its_job_and_says_why(world):
    ada = world.token()
    job_id = world.submit(ada, ("broken.pdf", b"%PDF-1.7\nnothing else"), ("good.md", b"# Good\n"))["job_id"]
    [event] = world.events()
    assert [outcome.kind for outcome in world.deliver(event)] == ["response"]
    job = world.job(ada, job_id)
    assert job["status"] == "failed" and "broken.pdf" in job["error"]
    assert [file["status"] for file in job["files"]] == ["failed", "completed"]
    assert world.call("POST", f"/jobs/{job_id}/retry", ada).status == 202
    assert world.job(ada, job_id)["status"] == "queued"
    world.deliver_all()
    assert world.job(ada, job_id)["attempts_count"] == 2


def test_a_duplicate_event_does_nothing(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    [event] = world.events()
    world.deliver(event)
    before = world.job(ada, job_id)
    assert [outcome.kind for outcome in world.deliver(event)] == ["response"]
    assert world.job(ada, job_id) == before
    assert len(world.events("ends")) == 1


def test_a_job_larger_than_an_invocation_goes_on_in_further_ones(world):
    ada = world.token()
    documents = [(f"{n}.md", f"# Document {n}\n".encode()) for n in range(2 * (os.cpu_count() or 1) + 3)]
    job_id = world.submit(ada, *documents)["job_id"]
    # Less than the reserve below which no further document is begun, once the helpers are busy.
    world.deliver_all(seconds=9)
    job = world.job(ada, job_id)
    assert job["status"] == "completed" and job["attempts_count"] >= 3
    assert all(attempt["error"] is None for attempt in job["attempts"])
    assert len(world.events("ends")) == 1


def test_an_idempotency_key_gives_the_same_job(world):
    ada = world.token()
    key = world.upload(ada, "a.md", b"# A\n")
    submit = lambda: world.call("POST", "/upload/process-s3-files", ada, {"files": [{"file_key": key}]},
                                headers={"Idempotency-Key": "once"})
    assert submit().json["job_id"] == submit().json["job_id"]
    assert len(world.events()) == 1


def test_a_job_is_cancelled(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    assert world.call("POST", f"/jobs/{job_id}/cancel", ada).status == 202
    world.deliver_all()
    job = world.job(ada, job_id)
    assert job["status"] == "cancelled" and job["attempts_count"] == 0


def test_a_helper_that_dies_is_replaced(world):
    ada = world.token()
    first = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    world.deliver_all()
    assert world.job(ada, first)["status"] == "completed"
    helpers = [pid for pid, name in descendants(world.function.process.pid)]
    assert helpers
    for pid in helpers:
        os.kill(pid, signal.SIGKILL)
    second = world.submit(ada, ("b.md", b"# B\n"))["job_id"]
    world.deliver_all()
    assert world.job(ada, second)["status"] == "completed"


def test_what_no_handler_knows_is_an_error(world):
    for event in ({"hello": "world"}, [], b"not JSON", {"detail-type": "Something Else", "source": "agent2.ingestor", "detail": {}}):
        outcome = world.function.invoke(event)
        assert outcome.kind == "error" and outcome.json["errorType"].startswith("Function."), event


def test_every_line_of_an_invocation_names_it(world):
    ada = world.token()
    job_id = world.submit(ada, ("a.md", b"# A\n"))["job_id"]
    [event] = world.events()
    world.function.invoke(event, request_id="the-request")
    lines = [entry for entry in world.function.log() if entry.get("request_id") == "the-request"]
    ended = next(entry for entry in lines if entry.get("msg") == "job ended")
    assert ended["job_id"] == job_id and ended["event_id"] == event["id"]
    metrics = next(entry for entry in lines if "_aws" in entry)
    [directive] = metrics["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "agent2-ingestor" and directive["Dimensions"][0][0] == "environment"
    everything = "\n".join(world.function.lines)
    assert ada not in everything and "X-Amz-Signature" not in everything and "secret" not in everything


def test_without_configuration_the_start_is_reported(world):
    world.function.variables.pop("COGNITO_USER_POOL_ID")
    world.function.start()
    assert world.function.process.wait(30) != 0
    assert "COGNITO_USER_POOL_ID" in world.function.api.start_failure["errorMessage"]
