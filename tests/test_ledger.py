"""Every word of a document stands in its Markdown or in the sidecar's `left_out`, whatever the document is made of."""
import html
import io
import json
import random
import re
import subprocess
import zipfile

import pytest

from server import PROGRAM

SEEDS = range(1, 9)


class Words:
    """Words that occur once each, so that none can stand for another."""

    def __init__(self, random_):
        self.random, self.made = random_, []

    def __call__(self, count=1):
        out = []
        for _ in range(count):
            letters = "".join(self.random.choice("bcdfghklmnprstvwz") + self.random.choice("aeiou") for _ in range(3))
            out.append(f"{letters}{len(self.made)}q")
            self.made.append(out[-1])
        return " ".join(out)


def some(random_, most):
    return random_.randint(1, most)


def one_of(random_, *makers):
    """What one of them makes; the others must not use up words."""
    return random_.choice(makers)()


# ------------------------------------------------------------------ documents of any making
def html_document(random_, words):
    boxes = ["div", "section", "article", "main", "aside", "header", "footer", "nav", "form", "blockquote", "details", "figure"]
    names = ["widget", "share-price", "menu-item-text", "related-posts", "TOC_1", "sidebar", "comments", "x", "hidden", "promo"]

    def inline():
        tag = random_.choice(["b", "i", "a href='u'", "code", "sup", "sub", "span", "q", "mark", "kbd", "small"])
        return f"{words(2)} <{tag}>{words()}</{tag.split()[0]}> {words()}"

    def block(depth):
        kind = random_.randrange(9 if depth < 4 else 4)
        name = f' {random_.choice(["class", "id"])}="{random_.choice(names)}"' if random_.random() < 0.4 else ""
        if kind == 0:
            return f"<h{some(random_, 6)}{name}>{inline()}</h1>"
        if kind == 1:
            return f"<p{name}>{inline()}<br>{words(3)}</p>"
        if kind == 2:
            return f"<pre{name}>{words()}\n  {words()}</pre>"
        if kind == 3:
            return words(2)
        if kind == 4:
            items = "".join(f"<li{name}>{words(2)}{block(depth + 1)}</li>" for _ in range(some(random_, 3)))
            return random_.choice(["<ul>%s</ul>", "<ol start=4>%s</ol>"]) % items
        if kind == 5:
            cell = lambda: f"<td colspan={some(random_, 3)} rowspan={some(random_, 2)}>{words()}</td>"
            rows = "".join("<tr>%s</tr>" % "".join(cell() for _ in range(some(random_, 4))) for _ in range(some(random_, 4)))
            return f"<table{name}><caption>{words()}</caption>{rows}</table>"
        if kind == 6:
            return f"<dl><dt>{words()}<dd>{words()}{block(depth + 1)}</dl>"
        tag = random_.choice(boxes)
        return f"<{tag}{name}>%s</{tag}>" % "".join(block(depth + 1) for _ in range(some(random_, 4)))

    body = "".join(block(0) for _ in range(14))
    extra = f"<noscript>{words()}</noscript><select><option>{words()}</select><p hidden>{words(2)}</p><template>{words()}</template>"
    return f"<!doctype html><title>t</title><body>{body}{extra}</body>".encode()


def docx_document(random_, words):
    def run(text, properties=""):
        return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{html.escape(text)}</w:t></w:r>'

    def paragraph(depth=0):
        looks = ["", "<w:b/>", "<w:vanish/>", '<w:vertAlign w:val="superscript"/>', "<w:strike/>"]
        runs = "".join(run(words() + " ", random_.choice(looks)) for _ in range(some(random_, 4)))
        kind = random_.randrange(6)
        if kind == 0:
            runs += f'<w:del w:id="1">{run("").replace("w:t ", "w:delText ").replace("</w:t>", words() + "</w:delText>")}</w:del>'
        if kind == 1:
            runs += f"<w:ins>{run(words())}</w:ins><w:hyperlink>{run(words())}</w:hyperlink>"
        if kind == 2:
            runs += "<w:r><w:footnoteReference w:id=\"2\"/></w:r>"
        if kind == 3:
            runs += ("<w:r><w:pict><v:shape><v:textbox><w:txbxContent>%s</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
                     % (paragraph(depth + 1) if depth < 2 else ""))
        if kind == 4:
            runs += f"<m:oMath><m:f><m:num><m:r><m:t>{words()}</m:t></m:r></m:num><m:den><m:r><m:t>{words()}</m:t></m:r></m:den></m:f></m:oMath>"
        style = random_.choice(["", '<w:pStyle w:val="Heading1"/>', '<w:pStyle w:val="Quote"/>', '<w:outlineLvl w:val="1"/>'])
        return f"<w:p><w:pPr>{style}</w:pPr>{runs}</w:p>"

    def table(depth=0):
        def cell():
            merge = random_.choice(["", "<w:vMerge/>", '<w:vMerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'])
            inner = table(depth + 1) if depth < 2 and random_.random() < 0.15 else paragraph()
            return f"<w:tc><w:tcPr>{merge}</w:tcPr>{inner}</w:tc>"
        return "<w:tbl>%s</w:tbl>" % "".join("<w:tr>%s</w:tr>" % "".join(cell() for _ in range(3)) for _ in range(some(random_, 4)))

    space = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
             'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
             'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"')
    body = "".join(random_.choice([paragraph, paragraph, table])() for _ in range(12)) + '<w:altChunk r:id="alt"/>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relation = lambda name, id_, target: f'<Relationship Id="{id_}" Type="{kind}{name}" Target="{target}"/>'
    relations = lambda *inner: ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
                                % "".join(inner))
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(relation("officeDocument", "d", "word/document.xml")),
        "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(
            relation("footnotes", "f", "footnotes.xml"), relation("header", "h", "header1.xml"),
            relation("comments", "c", "comments.xml"), relation("aFChunk", "alt", "chunk.html")),
        "word/footnotes.xml": f'<w:footnotes {space}><w:footnote w:id="2">{paragraph(2)}</w:footnote></w:footnotes>',
        "word/header1.xml": f"<w:hdr {space}><w:p>{run(words(2))}</w:p></w:hdr>",
        "word/comments.xml": f"<w:comments {space}><w:comment><w:p>{run(words(2))}</w:p></w:comment></w:comments>",
        "word/chunk.html": f"<html><body><p>{words(3)}</p></body></html>",
    }
    # A note that nothing refers to is no part of the text.
    if "footnoteReference" not in parts["word/document.xml"] + parts["word/footnotes.xml"]:
        parts["word/document.xml"] = parts["word/document.xml"].replace(
            "<w:body>", '<w:body><w:p><w:r><w:footnoteReference w:id="2"/></w:r></w:p>')
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def pdf_document(random_, words):
    pages = []
    for number in range(some(random_, 5) + 1):
        lines = [(72, 40, 10, one_of(random_, lambda: "Head of all", lambda: words(2))), (300, 770, 10, str(number + 1)),
                 (72, 750, 8, f"Total {random_.randrange(10 ** 6)} {words()}")]
        y = 90
        while y < 700:
            kind = random_.randrange(4)
            if kind == 0:
                lines.append((72, y, 16, words(2)))
            elif kind == 1:
                lines += [(x, y, 10, words()) for x in (72, 200, 330)]
            elif kind == 2:
                lines += [(72, y, 10, "- " + words(2)), (330, y, 10, words(2))]
            else:
                lines.append((72, y, 10, words(6)))
            y += random_.choice([12, 14, 30])
        pages.append("\n".join(f"BT /F {size} Tf {x} {792 - y} Td ({text}) Tj ET" for x, y, size, text in lines))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>",
               "<< /Type /Pages /Kids [%s] /Count %d >>" % (" ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages))), len(pages)),
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for i, content in enumerate(pages):
        objects += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>",
                    f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"]
    out = b"%PDF-1.4\n"
    places = []
    for i, content in enumerate(objects):
        places.append(len(out))
        out += f"{i + 1} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return out + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
                  f"startxref\n{len(out)}\n%%EOF").encode()


def csv_document(random_, words):
    delimiter = random_.choice(",;\t")
    field = lambda: one_of(random_, words, lambda: f'"{words()} ""{words()}"""', lambda: "")
    return "\n".join(delimiter.join(field() for _ in range(5)) for _ in range(12)).encode()


def text_document(random_, words):
    paragraph = lambda: one_of(
        random_, lambda: words(12), lambda: words(3) + "\n===", lambda: f"- {words(2)}\n- {words(2)}",
        lambda: f"1. {words()}\n2. {words()}", lambda: f"{words()}   {words()}\n{words()}   {words()}",
        lambda: "\n".join(words(9) for _ in range(4)))
    return "\n\n".join(paragraph() for _ in range(12)).encode()


def markdown_document(random_, words):
    paragraph = lambda: one_of(
        random_, lambda: f"# {words(2)}", lambda: f"**{words()}** _{words()}_ [{words()}](u)", lambda: f"> {words(3)}",
        lambda: f"- {words()}\n  - {words()}", lambda: f"```\n{words()}\n```",
        lambda: f"| {words()} | {words()} |\n|---|---|\n| {words()} | {words()} |", lambda: f"<div class=x>{words()}</div>",
        lambda: f"<script>{words()}</script>")
    return "\n\n".join(paragraph() for _ in range(12)).encode()


FORMATS = {"html": html_document, "docx": docx_document, "pdf": pdf_document, "csv": csv_document, "txt": text_document,
           "md": markdown_document}


def outputs_of(path):
    return [subprocess.run([PROGRAM, "extract", path, "--format", kind], capture_output=True, check=True, timeout=60).stdout.decode()
            for kind in ("markdown", "sidecar")]


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_word_is_lost_in_silence(tmp_path, ending, seed):
    random_ = random.Random(f"{ending}{seed}")
    words = Words(random_)
    path = tmp_path / f"document.{ending}"
    path.write_bytes(FORMATS[ending](random_, words))
    markdown, sidecar = outputs_of(path)
    sidecar = json.loads(sidecar)
    shown = re.sub(r"</?su[bp]>|[*_`\\]", "", markdown)
    left_out = " ".join(entry["text"] for entry in sidecar["left_out"])
    assert sidecar["left_out_words_beyond"] == 0
    lost = [word for word in words.made if word not in shown and word not in left_out]
    assert not lost
    missing = [entry for entry in sidecar["left_out"] if entry["reason"] == "missing"]
    assert not missing, "and each is left out for a reason"
    assert 0 < sidecar["document"]["coverage"] <= 1
    assert (sidecar["document"]["coverage"] == 1) == (not sidecar["left_out"])
