"""The web page as the server sends it; what it does in a browser is tested beside its source."""
import gzip
import re

import pytest
import requests

from server import ROOT

PAGE = ROOT / "build" / "page"
pytestmark = pytest.mark.skipif(not (PAGE / "index.html").exists(), reason="the web page has not been built")


def get(server, path, **headers):
    return requests.get(server.url + path, headers={"accept-encoding": "identity"} | headers, timeout=10, allow_redirects=False)


def test_the_root_and_the_bare_name_lead_to_the_page(shared_server):
    for path in ("/", "/app"):
        answer = get(shared_server, path)
        assert answer.status_code == 307 and answer.headers["location"] == "/app/", path


def test_every_route_of_the_page_is_the_page(shared_server):
    index = (PAGE / "index.html").read_bytes()
    for path in ("/app/", "/app/index.html", "/app/jobs", "/app/jobs/01890a5d-ac96-774b-bcce-b302099a8057"):
        answer = get(shared_server, path)
        assert answer.status_code == 200 and answer.content == index, path
        assert answer.headers["cache-control"] == "no-cache"
        assert get(shared_server, path, **{"if-none-match": answer.headers["etag"]}).status_code == 304
    assert get(shared_server, "/app/assets/gone.js").status_code == 404


def test_every_file_comes_whole_in_every_coding(shared_server):
    names = [path for path in PAGE.rglob("*") if path.is_file() and path.suffix not in (".br", ".gz")]
    assert any(path.suffix == ".js" for path in names)
    for path in names:
        name = f"/app/{path.relative_to(PAGE)}"
        plain = get(shared_server, name)
        assert plain.content == path.read_bytes() and "content-encoding" not in plain.headers, name
        zipped = requests.get(shared_server.url + name, headers={"accept-encoding": "gzip"}, timeout=10, stream=True)
        if zipped.headers.get("content-encoding") == "gzip":
            raw = zipped.raw.read()
            assert int(zipped.headers["content-length"]) == len(raw)
            assert gzip.decompress(raw) == path.read_bytes(), name
            assert zipped.headers["etag"] != plain.headers["etag"], name
        head = requests.head(shared_server.url + name, headers={"accept-encoding": "identity"}, timeout=10)
        assert head.status_code == 200 and int(head.headers["content-length"]) == path.stat().st_size, name


def test_what_the_page_loads_is_there_and_its_own(shared_server):
    index = (PAGE / "index.html").read_text()
    links = re.findall(r'(?:src|href)="([^"]+)"', index)
    assert links
    for link in links:
        assert link.startswith("/app/"), link
        answer = get(shared_server, link)
        assert answer.status_code == 200, link
        if "/assets/" in link:
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self';" in answer.headers["content-security-policy"]
    # The policy runs no script that stands in the page itself.
    assert not re.search(r"<script(?![^>]*src=)", index)
