"""What `extract` makes of a document beside Markdown, read by the programs that others read it with."""

import html.parser
import json
import re
import subprocess

import pytest

from server import PROGRAM, SAMPLES, environment

MARKDOWN = """# Report of the *harbour*

Water at **Pier 9** has 2.5 mg of CO<sub>2</sub>, see [the table](https://example.org/a?b=1).

1. Take a sample
   - at noon
   - at **night**
2. Write it down

- [x] done
- [ ] open

> A quoted line.

| place | value |
| --- | ---: |
| Pier 9 | 2.5 |
| Quay \\| East | 3 |

```python
x = {"a": 1}
```

## Notes

The last words.
"""

HTML = """<!doctype html><html lang="en"><head><title>Prices</title></head><body><h1>Prices</h1>
<p>The price of bread rose in every town of the county during the long and cold winter.</p>
<table><thead><tr><th rowspan="2">town</th><th colspan="2">price</th></tr><tr><th>old</th><th>new</th></tr></thead>
<tbody><tr><td>Ayr</td><td>1</td><td>2</td></tr><tr><td>Bute</td><td colspan="2">none</td></tr></tbody></table>
<p>Sources: <a href="/x">the register</a>, and e = mc<sup>2</sup>.</p></body></html>"""


def extract(source, format_, name="a.md"):
    """The output of a document, given as a path or as text."""
    arguments = ["-", "--name", name] if isinstance(source, str) else [source]
    result = subprocess.run([PROGRAM, "extract", *arguments, "--format", format_], capture_output=True, timeout=120,
                            input=source.encode() if isinstance(source, str) else b"", env=environment())
    assert result.returncode == 0, result.stderr
    return result.stdout.decode("utf-8")


def documents():
    samples = sorted(path for path in SAMPLES.iterdir() if path.suffix in {".pdf", ".docx", ".html", ".md", ".csv", ".txt"})
    assert len(samples) >= 5
    return samples


def words(text):
    """Letters and digits, as a set: what must not be lost, however it is marked up."""
    return set(re.findall(r"\w+", text.lower()))


def load(text):
    docling = pytest.importorskip("docling_core.types.doc")
    return docling.DoclingDocument.model_validate_json(text)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_every_sample_is_a_docling_document_with_all_its_words(path):
    document = load(extract(path, "docling"))
    markdown = extract(path, "markdown")
    exported = document.export_to_markdown(escape_html=False, escape_underscores=False)
    missing = words(markdown) - words(exported)
    # Addresses of links and names of languages are no text; docling writes them its own way.
    assert {word for word in missing if word not in words(" ".join(re.findall(r"\]\([^)]*\)|<[^>]*>|```\w+", markdown)))} == set()
    levels = [(len(marks), title) for marks, title in re.findall(r"(?m)^(#+) (.+)$", re.sub(r"(?s)```.*?```", "", markdown))]
    assert [level for level, _ in levels] == [
        len(marks) for marks, _ in re.findall(r"(?m)^(#+) (.+)$", re.sub(r"(?s)```.*?```", "", exported))]
    assert document.origin.filename == path.name
    # Who reads it goes through the tree; a child that names another parent would be found here.
    assert sum(1 for _ in document.iterate_items()) > 0


def test_a_page_and_a_box_come_with_what_a_pdf_says():
    document = load(extract(SAMPLES / "harbour-report.pdf", "docling"))
    assert sorted(document.pages) == [1, 2, 3]
    for item, _ in document.iterate_items():
        for place in getattr(item, "prov", []):
            size = document.pages[place.page_no].size
            box = place.bbox
            assert -1 <= box.l <= box.r <= size.width + 1 and -1 <= box.t <= box.b <= size.height + 1, item


def test_docling_shows_structure_as_the_markdown_does():
    exported = load(extract(MARKDOWN, "docling")).export_to_markdown(escape_underscores=False)
    for line in ("# Report of the harbour", "## Notes", "1. Take a sample", "    - at noon", "2. Write it down", "- [x] done",
                 "- [ ] open", "A quoted line.", 'x = {"a": 1}', "The last words."):
        assert line in exported.splitlines(), exported
    assert "**Pier 9**" in exported and "CO₂" in exported
    assert re.search(r"\[the table\.?\]\(https://example\.org/a\?b=1\)", exported)
    assert re.search(r"\| Pier 9 +\| +2\.5 +\|", exported) and "Quay" in exported


def test_spans_of_a_table_survive():
    document = load(extract(HTML, "docling", "a.html"))
    (table,) = document.tables
    spans = {cell.text: (cell.start_row_offset_idx, cell.end_row_offset_idx, cell.start_col_offset_idx, cell.end_col_offset_idx)
             for cell in table.data.table_cells}
    assert spans == {"town": (0, 2, 0, 1), "price": (0, 1, 1, 3), "old": (1, 2, 1, 2), "new": (1, 2, 2, 3), "Ayr": (2, 3, 0, 1),
                     "1": (2, 3, 1, 2), "2": (2, 3, 2, 3), "Bute": (3, 4, 0, 1), "none": (3, 4, 1, 3)}
    assert {cell.text for cell in table.data.table_cells if cell.column_header} == {"town", "price", "old", "new"}


class Tags(html.parser.HTMLParser):
    """The tree as lists, to see that every tag is closed where it was opened."""

    EMPTY = {"meta", "br", "hr", "img"}

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text, self.hidden = [], [], "", 0
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "title" not in self.open:
            self.text += data + " "


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_html_is_well_formed_and_holds_all_words_and_nothing_that_runs(path):
    page = Tags(extract(path, "html"))
    text = extract(path, "text")
    assert {word for word in words(text) if word.isalpha()} <= words(page.text)
    assert not {tag for tag, _ in page.seen} & {"script", "style", "iframe", "object", "form"}
    assert not [name for _, attributes in page.seen for name in attributes if name.startswith("on")]


def test_html_keeps_spans_links_and_the_language():
    page = extract(HTML, "html", "a.html")
    assert '<html lang="en">' in page and "<title>Prices</title>" in page
    assert '<th rowspan="2">town</th>' in page and '<td colspan="2">none</td>' in page
    assert '<a href="/x">the register</a>' in page and "mc<sup>2</sup>" in page


def test_text_has_no_marks():
    text = extract(MARKDOWN, "text")
    assert text.startswith("Report of the harbour\n\nWater at Pier 9 has 2.5 mg of CO₂, see the table.\n")
    assert "1. Take a sample\n  • at noon\n  • at night\n2. Write it down\n" in text
    assert "☑ done\n• ☐ open\n" in text and "Pier 9\t2.5\nQuay | East\t3\n" in text
    assert not re.search(r"\*\*|```|^#|\]\(", text, re.M)


def test_a_sidecar_has_no_text_of_the_document_but_what_was_left_out():
    sidecar = json.loads(extract(MARKDOWN, "sidecar"))
    assert list(sidecar) == ["schema", "document", "processing", "left_out", "left_out_words_beyond", "chunks"]
    assert sidecar["schema"] == "agent2-ingestor.sidecar/2"
    assert list(sidecar["document"]) == ["filename", "content_type", "size_bytes", "sha256", "pages", "words", "coverage",
                                         "language", "title", "author", "created"]
    assert list(sidecar["processing"]) == ["extractor", "version", "duration_ms", "ocr_pages", "warnings"]
    assert sidecar["chunks"] == {"count": len(extract(MARKDOWN, "chunks").splitlines()), "key": None}
    assert "Write it down" not in json.dumps(sidecar)
