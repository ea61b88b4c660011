#!/usr/bin/env python3
"""Makes samples/documents/: documents written for this project, free to use under its licence.

Needs fpdf2 and python-docx (PyPI). Run it only to change the samples; what it made is committed, so
that nothing but the product itself is needed to ingest them.
"""
import datetime
import pathlib

import docx
from fpdf import FPDF

OUT = pathlib.Path(__file__).resolve().parent / "documents"
WHEN = datetime.datetime(2026, 5, 4, 8, 30, tzinfo=datetime.timezone.utc)

SECTIONS = [
    ("Summary", [
        "Between January and March 2026 the harbour office took 412 water samples at nine stations. "
        "Dissolved oxygen stayed above the limit at all stations but one. Nitrate fell for the third "
        "quarter in a row, most clearly at the river mouth, where the new settling basin has been "
        "working since November.",
        "The office recommends to keep the present sampling plan, to move station 7 by forty metres "
        "towards the breakwater, and to repeat the sediment study in autumn."]),
    ("Method", [
        "Samples were taken at a depth of one metre, within two hours of high water, and analysed on "
        "the same day. Every tenth sample was split and analysed by a second laboratory; the two "
        "results differed by less than four per cent in all cases but two, which were repeated.",
        "Temperatures are given in degrees Celsius, concentrations in milligrams per litre. Values "
        "below the detection limit count as half of that limit."]),
    ("Results", [
        "The table gives the quarterly means. Station 7 lies behind the breakwater, where the water "
        "is exchanged only at spring tide; its oxygen was below the limit of six milligrams per litre "
        "on eleven days, all of them in calm weather."]),
    ("Discussion", [
        "Two effects explain most of what was seen. The settling basin holds back the first flush "
        "after heavy rain, which used to carry most of the nitrate. And the winter was mild: the water "
        "mixed less than in other years, and the deep basin kept its old water until the storm of "
        "the second of March.",
        "Whether the low oxygen behind the breakwater harms the mussels there is not known. The "
        "divers of the marine station found living animals on every visit, though fewer young ones "
        "than in 2024."]),
    ("Recommendations", [
        "The sampling plan should stay as it is for the rest of the year. Station 7 should be moved. "
        "The sediment study of 2021 should be repeated, since the settling basin has changed what "
        "reaches the sea bed."]),
]
TABLE = [("Station", "Oxygen", "Nitrate", "Temperature"),
         ("1 River mouth", "9.8", "1.42", "6.1"), ("2 North pier", "10.1", "0.87", "6.4"),
         ("4 Fish market", "9.2", "0.95", "6.9"), ("7 Breakwater", "6.3", "0.71", "7.2"),
         ("9 Open sea", "10.6", "0.33", "6.0")]


class Report(FPDF):
    def header(self):
        self.set_font("Helvetica", "I", 8)
        self.cell(0, 6, "Harbour Office - Water Quality, First Quarter 2026", align="R")
        self.ln(12)

    def footer(self):
        self.set_y(-15)
        self.set_font("Helvetica", "I", 8)
        self.cell(0, 6, f"Page {self.page_no()}", align="C")


def make_pdf():
    pdf = Report(format="A4")
    pdf.set_title("Water Quality in the Harbour, First Quarter 2026")
    pdf.set_author("The agent2-ingestor project")
    pdf.set_creation_date(WHEN)
    pdf.set_margin(22)
    pdf.set_auto_page_break(True, margin=25)
    pdf.add_page()
    pdf.set_font("Times", "B", 22)
    pdf.multi_cell(0, 10, "Water Quality in the Harbour, First Quarter 2026", align="L")
    pdf.ln(6)
    for number, (title, paragraphs) in enumerate(SECTIONS, 1):
        if title in ("Results", "Recommendations"):
            pdf.add_page()
        pdf.set_font("Times", "B", 15)
        pdf.cell(0, 10, f"{number} {title}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Times", "", 11)
        for paragraph in paragraphs:
            pdf.multi_cell(0, 6, paragraph)
            pdf.ln(3)
        if title == "Results":
            with pdf.table(col_widths=(3, 1, 1, 1), width=150, align="L") as table:
                for row in TABLE:
                    cells = table.row()
                    for cell in row:
                        cells.cell(cell)
            pdf.ln(5)
            pdf.set_text_color(0, 0, 160)
            pdf.cell(0, 8, "All data of the quarter", link="https://harbour.example/data/2026-q1")
            pdf.set_text_color(0, 0, 0)
            pdf.ln(10)
    pdf.output(str(OUT / "harbour-report.pdf"))


def make_docx():
    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author = "Minutes of the Reading Room Committee", "The agent2-ingestor project"
    properties.created = properties.modified = WHEN.replace(tzinfo=None)
    document.add_heading("Minutes of the Reading Room Committee", 0)
    document.add_paragraph("Held on 4 May 2026 in the small hall. Present: five members and two guests.")
    document.add_heading("Opening hours", 1)
    document.add_paragraph("The trial with late opening on Thursdays goes on until the end of September. "
                           "The committee thanks the volunteers who kept the desk.")
    document.add_heading("What was decided", 2)
    for text in ("Thursdays until ten in the evening.", "Sundays closed in July and August.",
                 "The children's corner stays open at all hours."):
        document.add_paragraph(text, style="List Bullet")
    document.add_heading("Purchases", 1)
    document.add_paragraph("Of the three offers the second was taken:")
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, ("Item", "Pieces", "Price")):
        cell.text = text
    for row in (("Reading lamps", "12", "480.00"), ("Shelves, oak", "4", "1,260.00"),
                ("Book trolley", "1", "215.50")):
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    document.add_heading("Next meeting", 1)
    for text in ("Report on the catalogue.", "Election of a treasurer.", "Any other business."):
        document.add_paragraph(text, style="List Number")
    paragraph = document.add_paragraph("The meeting closed at ")
    paragraph.add_run("half past nine").bold = True
    paragraph.add_run(".")
    document.save(str(OUT / "committee-minutes.docx"))


HTML = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>How the ferry timetable is made</title>
<style>nav{float:right}</style><script>console.log("not text")</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/shop">Shop</a></li></ul></nav>
<main><article>
<h1>How the ferry timetable is made</h1>
<p>Every autumn three people sit down with last year's <em>passenger counts</em>, a tide table and a
box of coloured pins. What comes out in January is the timetable of <a href="https://ferry.example/routes">eleven
routes</a>.</p>
<h2>Tides first</h2>
<p>Two of the harbours fall dry. A boat that draws 2.1 metres can enter them for about four hours
around high water, so their sailings move by fifty minutes every day.</p>
<ul><li>North Quay: two hours either side of high water</li><li>Old Slip: ninety minutes either side
<ul><li>and never after dark</li></ul></li></ul>
<h2>Then the crews</h2>
<table><thead><tr><th>Boat</th><th>Crew</th><th>Seats</th></tr></thead>
<tbody><tr><td>Gannet</td><td>4</td><td>180</td></tr><tr><td>Petrel</td><td>3</td><td>96</td></tr></tbody></table>
<blockquote><p>The best timetable is the one that nobody needs to look at.</p></blockquote>
<p>The planner prints it with <code>timetable --year 2026</code>.</p>
</article></main>
<footer><p>Privacy &middot; Imprint &middot; Cookie settings</p></footer>
</body></html>
"""

MARKDOWN = """# Handbook of the Bicycle Workshop

Open on Tuesdays and Fridays. *Everyone* may use the tools; **nobody** may use the grinder alone.

## Before you start

1. Write your name in the book.
2. Put on an apron.
3. Take only the tools of your bench.

## Pressures

| Tyre | Front (bar) | Rear (bar) |
| --- | ---: | ---: |
| City, 37 mm | 3.5 | 4.0 |
| Gravel, 45 mm | 2.4 | 2.6 |
| Cargo, 55 mm | 3.0 | 3.8 |

## Asking for parts

Parts are ordered once a week, by a small program:

```sh
order-parts --list wanted.txt --deliver friday
```

See the [list of suppliers](https://workshop.example/suppliers) for what comes from where.
"""

# Windows-1252, as a text editor of 2003 wrote it: umlauts, typographic quotes and a euro sign.
LEGACY = """Sehr geehrte Damen und Herren,

für die Übergabe der Wohnung am 30. Juni möchten wir Ihnen drei Termine
vorschlagen: vormittags um neun, mittags um zwölf oder nachmittags um
fünf Uhr.

Die Kaution von 1.250 € überweisen wir Ihnen „binnen sechs Wochen“, sofern
keine größeren Schäden festgestellt werden.

Mit freundlichen Grüßen
Hausverwaltung Möwenstraße
"""


def main():
    OUT.mkdir(exist_ok=True)
    make_pdf()
    make_docx()
    (OUT / "ferry-timetable.html").write_text(HTML, encoding="utf-8")
    (OUT / "workshop-handbook.md").write_text(MARKDOWN, encoding="utf-8")
    (OUT / "letter-windows-1252.txt").write_bytes(LEGACY.encode("cp1252"))


if __name__ == "__main__":
    main()
