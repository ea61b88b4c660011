"""Uploads in parts over the URLs that the API signs, as the page makes them."""
import re
import xml.etree.ElementTree as ElementTree

import requests

from server import SAMPLES

S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"
PART = 5 << 20


def urls(client, upload, *numbers):
    answer = client.post("/upload/multipart/urls", upload | {"part_numbers": list(numbers)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def begin(client, filename, content_type="application/pdf"):
    answer = client.post("/upload/multipart", {"filename": filename, "content_type": content_type})
    assert answer.status_code == 200, answer.text
    place = answer.json()
    begun = requests.post(place["create_url"], headers=place["headers"], timeout=60)
    assert begun.status_code == 200, begun.text
    return {"file_key": place["file_key"], "upload_id": ElementTree.fromstring(begun.text).findtext(f"{S3}UploadId")}


def listed(client, upload):
    answer = requests.get(urls(client, upload)["list_url"], timeout=60)
    assert answer.status_code == 200, answer.text
    return [(int(part.findtext(f"{S3}PartNumber")), int(part.findtext(f"{S3}Size")), part.findtext(f"{S3}ETag"))
            for part in ElementTree.fromstring(answer.text).iter(f"{S3}Part")]


def complete(client, upload):
    parts = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>" for number, _, etag in listed(client, upload))
    return requests.post(urls(client, upload)["complete_url"], data=f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>",
                         timeout=60)


def test_a_document_in_parts_becomes_a_job(client):
    # What follows the end of a PDF is nothing to its readers.
    document = (SAMPLES / "harbour-report.pdf").read_bytes()
    document += b"%" + b" " * (PART + 1_000 - len(document))
    upload = begin(client, "harbour.pdf")
    for number, url in reversed([(part["part_number"], part["upload_url"]) for part in urls(client, upload, 1, 2)["parts"]]):
        piece = document[(number - 1) * PART:number * PART]
        assert requests.put(url, data=piece, timeout=60).status_code == 200
    assert [(number, size) for number, size, _ in listed(client, upload)] == [(1, PART), (2, len(document) - PART)]
    assert complete(client, upload).status_code == 200
    job = client.wait(client.submit([upload["file_key"]]))
    assert job["status"] == "completed" and job["files"][0]["size_bytes"] == len(document)
    assert job["files"][0]["content_type"] == "application/pdf"
    assert requests.get(urls(client, upload)["list_url"], timeout=60).status_code == 404


def test_an_upload_in_parts_can_be_given_up(client):
    upload = begin(client, "a.txt", "text/plain")
    part = urls(client, upload, 1)["parts"][0]
    assert requests.put(part["upload_url"], data=b"words", timeout=60).status_code == 200
    assert requests.delete(urls(client, upload)["abort_url"], timeout=60).status_code == 204
    assert requests.get(urls(client, upload)["list_url"], timeout=60).status_code == 404
    assert client.post("/upload/process-s3-files", {"files": [{"file_key": upload["file_key"]}]}).status_code == 404


def test_a_url_is_good_for_its_own_request_alone(client):
    upload = begin(client, "a.txt", "text/plain")
    first = urls(client, upload, 1)["parts"][0]["upload_url"]
    assert requests.put(first.replace("partNumber=1", "partNumber=2"), data=b"words", timeout=60).status_code == 403
    assert requests.put(re.sub("uploadId=[^&]+", "uploadId=other", first), data=b"words", timeout=60).status_code == 403
    assert requests.delete(urls(client, upload)["list_url"], timeout=60).status_code == 403


def test_what_is_wrong_is_named(client, shared_server):
    upload = begin(client, "a.txt", "text/plain")
    assert client.post("/upload/multipart", {"filename": "a.exe"}).status_code == 415
    assert client.post("/upload/multipart", {}).status_code == 422
    assert client.post("/upload/multipart/urls", upload | {"part_numbers": ["1"]}).status_code == 422
    assert client.post("/upload/multipart/urls", upload | {"part_numbers": [1.5]}).status_code == 422
    answer = client.post("/upload/multipart/urls", upload | {"part_numbers": [1, 10_001]})
    assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == ["body", "part_numbers", 1]
    assert client.post("/upload/multipart/urls", upload | {"part_numbers": [1] * 101}).status_code == 422
    stranger = shared_server.client("stranger")
    assert stranger.post("/upload/multipart/urls", upload | {"part_numbers": [1]}).status_code == 403
    assert requests.post(f"{shared_server.url}/upload/multipart", json={"filename": "a.txt"}, timeout=60).status_code == 401
