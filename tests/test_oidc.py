"""Tokens of an issuer elsewhere: discovery, key rotation without a restart, and what is refused."""
import base64
import http.server
import json
import re
import threading
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from server import Client

AUDIENCE = "web-page"


class Issuer:
    """An OpenID provider as far as its keys go, on loopback."""

    def __init__(self):
        self.keys = {}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                documents = {"/.well-known/openid-configuration": {
                                 "issuer": issuer.url, "jwks_uri": issuer.url + "/keys",
                                 "authorization_endpoint": issuer.url + "/authorize", "token_endpoint": issuer.url + "/token",
                                 "end_session_endpoint": "javascript:alert(1)"},
                             "/keys": {"keys": [issuer.public(kid) for kid in issuer.keys]}}
                document = documents.get(self.path)
                self.send_response(200 if document else 404)
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add_key(self, kid):
        self.keys[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def public(self, kid):
        numbers = self.keys[kid].public_key().public_numbers()
        text = lambda n: base64.urlsafe_b64encode(n.to_bytes((n.bit_length() + 7) // 8, "big")).decode().rstrip("=")
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": text(numbers.n), "e": text(numbers.e)}

    def token(self, kid="one", key=None, **changes):
        now = int(time.time())
        claims = {"iss": self.url, "sub": "ada", "aud": AUDIENCE, "iat": now, "exp": now + 600} | changes
        return jwt.encode(claims, key or self.keys[kid], algorithm="RS256", headers={"kid": kid})


@pytest.fixture
def issuer():
    provider = Issuer()
    provider.add_key("one")
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


@pytest.fixture
def server(make_server, issuer):
    return make_server("--auth", "oidc", "--oidc-issuer", issuer.url, "--oidc-audience", AUDIENCE)


def test_tokens_of_the_issuer_are_taken(server, issuer):
    client = Client(server.url, issuer.token())
    job = client.ingest((b"# A\n", "a.md"))
    assert job["status"] == "completed" and job["user_id"] == "ada"


def test_the_page_learns_where_to_sign_in(server, issuer):
    config = requests.get(server.url + "/app/config.json", timeout=10).json()
    assert config["auth"] == {
        "mode": "oidc", "issuer": issuer.url, "client_id": AUDIENCE, "scope": "openid email",
        "authorization_endpoint": issuer.url + "/authorize", "token_endpoint": issuer.url + "/token",
        "end_session_endpoint": None, "session": "cookie"}


def test_the_page_hands_its_token_over(server, issuer):
    browser = requests.Session()
    browser.headers["sec-fetch-site"] = "same-origin"
    opened = browser.post(server.url + "/auth/session", json={}, headers={"Authorization": f"Bearer {issuer.token()}"}, timeout=10)
    assert opened.status_code == 200 and opened.json()["user_id"] == "ada"
    assert int(re.search(r"Max-Age=(\d+)", opened.headers["set-cookie"]).group(1)) <= 600
    assert browser.get(server.url + "/jobs", timeout=10).status_code == 200
    coded = browser.post(server.url + "/auth/session", json={"code": "x"}, timeout=10)
    assert coded.status_code == 404 and "issuer" in coded.json()["detail"]


def test_a_token_too_long_for_a_cookie_says_so(server, issuer):
    long = issuer.token(groups="g" * 4000)
    answer = requests.post(server.url + "/auth/session", json={}, headers={"Authorization": f"Bearer {long}"}, timeout=10)
    assert answer.status_code == 413 and "claims" in answer.json()["detail"]


def test_what_is_not_the_issuers_is_refused(server, issuer):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    past = int(time.time()) - 600
    for what, token in {"another key": issuer.token(key=stranger), "another issuer": issuer.token(iss="https://evil.example"),
                        "another audience": issuer.token(aud="other"), "expired": issuer.token(exp=past),
                        "not yet": issuer.token(nbf=int(time.time()) + 600), "no subject": issuer.token(sub="")}.items():
        assert Client(server.url, token).get("/jobs").status_code == 401, what
    assert Client(server.url, server.cli("token", check=False).stdout.strip() or "x").get("/jobs").status_code == 401


def test_a_server_without_an_issuer_says_what_it_needs(tmp_path):
    from server import Server
    server = Server(tmp_path, "--auth", "oidc")
    server.start(wait=False)
    assert server.wait_end(20) != 0
    assert any("--oidc-issuer" in line for line in server.lines)


def test_it_starts_while_the_issuer_is_down(make_server):
    server = make_server("--auth", "oidc", "--oidc-issuer", "http://127.0.0.1:9", "--oidc-audience", AUDIENCE)
    answer = Client(server.url, "e30.e30.e30").get("/jobs")
    assert answer.status_code in (401, 503)
    config = requests.get(server.url + "/app/config.json", timeout=10)
    assert config.status_code == 503 and config.headers["retry-after"]
