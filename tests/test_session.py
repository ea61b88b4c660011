"""The page's session: a cookie in place of the bearer token, and what another site's page cannot do with it."""
import base64
import json
import re

import pytest
import requests

from server import Server, eventually, free_port

UNKNOWN_JOB = "01890a5d-ac96-774b-bcce-b302099a8057"
CHANGES = [("POST", "/upload/presigned-url", {"data": {"filename": "a.pdf"}}),
           ("POST", "/upload", {"files": {"files": ("a.md", b"# A")}}),
           ("POST", "/jobs/retry", {"json": {}}),
           ("POST", f"/jobs/{UNKNOWN_JOB}/cancel", {}),
           ("DELETE", "/auth/session", {})]


class Browser(requests.Session):
    """Keeps cookies, and marks what it sends as a page of `origin` would."""

    def __init__(self, url, **marks):
        super().__init__()
        self.url = url
        self.headers.update({name.replace("_", "-"): value for name, value in marks.items()})

    def ask(self, method, path, **options):
        return self.request(method, self.url + path, timeout=10, **options)


def page(server, user=None):
    """A browser with our page open, signed in as `user`."""
    browser = Browser(server.url, sec_fetch_site="same-origin")
    if user:
        signed_in = browser.ask("POST", "/auth/session", json={}, headers={"Authorization": f"Bearer {server.token(user)}"})
        assert signed_in.status_code == 200, signed_in.text
    return browser


def test_the_sign_in_link_opens_one_session(make_server):
    server = make_server()
    code = server.sign_in_code()
    browser = page(server)
    first = browser.ask("POST", "/auth/session", json={"code": code})
    assert first.status_code == 200 and first.json()["user_id"] == "local"
    assert first.headers["cache-control"] == "no-store"
    kept = first.headers["set-cookie"]
    assert "; HttpOnly" in kept and "; SameSite=Strict" in kept and "; Path=/" in kept
    lifetime = int(re.search(r"Max-Age=(\d+)", kept).group(1))
    assert 0 < lifetime <= 12 * 3600
    assert browser.ask("GET", "/auth/session").json() == first.json()
    assert browser.ask("GET", "/jobs").status_code == 200
    again = page(server).ask("POST", "/auth/session", json={"code": code})
    assert again.status_code == 401 and "used" in again.json()["detail"] and "set-cookie" not in again.headers
    unknown = page(server).ask("POST", "/auth/session", json={"code": "x" * 32})
    assert unknown.status_code == 401 and "not known" in unknown.json()["detail"]


def test_signing_out_drops_the_cookie(shared_server, user):
    browser = page(shared_server, user)
    out = browser.ask("DELETE", "/auth/session")
    assert out.status_code == 204 and "Max-Age=0" in out.headers["set-cookie"]
    assert not browser.cookies
    assert browser.ask("GET", "/auth/session").status_code == 401
    assert page(shared_server).ask("DELETE", "/auth/session").status_code == 204


def test_the_cookie_does_what_the_token_does(shared_server, user):
    browser = page(shared_server, user)
    accepted = browser.ask("POST", "/upload", files={"files": ("a.md", b"# A")})
    assert accepted.status_code == 202, accepted.text
    job = shared_server.client(user).wait(accepted.json()["job_id"])
    assert job["user_id"] == user
    shown = browser.ask("GET", f"/jobs/{job['job_id']}/documents/0/markdown")
    assert shown.status_code == 200
    assert browser.ask("GET", "/jobs").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method,path,body", CHANGES, ids=[path for _, path, _ in CHANGES])
def test_another_sites_page_changes_nothing(shared_server, user, method, path, body):
    browser = page(shared_server, user)
    cookies = dict(browser.cookies)
    foreign = [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site", "origin": shared_server.url},
               {"origin": "https://evil.example"}, {"origin": "null"}, {}]
    for marks in foreign:
        answer = requests.request(method, shared_server.url + path, cookies=cookies, headers=marks, timeout=10, **body)
        assert answer.status_code == 403, (marks, answer.text)
        assert "set-cookie" not in answer.headers
    for marks in ({"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": shared_server.url}):
        answer = requests.request(method, shared_server.url + path, cookies=cookies, headers=marks, timeout=10, **body)
        assert answer.status_code in (200, 202, 204, 404), (marks, answer.text)


def test_no_other_origin_may_read_with_the_cookie(shared_server, user):
    browser = page(shared_server, user)
    for method in ("GET", "OPTIONS"):
        answer = browser.ask(method, "/jobs", headers={"origin": "https://evil.example", "access-control-request-method": "GET"})
        assert not any(name.lower().startswith("access-control-") for name in answer.headers), method


def test_a_bearer_token_needs_no_mark(shared_server, user):
    """A browser never sends it by itself; and it goes before a cookie."""
    browser = page(shared_server, "somebody-else")
    answer = browser.ask("POST", "/jobs/retry", json={}, headers={
        "Authorization": f"Bearer {shared_server.token(user)}", "sec-fetch-site": "cross-site"})
    assert answer.status_code == 202
    refused = browser.ask("GET", "/auth/session", headers={"Authorization": "Bearer garbage"})
    assert refused.status_code == 401


def test_bad_cookies_are_refused_as_bad_tokens_are(shared_server, make_server, user):
    token = shared_server.token(user)
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"sub": "bob"}
    foreign = make_server().token(user)
    name = next(iter(dict(page(shared_server, user).cookies)))
    forged = ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("="), signature])
    for what, bad in {"forged": forged, "cut": token[:-4], "foreign": foreign, "garbage": "abc"}.items():
        by_cookie = requests.get(shared_server.url + "/jobs", cookies={name: bad}, timeout=10)
        by_token = requests.get(shared_server.url + "/jobs", headers={"Authorization": f"Bearer {bad}"}, timeout=10)
        assert by_cookie.status_code == 401, what
        assert by_cookie.json() == by_token.json(), what
        assert bad not in by_cookie.text, what
        handed_over = requests.post(shared_server.url + "/auth/session", json={}, headers={"Authorization": f"Bearer {bad}"}, timeout=10)
        assert handed_over.status_code == 401 and "set-cookie" not in handed_over.headers, what


def test_nothing_is_a_session_without_a_token(shared_server):
    answer = page(shared_server).ask("POST", "/auth/session", json={})
    assert answer.status_code == 401 and "code" in answer.json()["detail"]
    assert page(shared_server).ask("POST", "/auth/session", data=b"{}").status_code == 415


def ready_at(url):
    try:
        return requests.get(url + "/ready", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path):
    """As behind a proxy that ends TLS."""
    url = f"http://127.0.0.1:{free_port()}"
    server = Server(tmp_path, "--public-url", "https://Ingest.example.com/", listen=url.split("//")[1])
    server.start(wait=False)
    try:
        eventually(lambda: ready_at(url), what="readiness")
        code = server.sign_in_code()
        proxied = {"host": "ingest.example.com"}
        opened = requests.post(url + "/auth/session", json={"code": code}, headers=proxied, timeout=10)
        kept = opened.headers["set-cookie"]
        assert kept.startswith("__Host-agent2-ingestor-session=") and "; Secure" in kept and "; Path=/;" in kept
        cookie = {"cookie": kept.split(";")[0]} | proxied
        for origin, status in (("https://ingest.example.com", 202), (url, 403)):
            answer = requests.post(url + "/jobs/retry", json={}, headers=cookie | {"origin": origin}, timeout=10)
            assert answer.status_code == status, origin
    finally:
        server.stop()


def test_a_public_url_that_browsers_cannot_use_is_refused(tmp_path):
    server = Server(tmp_path, "--public-url", "ingest.example.com")
    server.start(wait=False)
    assert server.wait_end(20) != 0
    eventually(lambda: any("ingest.example.com" in line and "https://" in line for line in server.lines))


def test_without_authentication_the_session_is_always_open(make_server):
    server = make_server("--auth", "none")
    for method in ("GET", "POST"):
        answer = page(server).ask(method, "/auth/session", **({"json": {}} if method == "POST" else {}))
        assert answer.status_code == 200 and answer.json() == {"user_id": "local", "operator": True, "expires_at": None}
        assert "set-cookie" not in answer.headers
    assert page(server).ask("GET", "/app/config.json").json()["auth"]["mode"] == "none"
    # There everybody is let in, so a page of another site would be as well.
    submit = {"files": {"files": ("a.md", b"# A")}}
    assert requests.post(server.url + "/upload", timeout=10, **submit).status_code == 202
    assert requests.post(server.url + "/upload", headers={"origin": "https://evil.example"}, timeout=10, **submit).status_code == 403


def test_the_page_learns_how_to_sign_in(shared_server):
    config = requests.get(shared_server.url + "/app/config.json", timeout=10)
    assert config.headers["cache-control"] == "no-store"
    assert config.json() == {"api_url": "", "auth": {
        "mode": "local", "issuer": None, "client_id": None, "scope": None, "authorization_endpoint": None,
        "token_endpoint": None, "end_session_endpoint": None, "session": "cookie"}}


def test_no_session_is_logged(make_server):
    server = make_server("--log-level", "debug")
    browser = page(server, "ada")
    browser.ask("POST", "/jobs/retry", json={})
    requests.post(server.url + "/jobs/retry", cookies=dict(browser.cookies), timeout=10)
    server.stop()
    token = next(iter(dict(browser.cookies).values()))
    assert token not in "\n".join(server.lines)
