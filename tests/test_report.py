"""The report of a run: its numbers are those of the logs, its texts stay texts, it needs nothing from outside."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fabricate import attempt, failed, scored, searched

from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen.cli import main
from refinestat.refinegen.records import Attempt, Outcome, Verdict
from refinestat.refinegen.report import report_page, write_report
from refinestat.refinegen.store import RunFolder

STORY = {
    ("eight_schools", 1): [
        attempt(0, failed(Outcome.REJECTED), generated_tokens=11),
        attempt(1, scored(7, -31.0)),
        attempt(2, scored(5, -30.0), generated_tokens=20),
        attempt(3, scored(5, -30.0), looked_up=True),
    ],
    ("eight_schools", 2): [attempt(0, failed(Outcome.TIMED_OUT, fit_seconds=9.0)), attempt(1, scored(4, -1.0))],
    ("eight_schools", 3): [attempt(0, scored(6, -29.5))],
    ("dugongs", 1): [attempt(0, failed()), attempt(1, failed(Outcome.CRASHED))],
    ("dugongs", 2): [attempt(0, scored(3, float("nan"))), attempt(1, scored(4, -99.25))],
}


class Read(HTMLParser):
    """What a browser would find: tags, attributes, ids, links, numbers by the row and column that they name, texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.numbers: list[tuple[str, str, float, str]] = []
        self.text = ""
        self._number: tuple[str, str, float] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag == "data":
            told = dict(attrs)
            of, column = (told["class"] or "").split(" ")
            self._number = (of.removeprefix("of-"), column.removeprefix("is-"), float(told["value"] or ""))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._number:
            self.numbers.append((*self._number, data))
            self._number = None

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> RunFolder:
    return searched(tmp_path_factory.mktemp("run"), STORY)


@pytest.fixture(scope="module")
def page(run: RunFolder) -> str:
    return write_report(run).read_text()


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


def logged(run: RunFolder) -> pd.DataFrame:
    """The lines of the logs, read without any code of the product."""
    lines = [
        {"cell": f"tiny/{path.parts[-3]}/{path.parts[-2].removeprefix('seed_')}", **json.loads(line)}
        for path in sorted(run.path.glob("*/*/*/attempts.jsonl"))
        for line in path.read_text().splitlines()
    ]
    frame = pd.json_normalize(lines, sep="_")
    frame["elpd_loo"] = frame["assessment_elpd_loo"].astype(float)
    frame["elpd_se"] = frame["assessment_elpd_se"].astype(float)
    frame["ran"] = frame["assessment_outcome"] == "scored"
    frame["checks_passed"] = [sum(check["passed"] for check in checks) for checks in frame["assessment_checks"]]
    frame["good"] = frame["ran"] & (frame["checks_passed"] >= 5)
    frame["discarded"] = frame.filter(like="draft_cost_discarded_").sum(axis=1)
    frame["fresh"] = ~frame["looked_up"]
    frame["sampled"] = frame["fresh"] & ~frame["assessment_outcome"].isin(["rejected", "build_failed"])
    frame["fit_seconds"] = frame["assessment_fit_seconds"] * frame["fresh"]
    return frame


def expected(run: RunFolder) -> dict[tuple[str, str], float]:
    """Every number that the page may show, by its row and column, from the logs alone."""
    frame, numbers = logged(run), {}
    for cell, lines in frame.groupby("cell"):
        order = ["good", "ran", "rank", "elpd_loo"]
        ranked = lines.assign(rank=lines["checks_passed"].where(~lines["good"], 0))
        best = ranked.sort_values(order, ascending=False, na_position="last", kind="stable").iloc[0]
        numbers |= {(f"seed/{cell}", name): float(best[name]) for name in ("checks_passed", "elpd_loo", "elpd_se")}
        for check in best["assessment_checks"]:
            numbers.setdefault((f"seed/{cell}", check["name"]), float(check["value"]))
        so_far = float("nan")
        for line in lines.to_dict("records"):
            of = f"attempt/{cell}/{line['index']}"
            if line["good"] and not line["elpd_loo"] <= so_far:
                so_far = line["elpd_loo"]
            numbers[of, "elpd_loo"], numbers[of, "best_so_far"] = line["elpd_loo"], so_far
            numbers[of, "generated_tokens"] = line["draft_cost_generated_tokens"]
    columns = {
        "attempts": ("index", "size"), "programs_run": ("ran", "sum"), "accepted": ("good", "sum"),
        "nuts_runs": ("sampled", "sum"), "generated_tokens": ("draft_cost_generated_tokens", "sum"),
        "discarded_tokens": ("discarded", "sum"), "fit_seconds": ("fit_seconds", "sum"),
        "model_seconds": ("draft_cost_model_seconds", "sum"), "mask_seconds": ("draft_cost_mask_seconds", "sum"),
    }  # fmt: skip
    frame["group"] = frame["cell"].str.rsplit("/", n=1).str[0]
    totals = frame.groupby("group").agg(**columns)
    numbers |= {(f"dataset/{group}", name): float(row[name]) for group, row in totals.iterrows() for name in columns}
    return numbers


def test_every_number_is_that_of_the_logs(run: RunFolder, read: Read):
    truth = expected(run)
    assert len(read.numbers) > 60
    for of, column, value, text in read.numbers:
        right = truth[of, column]
        assert value == pytest.approx(right, rel=1e-12, nan_ok=True), (of, column)
        shown = text.replace(",", "").replace("\u2212", "-")
        if isnan(right):
            assert shown == "\u2013"
        elif shown.endswith("%"):
            assert float(shown[:-1]) == pytest.approx(100 * right, abs=0.5)
        else:
            digits = len(shown.partition(".")[2])
            assert float(shown) == pytest.approx(right, abs=0.5 * 10.0**-digits + 1e-9), (of, column)


def test_every_number_of_a_cell_is_that_of_the_csv(run: RunFolder, read: Read):
    table = pd.read_csv(run.path / "analysis/all_seeds_best_programs_summary.csv")
    rows = {f"seed/{row['model']}/{row['dataset']}/{row['seed']}": row for row in table.to_dict("records")}
    compared = 0
    for of, column, value, _ in read.numbers:
        if of in rows:
            assert value == pytest.approx(rows[of][column], rel=1e-12, nan_ok=True), (of, column)
            compared += 1
    assert compared > 25


def test_spreadsheets_and_summary_are_those_of_the_logs(run: RunFolder):
    frame, truth = logged(run), expected(run)
    cells = frame.groupby("cell")
    book = pd.read_excel(run.path / "analysis/all_seeds_best_programs_summary.xlsx", sheet_name="programs")
    for row in book[book["attempts"] > 0].to_dict("records"):
        cell = f"{row['model']}/{row['dataset']}/{row['seed']}"
        lines = cells.get_group(cell)
        assert row["elpd_loo"] == pytest.approx(truth[f"seed/{cell}", "elpd_loo"], nan_ok=True)
        assert row["checks_passed"] == truth[f"seed/{cell}", "checks_passed"]
        assert (row["attempts"], row["programs_run"]) == (len(lines), lines["ran"].sum())
        assert row["generated_tokens"] == lines["draft_cost_generated_tokens"].sum()
    of_schools = frame[frame["cell"].str.contains("eight_schools")]
    answers = of_schools[of_schools["good"]].groupby("cell")["elpd_loo"].max()
    sheet = pd.read_excel(run.path / "analysis/aggregated_stats.xlsx", sheet_name="by data set").set_index("dataset")
    assert sheet.loc["eight_schools", "elpd_loo_mean"] == pytest.approx(answers.mean())
    assert sheet.loc["eight_schools", "elpd_loo_sd"] == pytest.approx(answers.std(ddof=1))
    summary = (run.path / "summary.txt").read_text()
    drawn, ran, good, fits = len(frame), frame["ran"].mean(), frame["good"].sum(), frame["sampled"].sum()
    assert f"{drawn} programs drawn, {ran:.0%} of them ran; {good} reliable; {fits} NUTS runs." in summary
    assert f"{frame['draft_cost_generated_tokens'].sum()} tokens written" in summary
    assert f"{answers.max():.2f} (1.25)" in summary


def test_the_tiles_are_sums_of_the_csv(run: RunFolder, read: Read):
    total = pd.read_csv(run.path / "analysis/all_seeds_best_programs_summary.csv").sum(numeric_only=True)
    for text in (f"{int(total['attempts'])}", f"{int(total['nuts_runs'])}", f"{int(total['generated_tokens'])}"):
        assert text in read.text


def test_nothing_comes_from_outside(page: str, read: Read):
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(read.tags)
    for name in ("src", "href", "xlink:href", "action", "data", "srcset"):
        assert all(value.startswith("#") for value in read.all(name)), name
    assert not re.search(r"@import|url\((?!#)", page)
    assert not read.all("style")
    assert "http" not in page.replace("http-equiv", "").partition("</style>")[0]


def test_the_policy_lets_the_page_use_its_own_style_and_nothing_else(page: str):
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(value for value in Read(page).all("content") if "default-src" in value)
    assert policy.split("; ")[:3] == ["default-src 'none'", f"style-src 'sha256-{digest}'", "script-src 'none'"]


def test_every_link_leads_somewhere_and_no_id_is_there_twice(page: str, read: Read):
    ids = read.all("id")
    assert len(ids) == len(set(ids))
    targets = {value[1:] for value in read.all("href")} | set(re.findall(r"url\(#([^)]+)\)", page))
    assert len(targets) > 10
    assert targets <= set(ids)


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;\u202e</pre></style>'


def hostile(index: int, **changes: Any) -> Attempt:
    """A program whose every text is an attack on the page."""
    made = attempt(index, replace(scored(6, -30.0), why=HOSTILE), **changes)
    refused = Verdict(predicate=HOSTILE, ok=False, why=HOSTILE, line=3)
    program = replace(made.draft.program, data=f"# {HOSTILE}\n", likelihood=f'    x = """{HOSTILE}"""\n')
    return replace(made, draft=replace(made.draft, program=program, refusals=(refused, refused)))


def test_html_in_programs_data_and_errors_stays_text(tmp_path: Path, monkeypatch):
    schools = replace(DATASETS["eight_schools"], description=HOSTILE)
    from refinestat.refinegen.report import winner

    monkeypatch.setattr(winner, "DATASETS", {**DATASETS, "eight_schools": schools})
    run = searched(tmp_path, {("eight_schools", 1): [hostile(0)]}, seeds="1", datasets=["eight_schools"])
    read = Read(report_page(run))
    assert not {"script", "img"} & set(read.tags)
    assert read.tags.count("style") == 1
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert read.text.count("<script>alert(1)</script>") >= 5  # description, source, why, refusals, the program's story


def test_the_same_run_gives_the_same_page(run: RunFolder, page: str):
    assert report_page(run) == page


def test_figures_say_in_words_what_they_show(page: str, read: Read):
    titles = re.findall(r"<figure><h3>(.*?)</h3>", page)
    each = ["Posterior", "Traces", "Ranks", "Posterior predictive check", "LOO-PIT", "Pareto k", "All seeds"]
    assert titles[: len(each)] == each
    drawings = re.findall(r"<svg[^>]*>", page)
    assert all('aria-hidden="true"' in each or ("aria-label=" in each and 'role="img"' in each) for each in drawings)


def test_the_story_tells_what_was_refused_and_why(read: Read):
    assert "refused by the predicates" in read.text
    assert "sigma must be positive" in read.text
    assert "took too long" in read.text
    assert "ran, as before" in read.text


def test_what_is_not_reliable_is_marked(read: Read):
    assert "No reliable program for dugongs (tiny)." in read.text
    assert "NOT RELIABLE: 4 of 7 checks pass, 5 are needed" in read.text
    assert "NOT RELIABLE: no program ran" in read.text


def test_a_check_that_fails_says_what_that_means(page: str):
    assert "the ELPD-LOO is an optimistic guess" not in page.partition('id="best/tiny/dugongs"')[0]  # 6 of 7 pass
    assert "the ELPD-LOO is an optimistic guess" in page.partition('id="best/tiny/dugongs"')[2]  # 4 of 7 pass


def test_the_curve_of_a_search_names_its_highest_and_lowest_score(page: str):
    drawing = re.search(r'id="search/tiny/eight_schools/1".*?<svg.*?</svg>', page, re.DOTALL)[0]
    axis = re.findall(r'<text class="axis"[^>]*>(.*?)</text>', drawing)
    assert axis == ["\u221230.00", "\u221231.00", "no score", "0", "1", "2", "3"]
    assert drawing.count("<circle") == 3
    assert drawing.count('class="failed"') == 1


def test_a_search_that_has_not_ended_is_marked_as_open_and_not_as_unreliable(tmp_path: Path):
    run = searched(tmp_path, STORY, unfinished=[("eight_schools", 3)], draws=False)
    squares = re.findall(r'class="square ([^"]*)" href="#search/tiny/([^"]*)"', report_page(run))
    of = {cell: classes for classes, cell in squares}
    assert of["dugongs/3"] == "none open"
    assert of["eight_schools/3"] == "q6 open"
    assert of["eight_schools/2"] == "q4 weak"


def test_an_unfinished_run_says_so_and_shows_what_there_is(tmp_path: Path):
    run = searched(tmp_path, STORY, unfinished=[("eight_schools", 3)], draws=False)
    text = Read(report_page(run)).text
    assert "Not finished: 2 of 6 searches have not ended" in text
    assert "no program yet" in text


def test_a_run_without_any_attempt_has_a_page(tmp_path: Path):
    assert "0/6" in Read(report_page(searched(tmp_path, {}))).text


def test_one_seed_has_no_deviation_and_says_so(tmp_path: Path):
    story = {("eight_schools", 1): [attempt(0, scored())]}
    run = searched(tmp_path, story, draws=False, seeds="1", datasets=["eight_schools"])
    assert "n = 1: no standard deviation" in Read(report_page(run)).text


def test_damaged_lines_and_draws_are_said(tmp_path: Path):
    run = searched(tmp_path, STORY, draws=False)
    with (run.path / "tiny/eight_schools/seed_3/attempts.jsonl").open("a") as file:
        file.write("{broken}\n")
    (run.path / "tiny/eight_schools/seed_3/posterior.nc").write_bytes(b"broken")
    (run.path / "environment.json").write_text("{")
    text = Read(report_page(run)).text
    assert "1 damaged line of attempts.jsonl left out." in text
    assert "Its draws are not there" in text
    assert "what this run ran on is not known" in text


def test_the_command_writes_it_and_says_where(tmp_path: Path, capsys):
    run = searched(tmp_path, STORY, draws=False)
    assert main(["report", str(run.path)]) == 0
    assert capsys.readouterr().out == f"To look at it: {run.path / 'analysis' / 'report.html'}\n"


def test_a_folder_that_holds_no_run_is_one_line(tmp_path: Path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_run_of_another_format_is_one_line(run: RunFolder, tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(UserError, match="another version"):
        RunFolder.read(tmp_path)


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


ON = [
    *[(text, paper) for text in ("ink", "soft", "main", "good", "bad") for paper in ("paper", "card")],
    *[("good", "good-soft"), ("bad", "bad-soft"), *((f"{code}", "card") for code in ("k", "str", "num", "com"))],
    *[("s-ink", f"s{score}") for score in range(5)],
    *[("s-on5", "s5"), ("s-light", "s6"), ("s-light", "s7")],
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_have_enough_contrast(page: str, theme: str):
    blocks = re.findall(r":root\{(--paper.*?)\}", page, re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+):(#\w+)", blocks[0 if theme == "light" else 1]))
    poor = {pair: round(contrast(*map(colours.get, pair)), 2) for pair in ON if contrast(*map(colours.get, pair)) < 4.5}
    assert not poor
