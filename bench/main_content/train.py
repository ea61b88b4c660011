#!/usr/bin/env python3
"""Learns the rules that tell the parts of web pages apart (part_rules.inc), and says how they do on pages not seen.

    web_parts PAGES/*.html >parts.jsonl
    train.py parts.jsonl web.json TEXTS [--folds N] [--write part_rules.inc]

web.json names pieces of text that belong to a page's article and pieces that do not; TEXTS holds <id>.md for each page
as another extractor read it, whose word counts a fifth for parts that no piece is in.  The pages of a site are in one
fold.  Needs scikit-learn.  See docs/adr/0042-parts-of-pages-by-rules-that-were-learned.md.
"""
import argparse, hashlib, json, os, pathlib, re, sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

RULES, WEAK, WEAK_PARTS = 120, 0.2, 25
# As in main_content.cpp.
SURE, LOG_ODDS, PER_DOUBLING, LETTERS_OF_LABEL, MOST = 3, 0.2, 0.4, 6, 3.5


def plain(text):
    text = re.sub("[\u2018\u2019\u201a\u2032]", "'", re.sub("[\u201c\u201d\u201e\u00ab\u00bb\u2033]", '"', text.replace("\u00ad", "")))
    return re.sub(r"[*_`~#>|]+|\s+", "", text).casefold()


def places(text, piece):
    out, at = [], text.find(piece)
    while at >= 0:
        out.append((at, at + len(piece)))
        at = text.find(piece, at + 1)
    return out


class Page:
    def __init__(self, record, fact, read, names):
        self.nodes, self.fact = record["nodes"], fact
        count = len(self.nodes)
        where = {node["i"]: k for k, node in enumerate(self.nodes)}
        self.last = list(range(1, count + 1))
        for k in range(count - 1, 0, -1):
            parent = where[self.nodes[k]["p"]]
            self.last[parent] = max(self.last[parent], self.last[k])
        texts = [plain(node.get("t", "")) for node in self.nodes]
        ends = np.concatenate([[0], np.cumsum([len(t) for t in texts])])
        self.begin, self.end = ends[:-1], [ends[last] for last in self.last]
        self.text = "".join(texts)
        self.wanted = [plain(p) for p in fact["with"]]
        self.unwanted = [p for p in map(plain, fact["without"]) if p]
        self.parts = [k for k, node in enumerate(self.nodes) if "f" in node]
        self.x = np.array([self.nodes[k]["f"] for k in self.parts], dtype=np.float32).reshape(len(self.parts), len(names))
        self.points = np.array([self.nodes[k]["points"] for k in self.parts], dtype=int)
        self.asked = np.array([self.nodes[k]["asked"] for k in self.parts], dtype=bool)
        self.label(texts, plain(read))

    def label(self, texts, read):
        once, often = [], []
        for piece in self.wanted:
            found = places(self.text, piece)
            (once if len(found) == 1 else often).extend(found)
        out = []
        for piece in self.unwanted:
            for begin, end in places(self.text, piece):
                if any(a <= begin and end <= b for a, b in once + often):
                    continue
                host = next((len(t) for k, t in enumerate(texts) if self.begin[k] <= begin < self.begin[k] + len(t)), 0)
                # A short word within a long line may well be the article's.
                if len(piece) >= 14 or len(piece) >= 0.3 * host:
                    out.append((begin, end))
        told, read_there = np.zeros(len(self.text) + 1), np.zeros(len(self.text) + 1)
        for k, text in enumerate(texts):
            if len(text) >= 12:
                told[self.begin[k]:self.begin[k] + len(text)] = 1
                if text in read or (len(text) > 60 and text[:50] in read):
                    read_there[self.begin[k]:self.begin[k] + len(text)] = 1
        told, read_there = np.cumsum(told), np.cumsum(read_there)
        self.y, self.weight = np.full(len(self.parts), -1), np.ones(len(self.parts))
        for i, k in enumerate(self.parts):
            begin, end = self.begin[k], self.end[k]
            if any(a < end and b > begin for a, b in once):
                self.y[i] = 0
            elif any(a < end and b > begin for a, b in often):
                continue
            elif any(a >= begin and b <= end for a, b in out):
                self.y[i] = 1
            else:
                known = told[max(end - 1, begin)] - (told[begin - 1] if begin else 0)
                if known >= 12:
                    share = (read_there[max(end - 1, begin)] - (read_there[begin - 1] if begin else 0)) / known
                    self.y[i] = 1 if share < 0.2 else 0 if share > 0.7 else -1
                    self.weight[i] = WEAK
        chance = np.random.default_rng(1)
        for kind in (0, 1):
            weak = np.flatnonzero((self.y == kind) & (self.weight < 1))
            if len(weak) > WEAK_PARTS:
                self.y[chance.choice(weak, len(weak) - WEAK_PARTS, replace=False)] = -1
            # No page counts for more because its parts are nested deeper.
            sure = (self.y == kind) & (self.weight == 1)
            if sure.sum() > 6:
                self.weight[sure] = 6 / sure.sum()

    def fold(self, folds):
        site = re.split(r"[.\-]", re.sub(r"^www\.", "", self.fact["path"].split("/")[-1].lower()))[0]
        return int(hashlib.md5(site.encode()).hexdigest(), 16) % folds

    def kept(self, odds, names):
        of = {name: self.x[:, i] for i, name in enumerate(names)}
        needed = np.minimum(LOG_ODDS + PER_DOUBLING * (of["letters"] - LETTERS_OF_LABEL), MOST)
        gone = {k for k, out in zip(self.parts, (self.points >= SURE) | (self.asked & (odds > needed))) if out}
        k, out = 0, []
        while k < len(self.nodes):
            if k in gone:
                k = self.last[k]
                continue
            if "t" in self.nodes[k]:
                out.append(self.text[self.begin[k]:self.end[k]])
            k += 1
        return "".join(out)


def learn(pages):
    model = HistGradientBoostingClassifier(max_depth=2, max_iter=RULES, learning_rate=0.15, l2_regularization=5, min_samples_leaf=15,
                                           max_features=0.5, random_state=1)
    pick = lambda field: np.concatenate([getattr(p, field)[p.y >= 0] for p in pages])
    return model.fit(pick("x"), pick("y"), sample_weight=pick("weight"))


def figures(texts):
    there = missing = leaked = 0
    for page, text in texts:
        found = sum(p in text for p in page.wanted)
        there, missing = there + found, missing + len(page.wanted) - found
        leaked += sum(p in text for p in page.unwanted)
    recall, precision = there / (there + missing), there / (there + leaked)
    return f"recall {recall:.3f}  precision {precision:.3f}  F1 {2 * recall * precision / (recall + precision):.3f}"


def number(value):
    return np.format_float_positional(np.float32(value), precision=4, trim="0", fractional=False) + "F"


def table(model, names):
    out = [f"constexpr float kBase = {number(model._baseline_prediction.item())};", "constexpr auto kRules = std::to_array<Rule>({"]
    for (predictor,) in model._predictors:
        nodes = predictor.nodes
        question = lambda n: (names[n["feature_idx"]], number(n["num_threshold"]))
        if nodes[0]["is_leaf"]:
            continue
        asked, values = [question(nodes[0])], []
        for side in ("left", "right"):
            child = nodes[nodes[0][side]]
            if child["is_leaf"]:
                asked.append((names[nodes[0]["feature_idx"]], "kNone"))
                values += [number(child["value"])] * 2
            else:
                asked.append(question(child))
                values += [number(nodes[child["left"]]["value"]), number(nodes[child["right"]]["value"])]
        out.append("    {" + ", ".join(f"{name}, {limit}" for name, limit in asked) + ", {" + ", ".join(values) + "}},")
    return "\n".join(out + ["});", ""])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("parts", type=pathlib.Path)
    ap.add_argument("facts", type=pathlib.Path)
    ap.add_argument("texts", type=pathlib.Path)
    ap.add_argument("--folds", type=int, default=10)
    ap.add_argument("--write", type=pathlib.Path)
    a = ap.parse_args()
    facts = {page["id"]: page for page in json.loads(a.facts.read_text())["pages"]}
    with a.parts.open() as lines:
        names = json.loads(next(lines))["features"]
        pages = []
        for record in map(json.loads, lines):
            name = pathlib.Path(record["file"]).stem
            read = a.texts / f"{name}.md"
            if name in facts:
                pages.append(Page(record, facts[name], read.read_text() if read.exists() else "", names))
    seen = []
    for fold in range(a.folds):
        model = learn([p for p in pages if p.fold(a.folds) != fold])
        seen += [(p, p.kept(model.decision_function(p.x), names)) for p in pages if p.fold(a.folds) == fold and len(p.x)]
    print(f"points alone    {figures([(p, p.kept(np.full(len(p.x), -99.0), names)) for p in pages])}")
    print(f"pages not seen  {figures(seen)}")
    model = learn(pages)
    print(f"pages seen      {figures([(p, p.kept(model.decision_function(p.x), names)) for p in pages])}")
    if a.write:
        a.write.write_text(table(model, names))


if __name__ == "__main__":
    sys.exit(main())
