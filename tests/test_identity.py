"""Who may do what. The verifier's own attacks are in backend/src/identity; these go through the API."""
import base64
import hashlib
import hmac
import json

import jwt
import pytest
import requests

from server import Client

PROTECTED = [("GET", "/jobs"), ("GET", "/jobs/counts"), ("GET", "/jobs/events"), ("GET", "/service"), ("GET", "/metrics"),
             ("GET", "/auth/session"), ("POST", "/upload/presigned-url"), ("POST", "/upload/process-s3-files"), ("POST", "/upload"), ("POST", "/jobs/retry"), ("POST", "/jobs/cancel"),
             ("POST", "/jobs/delete"), ("DELETE", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057"),
             ("GET", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057"),
             ("POST", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057/retry"),
             ("POST", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057/cancel"),
             ("GET", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057/events"),
             ("GET", "/jobs/01890a5d-ac96-774b-bcce-b302099a8057/documents/0/markdown")]


@pytest.mark.parametrize("method,path", PROTECTED)
def test_nothing_is_done_without_a_token(shared_server, method, path):
    answer = requests.request(method, shared_server.url + path, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "Authorization" in answer.json()["detail"]


def forged(token, **changes):
    """The token with other claims, its signature kept."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | changes
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), signature])


def hmac_signed(claims, key):
    """HS256 by hand: libraries refuse to sign with what looks like a public key."""
    def part(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    signed = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    return signed + "." + part(hmac.new(key, signed.encode(), hashlib.sha256).digest())


def test_forged_tokens_are_refused(shared_server):
    token = shared_server.token("ada")
    jwks = requests.get(shared_server.url + "/.well-known/jwks.json", timeout=10).json()
    claims = jwt.decode(token, options={"verify_signature": False})
    attacks = {
        "other user": forged(token, sub="bob"),
        "none": jwt.encode(claims, None, algorithm="none"),
        "hmac with the public key": hmac_signed(claims, json.dumps(jwks["keys"][0]).encode()),
        "cut signature": token[:-4],
        "no signature": token.rsplit(".", 1)[0] + ".",
        "garbage": "abc",
        "huge": "a" * 9000,
    }
    for name, attack in attacks.items():
        answer = requests.get(shared_server.url + "/jobs", headers={"Authorization": f"Bearer {attack}"}, timeout=10)
        assert answer.status_code == 401, name
        assert attack not in answer.text, name


def test_standard_clients_verify_our_tokens(shared_server):
    token = shared_server.token("ada")
    keys = jwt.PyJWKClient(shared_server.url + "/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(token)
    discovery = requests.get(shared_server.url + "/.well-known/openid-configuration", timeout=10).json()
    claims = jwt.decode(token, key.key, algorithms=["ES256", "RS256"], audience="agent2-ingestor", issuer=discovery["issuer"])
    assert claims["sub"] == "ada" and claims["token_use"] == "access"


def test_another_users_job_is_not_there(shared_server, client):
    job = client.ingest((b"# Mine\n", "mine.md"))
    eve = shared_server.client("eve")
    job_id = job["job_id"]
    for method, path in (("GET", f"/jobs/{job_id}"), ("POST", f"/jobs/{job_id}/retry"), ("POST", f"/jobs/{job_id}/cancel"),
                         ("GET", f"/jobs/{job_id}/events"), ("GET", f"/jobs/{job_id}/documents/0/markdown"),
                         ("GET", f"/jobs/{job_id}/documents/0/sidecar"), ("GET", f"/jobs/{job_id}/documents/0/chunks")):
        assert eve.http.request(method, eve.url + path, timeout=10).status_code == 404, path
    assert job_id not in eve.get("/jobs").text
    outcome = eve.post("/jobs/cancel", {"job_ids": [job_id]}).json()
    assert outcome["count"] == 0


def test_another_users_file_is_forbidden(shared_server, client, user):
    key = client.upload(b"# Mine\n", "mine.md")
    eve = shared_server.client("eve")
    answer = eve.post("/upload/process-s3-files", {"files": [{"file_key": key}]})
    assert answer.status_code == 403
    # A user whose name is the beginning of another's must not reach what is below it.
    for name in (user[:-1], user + "/", user + "/" + key.split("/")[2], "%2e%2e"):
        sneaky = shared_server.client(name)
        assert sneaky.post("/upload/process-s3-files", {"files": [{"file_key": key}]}).status_code == 403, name


def test_keys_outside_the_uploads_are_forbidden(client):
    job = client.ingest((b"# A\n", "a.md"))
    for key in (job["files"][0]["markdown_key"], "documents/x", "../x", "uploads/../documents/x"):
        assert client.post("/upload/process-s3-files", {"files": [{"file_key": key}]}).status_code == 403, key


def test_the_sign_in_link_works_once(make_server):
    server = make_server()
    code = server.sign_in_code()
    first = requests.post(server.url + "/auth/token", json={"code": code}, timeout=10)
    assert first.status_code == 200
    assert Client(server.url, first.json()["access_token"]).get("/jobs").status_code == 200
    again = requests.post(server.url + "/auth/token", json={"code": code}, timeout=10)
    assert again.status_code == 401 and "used" in again.json()["detail"]
    unknown = requests.post(server.url + "/auth/token", json={"code": "x" * 32}, timeout=10)
    assert unknown.status_code == 401 and unknown.json() != again.json()


def test_tokens_outlive_a_restart(make_server):
    server = make_server()
    token = server.token("ada")
    server.stop()
    server.start()
    assert Client(server.url, token).get("/jobs").status_code == 200


def test_without_authentication_everyone_is_the_local_user(make_server):
    server = make_server("--auth", "none")
    job = Client(server.url).ingest((b"# A\n", "a.md"))
    assert job["status"] == "completed" and job["user_id"] == "local"
    # A page of another site, whose name was made to lead here, is of one origin with us: only Host tells.
    for host, status in (("evil.example", 403), ("127.0.0.1.evil.example:8080", 403), ("localhost:8080", 200), ("[::1]:1", 200)):
        assert requests.get(server.url + "/jobs", headers={"Host": host}, timeout=10).status_code == status, host


def test_no_authentication_only_on_loopback(tmp_path):
    from server import Server
    server = Server(tmp_path, "--auth", "none", listen="0.0.0.0:0")
    server.start(wait=False)
    assert server.wait_end(20) != 0
    assert any("loopback" in line for line in server.lines)


def test_no_secret_is_logged(make_server):
    server = make_server("--log-level", "debug")
    client = server.client()
    client.ingest((b"# A\n", "a.md"))
    token = client.http.headers["Authorization"].split()[1]
    secret = server.aws_environment()["AWS_SECRET_ACCESS_KEY"]
    server.stop()
    log = "\n".join(server.lines)
    assert token not in log and secret not in log and "X-Amz-Signature" not in log
