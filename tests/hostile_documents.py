"""Documents that are small and costly: each provokes a construct whose reading may take more than linear
time, memory or output. `CASES[name](size)` makes one of about `size` bytes (packed formats: of content),
always the same one, so that a case can be doubled and the growth be seen.

    python3 tests/hostile_documents.py DIRECTORY [SIZE]     writes them all
"""

import io
import sys
import zipfile
import zlib
from pathlib import Path

CASES = {}


def case(extension):
    def register(make):
        CASES[f"{make.__name__}.{extension}"] = make
        return make

    return register


def repeated(text, size):
    return (text * (size // len(text) + 1))[:size].encode()


# -- Markdown ------------------------------------------------------------------------------------------


def repeats_in_markdown(**texts):
    for name, text in texts.items():
        CASES[f"{name}.md"] = lambda size, text=text: b"x " + repeated(text, size) + b"\n"


repeats_in_markdown(
    images_in_brackets="![[]()",
    open_images="![l",
    open_brackets="[",
    nested_brackets_a="[a](",
    links_left_open="[a](<b",
    titles_left_open='[a](b "',
    reference_labels="[a][b",
    closing_brackets="a]",
    empty_links="[]()",
    emphasis_opened="*a ",
    emphasis_mixed="*a_ ",
    emphasis_nested="*a **a ",
    emphasis_triple="a***b_",
    underscores="_",
    stars_apart="a**b",
    tildes="~~a ~b ",
    comments_opened="<!--",
    comments_spaced="<!-- a ",
    instructions_opened="<?",
    declarations_opened="<!A ",
    cdata_opened="<![CDATA[",
    tags_opened="<a ",
    tags_with_quotes="<a b='",
    autolinks_opened="<http:a",
    mail_opened="<a@b",
    entities="&a",
    entities_numeric="&#x",
    backslashes="\\",
    quote_marks="> ",
    www="www.a.b ",
    colons="0000: ",
    footnotes="[^a]",
)


@case("md")
def backticks_of_all_lengths(size):
    runs, total = [], 0
    while total < size:
        runs.append("e" + "`" * len(runs))
        total += len(runs[-1])
    return "".join(runs).encode()


@case("md")
def tag_swallowed_by_a_quote(size):
    return repeated("<a ", size) + b'b="> '


@case("md")
def quotes_nested(size):
    return b">" * (size // 2) + b"\n" + repeated("a\n", size // 2)


@case("md")
def quotes_in_every_line(size):
    width = int(size**0.5)
    return (b">" * width + b"a\n") * width


@case("md")
def lists_on_one_line(size):
    return b"- " * (size // 4) + b"x\n" + repeated("\n", size // 2)


@case("md")
def stars_on_one_line(size):
    return b"* " * (size // 2) + b"a\n"


@case("md")
def lists_ever_deeper(size):
    lines, total = [], 0
    while total < size // 2:
        lines.append(" " * (2 * len(lines)) + "- a\n")
        total += len(lines[-1])
    return "".join(lines).encode() + repeated("\n", size // 2)


@case("md")
def table_of_missing_cells(size):
    columns = size // 8
    return b"|" * columns + b"\n" + b"|-" * columns + b"|\n" + repeated("a\n", size // 2)


@case("md")
def table_rules_only(size):
    return repeated("|-|\n", size)


@case("md")
def table_rules_of_two(size):
    return b"a\n" + repeated("|-|-|\n", size)


@case("md")
def table_of_pipes(size):
    return b"a\n-|\n" + repeated("|", size)


@case("md")
def one_reference_used_often(size):
    return b"[a]: /" + b"u" * (size // 2) + b"\n\n" + repeated("[a]", size // 2)


@case("md")
def references_defined_often(size):
    return repeated("[a]: u\n", size // 2) + b"\n" + repeated("[a]\n", size // 2)


@case("md")
def references_of_many_names(size):
    return b"".join(b"[%d]: u\n" % i for i in range(size // 12))


@case("md")
def references_left_open(size):
    return repeated("[a]: <u\n", size)


@case("md")
def heading_over_many_chunks(size):
    return b"# " + repeated("word ", size // 2) + b"\n\n" + repeated("more text. ", size // 2)


@case("md")
def table_before_blank_lines(size):
    return b"|a|\n|-|\n" + repeated("|word|\n", size // 2) + repeated("\n", size // 2) + b"x\n"


@case("md")
def html_block_of_tags(size):
    return b"<div>\n" + repeated("<b>", size) + b"\n"


# -- HTML ----------------------------------------------------------------------------------------------


def attributes(size, separator):
    return b"<p " + separator.join(b"a%d=1" % i for i in range(size // 8)) + b">word</p>"


@case("html")
def attributes_of_one_tag(size):
    return attributes(size, b" ")


@case("html")
def attributes_without_value(size):
    return b"<p " + b" ".join(b"a%d" % i for i in range(size // 7)) + b">word</p>"


@case("html")
def attributes_left_open(size):
    return b"<p>word<p " + b" ".join(b"a%d" % i for i in range(size // 7))


def repeats_in_html(**texts):
    for name, text in texts.items():
        CASES[f"{name}.html"] = lambda size, text=text: b"<p>word</p>" + repeated(text, size)


repeats_in_html(
    divisions_nested="<div>",
    formatting_misnested="<b><i></b>x</i>",
    formatting_left_open="<font color=red><p>x",
    paragraphs_left_open="<p>x",
    tables_left_open="<table><tr>x",
    tables_nested="<table><tr><td>x",
    cells_left_open="<td>x",
    lists_nested="<ul><li>x",
    comments_left_open="<!-- a",
    declarations_left_open="<!a",
    instructions_left_open="<?a",
    entities_in_page="&amp;&a;&#1;",
    scripts_left_open="<script>a",
    options_left_open="<option>x",
    end_tags="</p></b>",
    headings_nested="<h1>",
    identified='<p id="a">x',
    quoted_left_open='<a href="',
    links_nested="<a href=b>x",
    titles_in_body="<title>x</title>",
)


@case("html")
def spans_of_spans(size):
    cells = b"<td rowspan=65534 colspan=1000>x" * 4
    return b"<table><tr>" + cells + repeated("<tr><td>y", size)


@case("html")
def cells_repeated_in_every_table(size):
    table = b"<table><tr><td rowspan=9999>" + b"word " * 200 + b"<td>y" + b"<tr><td>z" * 200 + b"</table>"
    return table * (size // len(table) + 1)


@case("html")
def huge_class_of_a_parent(size):
    return b'<div class="' + repeated("word ", size // 2) + b'">' + repeated("<pre>x</pre>", size // 2)


@case("html")
def huge_link_around_many(size):
    return b'<a href="/' + b"u" * (size // 2) + b'">' + repeated("<p>x<b>y</b>", size // 2)


@case("html")
def heading_over_many_chunks_of_a_page(size):
    return b"<h1>" + repeated("word ", size // 2) + b"</h1><p>" + repeated("more text. ", size // 2)


# -- CSV and plain text --------------------------------------------------------------------------------


@case("csv")
def quotes_left_open(size):
    return b"a,b\n" + repeated('"a,', size)


@case("csv")
def quotes_doubled(size):
    return b'a,b\n"' + repeated('""', size)


@case("csv")
def one_wide_row(size):
    return b"a," * 4000 + b"a\n" + repeated("b\n", size)


@case("csv")
def delimiters_in_turn(size):
    return repeated("a,b;c\td|e\n", size)


@case("txt")
def one_long_line(size):
    return repeated("word ", size)


@case("txt")
def one_long_word(size):
    return repeated("w", size)


@case("txt")
def headings_underlined(size):
    return repeated("ab\n---\n", size)


@case("txt")
def numbers_that_do_not_follow(size):
    return repeated("1. a\n", size)


@case("txt")
def bytes_of_no_encoding(size):
    return b"word word " + repeated("\xe9\x81", size // 2).decode().encode("latin-1")


# -- PDF -----------------------------------------------------------------------------------------------


def pdf(objects, root=1):
    """`objects`: bodies of objects from 1 on; a tuple is a dictionary's inside and a stream."""
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        if isinstance(body, tuple):
            inside, stream = body
            body = b"<<%s /Length %d>>\nstream\n%s\nendstream" % (inside, len(stream), stream)
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<</Size %d /Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start))
    return out.getvalue()


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
HELLO = b"BT /F 12 Tf 72 700 Td (Hello hostile world) Tj ET\n"


def page_of(content, resources=b"", extra=(), box=b"0 0 612 792", packed=False):
    stream = (b"/Filter/FlateDecode", zlib.compress(content)) if packed else (b"", content)
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>%s>>>>"
            % (box, resources),
            FONT,
            stream,
            *extra,
        ]
    )


def words_at(places):
    return b"BT /F 9 Tf\n" + b"".join(b"1 0 0 1 %.1f %.1f Tm(w%d)Tj\n" % (x, y, i) for i, (x, y) in places) + b"ET\n"


@case("pdf")
def words_scattered(size):
    count = size // 26
    return page_of(words_at((i, (i * 7919 % 5800 / 10, i * 104729 % 7800 / 10)) for i in range(count)))


@case("pdf")
def words_in_a_grid(size):
    count = size // 26
    side = int(count**0.5) + 1
    return page_of(
        words_at((i, (i % side * 60, i // side * 60)) for i in range(count)),
        box=b"0 0 %d %d" % (side * 60, side * 60),
    )


@case("pdf")
def words_on_one_line(size):
    return page_of(words_at((i, (i * 14, 400)) for i in range(size // 26)), box=b"0 0 14000 792")


@case("pdf")
def words_in_one_column(size):
    return page_of(words_at((i, (100, i * 14)) for i in range(size // 26)), box=b"0 0 612 14000")


@case("pdf")
def small_tables(size):
    rows = size // 60
    return page_of(
        words_at((k, (k % 2 * 100 + 50, (k // 2) * 6 + (k // 6) * 30)) for k in range(rows * 2)), box=b"0 0 300 14000"
    )


@case("pdf")
def fonts_of_many_sizes(size):
    return page_of(b"BT\n" + b"".join(b"/F %d Tf(w)Tj " % (i % 997 + 1) for i in range(size // 16)) + b"ET\n")


@case("pdf")
def rules_of_a_grid(size):
    count = size // 48
    return page_of(
        HELLO
        + b"".join(b"%d 0 m %d 792 l S 0 %d m 612 %d l S\n" % (i % 612, i % 612, i % 792, i % 792) for i in range(count))
    )


@case("pdf")
def forms_within_forms(size):
    depth = max(size // 8192, 4)
    forms = []
    for level in range(depth):
        inside = b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>/XObject<</X %d 0 R>>>>" % (
            7 + level
        )
        forms.append((inside, b"/X Do " * 10 if level + 1 < depth else HELLO))
    return page_of(HELLO + b"/X Do " * 10, b"/XObject<</X 6 0 R>>", forms)


@case("pdf")
def one_form_drawn_often(size):
    form = (
        b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>>>",
        HELLO * (size // 2 // len(HELLO)),
    )
    return page_of(b"/X Do\n" * (size // 12), b"/XObject<</X 6 0 R>>", [form])


@case("pdf")
def one_content_of_many_pages(size):
    pages = min(size // 200, 5000)
    content = b"".join(b"BT /F 9 Tf 72 %d Td (some words to read here) Tj ET\n" % (i % 700 + 40) for i in range(size // 120))
    kids = b" ".join(b"%d 0 R" % (5 + i) for i in range(pages))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages),
            FONT,
            (b"/Filter/FlateDecode", zlib.compress(content)),
            *[page] * pages,
        ]
    )


@case("pdf")
def pages_nested(size):
    depth = size // 60
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (3 + i) for i in range(depth)]
    last = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>>>>>" % (
        depth + 3,
        depth + 4,
    )
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", *nodes, last, (b"", HELLO), FONT])


@case("pdf")
def content_packed_to_nothing(size):
    return page_of(HELLO + b" " * (size * 100), packed=True)


@case("pdf")
def state_saved_often(size):
    return page_of(HELLO + repeated("q ", size))


@case("pdf")
def path_of_many_points(size):
    return page_of(HELLO + b"0 0 m\n" + repeated("9 9 l ", size) + b" S\n")


@case("pdf")
def clips_nested(size):
    return page_of(HELLO + repeated("0 0 9 9 re W n ", size))


def declared(content=b"", resources=b"", extra=(), **more):
    return lambda size: page_of(HELLO + content + HELLO, resources, extra, **more)


def image(inside, data=b"\0" * 64):
    return b"/X Do\n", b"/XObject<</X 6 0 R>>", [(b"/Type/XObject/Subtype/Image" + inside, data)]


def shading(inside):
    return b"/S sh\n", b"/Shading<</S 6 0 R>>", [b"<<%s>>" % inside]


HUGE = 30000
DECLARED = {
    "image_raw": image(b"/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB"),
    "image_mask": image(b"/Width 60000/Height 60000/ImageMask true/BitsPerComponent 1"),
    "image_predictor": image(
        b"/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode"
        b"/DecodeParms<</Predictor 15/Columns 200000000/Colors 4/BitsPerComponent 8>>",
        zlib.compress(b"\0" * 64),
    ),
    "image_lzw": image(
        b"/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/LZWDecode"
        b"/DecodeParms<</Predictor 15/Columns 200000000/Colors 4/BitsPerComponent 8>>"
    ),
    "image_fax": image(
        b"/Width 9/Height 9/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/CCITTFaxDecode"
        b"/DecodeParms<</K -1/Columns 200000000/Rows 200000000>>"
    ),
    "image_jbig2": image(
        b"/Width 60000/Height 60000/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/JBIG2Decode",
        b"\0\0\0\0\x30\0\x01\0\0\0\x13\0\0\xea\x60\0\0\xea\x60" + b"\0" * 16,
    ),
    "shading_function": shading(b"/ShadingType 1/ColorSpace/DeviceRGB/Function<</FunctionType 4/Domain[0 1 0 1]>>"),
}
for _name, (_content, _resources, _extra) in DECLARED.items():
    CASES[f"declared_{_name}.pdf"] = declared(_content, _resources, _extra)
CASES["declared_page_box.pdf"] = declared(box=b"0 0 1000000000 1000000000")
CASES["declared_inline_image.pdf"] = declared(b"BI /W 60000 /H 60000 /BPC 8 /CS /RGB ID \0\0\0 EI\n")


@case("pdf")
def declared_content_predictor(size):
    packed = zlib.compress(HELLO)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents[5 0 R 6 0 R]/Resources<</Font<</F 4 0 R>>>>>>",
        FONT,
        (
            b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 500000000/Colors 1/BitsPerComponent 8>>",
            packed,
        ),
        (b"", HELLO),
    ]
    return pdf(objects)


@case("pdf")
def declared_sampled_function(size):
    function = (
        b"/FunctionType 0/Domain[0 1 0 1 0 1]/Range[0 1]/Size[1000 1000 1000]/BitsPerSample 8",
        b"\0" * 64,
    )
    return page_of(
        HELLO + b"/C cs 0.5 0.5 0.5 sc\n" + HELLO,
        b"/ColorSpace<</C[/DeviceN[/A/B/D]/DeviceGray 6 0 R]>>",
        [function],
    )


@case("pdf")
def declared_indexed_colours(size):
    return page_of(
        HELLO + b"/C cs 1 sc\n" + HELLO, b"/ColorSpace<</C[/Indexed/DeviceRGB 2000000000 6 0 R]>>", [(b"", b"\0" * 64)]
    )


@case("pdf")
def declared_font_widths(size):
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/A/FirstChar 0/LastChar 2000000000/Widths[1 2]>>"
    return page_of(HELLO + b"BT /G 9 Tf (a) Tj ET\n", b"", [font]).replace(b"/Font<</F 4 0 R", b"/Font<</G 6 0 R/F 4 0 R")


def composite_font(width=b"", cmap=b"/Identity-H", unicode=b"", extra=()):
    font = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding %s/DescendantFonts[7 0 R]%s>>" % (cmap, unicode)
    descendant = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>%s>>" % width
    )
    made = page_of(HELLO + b"BT /G 9 Tf <0041> Tj ET\n", b"", [font, descendant, *extra])
    return made.replace(b"/Font<</F 4 0 R", b"/Font<</G 6 0 R/F 4 0 R")


@case("pdf")
def declared_composite_widths(size):
    return composite_font(b"/W[0 2000000000 500]")


@case("pdf")
def declared_unicode_ranges(size):
    cmap = (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00000000> <ffffffff> "
        b"endcodespacerange 2 beginbfrange <00000000> <ffffffff> <0041> <00000000> <00ffffff> <0041> endbfrange "
        b"endcmap end end"
    )
    return composite_font(unicode=b"/ToUnicode 8 0 R", extra=[(b"", cmap)])


@case("pdf")
def declared_character_ranges(size):
    cmap = (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00000000> <ffffffff> "
        b"endcodespacerange 1 begincidrange <00000000> <ffffffff> 0 endcidrange endcmap end end"
    )
    return composite_font(cmap=b"8 0 R", extra=[(b"/Type/CMap/CMapName/A", cmap)])


def with_object_stream(first, count, index=b"", size=8, widths=b"1 2 1", data=None):
    """A file whose cross-reference is a stream, with an object stream that may lie."""
    out = io.BytesIO()
    out.write(b"%PDF-1.5\n")
    places = {}

    def put(number, body):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    put(1, b"<</Type/Catalog/Pages 2 0 R/Lang 7 0 R>>")
    put(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
    put(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>")
    put(4, FONT)
    put(5, b"<</Length %d>>\nstream\n%s\nendstream" % (len(HELLO), HELLO))
    inside = b"7 0 (en)"
    put(6, b"<</Type/ObjStm/N %d/First %d/Length %d>>\nstream\n%s\nendstream" % (count, first, len(inside), inside))
    start = out.tell()
    rows = b"\0\0\0\xff"
    for number in range(1, 7):
        rows += b"\x01" + places[number].to_bytes(2, "big") + b"\0"
    rows += b"\x02\0\x06\0"
    rows = data if data is not None else rows
    out.write(
        b"8 0 obj\n<</Type/XRef/Size %d/W[%s]%s/Root 1 0 R/Length %d>>\nstream\n%s\nendstream\nendobj\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, widths, index, len(rows), rows, start)
    )
    return out.getvalue()


CASES["declared_objects_in_a_stream.pdf"] = lambda size: with_object_stream(4, 1000000)
CASES["declared_objects_beyond_counting.pdf"] = lambda size: with_object_stream(2000000000, 2000000000)
CASES["declared_cross_references.pdf"] = lambda size: with_object_stream(4, 1, size=8000000)
CASES["declared_cross_reference_index.pdf"] = lambda size: with_object_stream(4, 1, index=b"/Index[0 8 8000000 1]")
CASES["declared_cross_reference_count.pdf"] = lambda size: with_object_stream(4, 1, index=b"/Index[0 8000000]")


@case("pdf")
def declared_cross_reference_table(size):
    return page_of(HELLO).replace(b"xref\n0 6\n", b"xref\n40000000 1\n0000000000 00000 n \n0 6\n")


@case("pdf")
def declared_trailer_size(size):
    return page_of(HELLO).replace(b"/Size 6", b"/Size 40000000")


@case("pdf")
def declared_object_number(size):
    return b"%PDF-1.4\n40000000 0 obj\n<</Type/Catalog>>\nendobj\n" + page_of(HELLO).replace(b"xref", b"xxxx")


@case("pdf")
def declared_page_count(size):
    return page_of(HELLO).replace(b"/Count 1", b"/Count 9999")


@case("pdf")
def links_over_all(size):
    count = min(size // 200, 5000)
    made = page_of(
        words_at((i, (i % 40 * 14, i // 40 * 6)) for i in range(size // 60)),
        extra=[
            b"<</Type/Annot/Subtype/Link/Rect[0 0 612 792]/A<</S/URI/URI(http://a/%s)>>>>" % (b"u" * (size // 4)),
        ],
    )
    return made.replace(b"/Contents 5 0 R", b"/Annots[%s]/Contents 5 0 R" % (b"6 0 R " * count))


# -- DOCX ----------------------------------------------------------------------------------------------

W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONSHIPS = b"http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx(body, parts=None, relationships=b"", head=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name, content):
            package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)

        put(
            "[Content_Types].xml",
            b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
            b'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'wordprocessingml.document.main+xml"/></Types>',
        )
        put(
            "_rels/.rels",
            b'<Relationships xmlns="%s"><Relationship Id="a" Type="%s/officeDocument" '
            b'Target="word/document.xml"/></Relationships>' % (RELATIONSHIPS, OFFICE),
        )
        put(
            "word/_rels/document.xml.rels",
            b'<Relationships xmlns="%s">%s</Relationships>' % (RELATIONSHIPS, relationships),
        )
        put(
            "word/document.xml",
            head + b'<w:document %s xmlns:r="%s"><w:body>%s</w:body></w:document>' % (W, OFFICE, body),
        )
        for name, content in (parts or {}).items():
            put(name, content)
    return out.getvalue()


def part(name, kind, inside):
    relationship = b'<Relationship Id="%s" Type="%s/%s" Target="%s.xml"/>' % (kind, OFFICE, kind, name)
    return relationship, {f"word/{name.decode()}.xml": b"<w:%s %s>%s</w:%s>" % (name, W, inside, name)}


PARAGRAPH = b"<w:p><w:r><w:t>word</w:t></w:r></w:p>"


@case("docx")
def entities_of_entities(size):
    lines = b"".join(b'<!ENTITY e%d "&e%d;&e%d;">' % (i + 1, i, i) for i in range(40))
    return docx(
        b"<w:p><w:r><w:t>&e40;</w:t></w:r></w:p>", head=b'<!DOCTYPE w:document [<!ENTITY e0 "x">%s]>' % lines
    )


@case("docx")
def cells_that_span_all(size):
    grid = b"<w:tblGrid>" + b"<w:gridCol/>" * 4000 + b"</w:tblGrid>"
    row = b'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="4000"/></w:tcPr>%s</w:tc><w:tc>%s</w:tc></w:tr>' % (
        PARAGRAPH,
        PARAGRAPH,
    )
    return docx(b"<w:tbl>" + grid + row * (size // len(row)) + b"</w:tbl>")


@case("docx")
def cells_merged_downwards(size):
    text = b"<w:p><w:r><w:t>" + repeated("word ", size // 4) + b"</w:t></w:r></w:p>"
    first = b'<w:tr><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>%s</w:tc></w:tr>' % text
    row = b"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr>"
    return docx(b"<w:tbl>" + first + row * (size // 2 // len(row)) + b"</w:tbl>")


@case("docx")
def list_labels_of_any_length(size):
    relationship, parts = part(
        b"numbering",
        b"numbering",
        b'<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%s"/>'
        b'</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>' % repeated("a%1", size // 2),
    )
    item = (
        b'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    )
    return docx(item * (size // 2 // len(item)), parts, relationship)


@case("docx")
def styles_in_a_chain(size):
    style = b"".join(
        b'<w:style w:type="paragraph" w:styleId="s%d"><w:basedOn w:val="s%d"/></w:style>' % (i, i + 1)
        for i in range(size // 160)
    )
    relationship, parts = part(b"styles", b"styles", style)
    paragraph = b'<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    return docx(paragraph * (size // 2 // len(paragraph)), parts, relationship)


@case("docx")
def note_referred_to_often(size):
    relationship, parts = part(
        b"footnotes",
        b"footnotes",
        b'<w:footnote w:id="1"><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:footnote>' % repeated("word ", size // 2),
    )
    reference = b'<w:p><w:r><w:t>x</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    return docx(reference * (size // 2 // len(reference)), parts, relationship)


@case("docx")
def link_of_many_runs(size):
    relationship = b'<Relationship Id="l" Type="%s/hyperlink" TargetMode="External" Target="http://a/%s"/>' % (
        OFFICE,
        b"u" * (size // 2),
    )
    run = b'<w:p><w:hyperlink r:id="l"><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>'
    return docx(run * (size // 2 // len(run)), relationships=relationship)


@case("docx")
def fields_of_one_instruction(size):
    begin = b'<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    text = b'<w:r><w:instrText>HYPERLINK "http://a/%s</w:instrText></w:r>' % (b"u" * 4000)
    separate = b'<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    return docx(
        b"<w:p>" + begin + text * (size // 2 // len(text)) + separate * (size // 2 // len(separate)) + b"</w:p>" + PARAGRAPH
    )


@case("docx")
def charts_that_are_missing(size):
    count = size // 200
    relationship = b"".join(
        b'<Relationship Id="c%d" Type="%s/chart" Target="charts/%d.xml"/>' % (i, OFFICE, i) for i in range(count)
    )
    chart = b"".join(
        b'<w:p><w:r><w:drawing><c:chart xmlns:c="c" r:id="c%d"/></w:drawing></w:r></w:p>' % i for i in range(count)
    )
    parts = {f"word/media/{i}.bin": b"" for i in range(count)}
    return docx(chart + PARAGRAPH, parts, relationship)


@case("docx")
def elements_nested(size):
    depth = size // 40
    return docx(b"<w:sdt><w:sdtContent>" * depth + PARAGRAPH + b"</w:sdtContent></w:sdt>" * depth)


@case("docx")
def attributes_of_one_element(size):
    attributes = b" ".join(b'w:a%d="1"' % i for i in range(size // 12))
    return docx(b"<w:p %s><w:r><w:t>word</w:t></w:r></w:p>" % attributes)


@case("docx")
def name_spaces_of_one_element(size):
    names = b" ".join(b'xmlns:n%d="u"' % i for i in range(size // 16))
    return docx(b"<w:p %s><w:r><w:t>word</w:t></w:r></w:p>" % names)


def main():
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    for name, make in CASES.items():
        (directory / name).write_bytes(make(size))


if __name__ == "__main__":
    main()
