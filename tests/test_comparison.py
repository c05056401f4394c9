"""Runs held against each other: every number again by other code, from the lines of the logs."""

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from fabricate import attempt, environment, failed, model_folder, settings

from commons.diagnostics import Check
from commons.utils import UserError
from refinestat.refinegen import cli
from refinestat.refinegen.comparison import compare, comparison_text, write_comparison
from refinestat.refinegen.comparison.differences import interval
from refinestat.refinegen.records import Assessment, Attempt, Outcome, Program
from refinestat.refinegen.results import load_run
from refinestat.refinegen.store import RunFolder

BUDGETS = {"tiny": {"eight_schools": 300, "dugongs": 300}}
LIMITS = {"r_hat": ("<", 1.05), "ess_bulk": (">=", 400), "ess_tail": (">=", 100), "divergences": ("<=", 0),
          "bfmi": (">", 0.3), "pareto_k": (">=", 0.8)}  # fmt: skip
HOLDS = {"<": np.less, ">": np.greater, "<=": np.less_equal, ">=": np.greater_equal}


def assessment(numbers: np.random.Generator) -> Assessment:
    """A program that ran, with checks near their thresholds."""
    values = {
        "r_hat": numbers.choice([1.0, 1.03, 1.03, 1.07]), "ess_bulk": numbers.choice([50, 150, 500, 500, 900]),
        "ess_tail": numbers.choice([90, 150, 300, 900]), "divergences": numbers.choice([0, 0, 3, 50]),
        "bfmi": numbers.choice([0.25, 0.4, 0.4, 0.9]), "pareto_k": numbers.choice([0.5, 0.75, 0.85, 1.0]),
    }  # fmt: skip
    elpd = float(numbers.choice([np.nan, *(-30 + numbers.normal(size=9))]))
    checks = [
        Check(
            name=name,
            value=float(value),
            threshold=LIMITS[name][1],
            rule="",
            passed=bool(HOLDS[LIMITS[name][0]](value, LIMITS[name][1])),
        )
        for name, value in values.items()
    ]
    last = Check(name="elpd_loo", value=elpd, threshold=-np.inf, rule="finite", passed=bool(np.isfinite(elpd)))
    return Assessment(
        outcome=Outcome.SCORED, checks=(*checks, last), elpd_loo=elpd, elpd_se=1.5, sampler="nutpie", fit_seconds=1.25
    )


def made(numbers: np.random.Generator, index: int) -> Attempt:
    fates = [*(14 * [None]), *(outcome for outcome in Outcome if outcome is not Outcome.SCORED)]
    fate = fates[numbers.integers(len(fates))]
    judged = assessment(numbers) if fate is None else failed(fate, fit_seconds=0.5)
    one = attempt(
        index,
        judged,
        looked_up=bool(fate is None and numbers.random() < 0.2),
        generated_tokens=int(numbers.integers(20, 90)),
    )
    text = Program(data="with m:\n", priors=f"    a = {numbers.integers(10**9)}\n", likelihood="    b = 1\n")
    object.__setattr__(one.draft, "program", text)
    return one


def told(
    root: Path,
    name: str,
    seed: int,
    *,
    story: Mapping[Any, Sequence[Attempt]] | None = None,
    unfinished=(),
    **changes: Any,
) -> Path:
    """A run with made-up attempts: a few for each cell."""
    folder = root / "tiny" if (root / "tiny").exists() else model_folder(root)
    numbers = np.random.default_rng(seed)
    with RunFolder.create(settings(folder, **changes), environment(), output=root / name) as run:
        for cell in run.cells():
            drawn = [made(numbers, index) for index in range(numbers.integers(2, 7))]
            for each in drawn if story is None else story.get((cell.dataset, cell.seed), []):
                cell.record(each)
            if (cell.dataset, cell.seed) not in unfinished:
                cell.finish({})
    return run.path


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> list[Path]:
    root = tmp_path_factory.mktemp("runs")
    return [
        told(root, "refinestat", 1),
        told(root, "again", 2, budgets=BUDGETS),
        told(root, "baseline", 3, strategy="baseline", budgets=BUDGETS, seeds="1-4"),
        told(root, "base", 4, strategy="base", budgets=BUDGETS, unfinished=[("dugongs", 2)]),
    ]


@pytest.fixture(scope="module")
def found(paths):
    return compare([load_run(path) for path in paths])


@pytest.fixture(scope="module")
def lines(paths) -> pd.DataFrame:
    """Every line of every log of a finished search, flat."""
    rows = []
    for path, strategy in zip(paths, ("refinestat", "refinestat-budget", "baseline", "base"), strict=True):
        for log in sorted(path.glob("*/*/*/attempts.jsonl")):
            if (log.parent / "diagnostics.json").exists():
                place = {
                    "strategy": strategy,
                    "dataset": log.parts[-3],
                    "seed": int(log.parts[-2].removeprefix("seed_")),
                }
                rows += [{**place, **json.loads(line)} for line in log.read_text().splitlines()]
    flat = pd.json_normalize(rows, sep="_")
    flat["elpd"] = pd.to_numeric(flat["assessment_elpd_loo"], errors="coerce")
    flat["B"] = [sum(check["passed"] for check in checks) for checks in flat["assessment_checks"]]
    flat["scored"] = flat["assessment_outcome"] == "scored"
    flat["good"] = flat["scored"] & (flat["B"] >= 5)
    flat["tokens"] = flat["draft_cost_generated_tokens"]
    flat["fit"] = ~flat["looked_up"] & flat["assessment_outcome"].isin(
        ["scored", "crashed", "hopeless", "timed_out", "out_of_memory"]
    )
    flat["seconds"] = (
        flat["draft_cost_model_seconds"]
        + flat["draft_cost_mask_seconds"]
        + flat["assessment_fit_seconds"] * ~flat["looked_up"]
    )
    return flat


def answers(lines: pd.DataFrame) -> pd.DataFrame:
    """The answer of each search: reliable ones by ELPD, others by B, then ELPD."""
    rows = []
    lines = lines.assign(place=lines["elpd"].fillna(-1e9))  # a score that is no number ranks last
    for _, cell in lines.groupby(["strategy", "dataset", "seed"]):
        good = cell[cell["good"]]
        rest = cell[cell["scored"]] if cell["scored"].any() else cell
        rows.append((good.sort_values("place") if len(good) else rest.sort_values(["B", "place"])).iloc[-1])
    return pd.DataFrame(rows)


def row_of(table: pd.DataFrame, **wanted: Any) -> pd.Series:
    for name, value in wanted.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def wilson(part: float, whole: float) -> tuple[float, float]:
    p, z = part / whole, 1.959963984540054
    middle, half = p + z**2 / (2 * whole), z * np.sqrt(p * (1 - p) / whole + z**2 / (4 * whole**2))
    return (middle - half) / (1 + z**2 / whole), (middle + half) / (1 + z**2 / whole)


@pytest.mark.parametrize("dataset", ["eight_schools", "dugongs", "all data sets"])
@pytest.mark.parametrize("strategy", ["refinestat", "refinestat-budget", "baseline", "base"])
def test_every_figure_agrees_with_the_logs(found, lines, strategy, dataset):
    row = row_of(found.figures, strategy=strategy, dataset=dataset)
    whole = dataset == "all data sets"
    drawn = lines[(lines["strategy"] == strategy) & lines["dataset"].isin([*BUDGETS["tiny"]] if whole else [dataset])]
    best = answers(drawn)
    good = best[best["good"]].sort_values("elpd")
    ran = drawn["assessment_outcome"].isin(["scored", "incomparable"]).sum()
    expected = {
        "seeds": best["seed"].nunique(), "searches": len(best), "programs": len(drawn), "programs_run": ran,
        "unfinished": float(strategy == "base" and dataset != "eight_schools"), "accepted": drawn["good"].sum(),
        "incomparable": (drawn["assessment_outcome"] == "incomparable").sum(), "reliable_answers": len(good),
        **{f"score_{n}": (drawn["B"] == n).sum() for n in range(8)},
        "best_elpd_loo": good["elpd"].max(), "elpd_loo_mean": good["elpd"].mean(), "elpd_loo_sd": good["elpd"].std(),
        "best_elpd_se": good["assessment_elpd_se"].iloc[-1] if len(good) else np.nan,
        "published_elpd_loo": {"eight_schools": -30.68, "dugongs": 8.35}[dataset] if not whole else np.nan,
        "published_run_rate": {"refinestat": 0.5, "baseline": 0.11}.get(strategy, np.nan) if whole else np.nan,
    }  # fmt: skip
    if strategy != "refinestat":
        expected["published_elpd_loo"] = np.nan
    if whole:
        expected |= dict.fromkeys(("best_elpd_loo", "best_elpd_se", "elpd_loo_mean", "elpd_loo_sd"), np.nan)
    for name, part, of in (("run_rate", ran, len(drawn)), ("accepted_share", drawn["good"].sum(), len(drawn)),
                           ("reliable_share", len(good), len(best))):  # fmt: skip
        low, high = wilson(part, of)
        expected |= {name: part / of, f"{name}_low": low, f"{name}_high": high}
    for name, used in (("tokens", "tokens"), ("nuts_runs", "fit"), ("seconds", "seconds")):
        expected[f"{name}_per_accepted"] = drawn[used].sum() / drawn["good"].sum()
        expected[f"{name}_per_search"] = drawn[used].sum() / len(best)
    shown = {name: float(value) for name, value in row.items() if name not in ("model", "dataset", "strategy")}
    assert shown == pytest.approx({name: float(value) for name, value in expected.items()}, nan_ok=True)


@pytest.mark.parametrize("strategy", ["refinestat-budget", "baseline", "base"])
def test_differences_are_paired_by_seed(found, lines, strategy):
    best = answers(lines).set_index(["strategy", "dataset", "seed"])
    searches = lines.assign(ran=lines["assessment_outcome"].isin(["scored", "incomparable"])).groupby(
        ["strategy", "dataset", "seed"]
    )
    totals = searches[["tokens", "fit", "seconds"]].sum().join(searches["ran"].mean())
    assert set(found.differences["measure"]) == {
        "run_rate", "reliable", "elpd_loo", "checks_passed", "generated_tokens", "nuts_runs", "seconds",
    }  # fmt: skip
    for measure, of in (
        ("elpd_loo", best["elpd"].where(best["good"])), ("reliable", best["good"].astype(float)),
        ("generated_tokens", totals["tokens"]), ("nuts_runs", totals["fit"]), ("seconds", totals["seconds"]),
        ("run_rate", totals["ran"]), ("checks_passed", best["B"]),
    ):  # fmt: skip
        pairs = (of.loc[strategy].astype(float) - of.loc["refinestat"].astype(float)).dropna()
        by_seed = pairs.groupby("seed").mean()
        row = row_of(found.differences, strategy=strategy, dataset="all data sets", measure=measure)
        assert row["n"] == len(by_seed) > 1
        assert row["difference"] == pytest.approx(by_seed.mean())
        assert row["low"] <= row["difference"] <= row["high"]
        inside = pairs.xs("eight_schools") if "eight_schools" in pairs.index.get_level_values(0) else pairs[:0]
        row = row_of(found.differences, strategy=strategy, dataset="eight_schools", measure=measure)
        assert (row["n"], row["difference"]) == (len(inside), pytest.approx(inside.mean(), nan_ok=True))


def test_the_interval_is_that_of_all_resamples():
    values = np.array([1.0, 4.0, 2.0, 9.0])
    means = np.sort([np.mean(each) for each in itertools.product(values, repeat=4)])
    assert interval(values) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.3)
    assert interval(values) == interval(values)
    assert interval(np.array([2.0, 2.0])) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("K = 5, as run", {}), ("K = 3", {"K": 3}), ("K = 7", {"K": 7}), ("r_hat < 1.1", {"r_hat": 1.1}),
        ("ess_bulk >= 100", {"ess_bulk": 100}), ("divergences <= 5", {"divergences": 5}),
        ("bfmi > 0.2", {"bfmi": 0.2}), ("pareto_k >= 0.9", {"pareto_k": 0.9}),
    ],
)  # fmt: skip
def test_the_winners_under_other_rules_are_chosen_again(found, lines, rule, change):
    again = lines[lines["strategy"] == "refinestat"].copy()
    limits = {name: (relation, change.get(name, limit)) for name, (relation, limit) in LIMITS.items()}

    def passed(checks: list[dict[str, Any]]) -> int:
        value = {check["name"]: float(check["value"]) for check in checks}
        return sum(HOLDS[relation](value[name], limit) for name, (relation, limit) in limits.items()) + np.isfinite(
            value["elpd_loo"]
        )

    again["B"] = [passed(checks) if checks else 0 for checks in again["assessment_checks"]]
    again["good"] = again["scored"] & (again["B"] >= change.get("K", 5))
    key = ["strategy", "dataset", "seed"]
    before, after = answers(lines[lines["strategy"] == "refinestat"]).set_index(key), answers(again).set_index(key)
    row = row_of(found.sensitivity, strategy="refinestat", rule=rule, dataset="all data sets")
    assert (row["searches"], row["reliable_answers"]) == (len(after), after["good"].sum())
    assert row["changed"] == (before["draft_program_priors"] != after["draft_program_priors"]).sum()
    both = before["good"] & after["good"]
    assert row["elpd_change"] == pytest.approx((after["elpd"] - before["elpd"])[both].mean(), nan_ok=True)


def test_the_files_hold_the_tables(found, tmp_path):
    text = write_comparison(found, tmp_path)
    assert text == comparison_text(found)
    book = openpyxl.load_workbook(tmp_path / "compare.xlsx")
    for name in ("figures", "differences", "sensitivity", "published"):
        frame = getattr(found, name)
        pd.testing.assert_frame_equal(pd.read_csv(tmp_path / f"{name}.csv"), frame, check_dtype=False)
        values = [[cell.value for cell in row] for row in book[name].iter_rows()]
        assert values[0] == list(frame.columns)
        for line, row in zip(values[1:], frame.itertuples(index=False), strict=True):
            assert [v for v in line if isinstance(v, int | float)] == pytest.approx(
                [v for v in row if isinstance(v, int | float | np.number) and not np.isnan(v)]
            )
    explained = {row[0].value for row in book["columns"].iter_rows()}
    assert set(found.figures) | set(found.differences) | set(found.sensitivity) <= explained
    assert (tmp_path / "compare.txt").read_text() == text + "\n"


def test_the_text_fits_a_terminal_and_marks_what_is_published(found):
    text = comparison_text(found)
    assert [line for line in text.splitlines() if len(line) > 100 and "/" not in line] == []
    assert "[published, by experts and other language models: expert -30.70; RefineStat, best 7B model -30.68" in text
    assert "1 of 6 searches have not ended" in " ".join(text.split())
    assert "Sensitivity of the answers of refinestat" in text


def test_one_seed_has_no_standard_deviation_and_no_interval_and_says_so(tmp_path):
    runs = [told(tmp_path, "a", 1, seeds="1"), told(tmp_path, "b", 3, strategy="baseline", seeds="1")]
    found = compare([load_run(path) for path in runs])
    assert found.figures["elpd_loo_sd"].isna().all()
    assert found.differences[["low", "high"]].isna().all(axis=None)
    assert "refinestat: n = 1 seed, so there is no standard deviation and no interval over seeds." in found.notes
    assert "n = 1 seed" in comparison_text(found)


def test_a_strategy_without_a_reliable_program_is_shown_and_named(tmp_path):
    story = {("dugongs", 1): [attempt(0, failed())], ("eight_schools", 2): [attempt(0, failed(Outcome.REJECTED))]}
    runs = [told(tmp_path, "a", 1), told(tmp_path, "b", 3, strategy="baseline", story=story)]
    found = compare([load_run(path) for path in runs])
    row = row_of(found.figures, strategy="baseline", dataset="dugongs")
    assert (row["accepted"], row["reliable_answers"], row["run_rate"]) == (0, 0, 0)
    assert np.isnan(row["tokens_per_accepted"])
    assert any("no reliable program for dugongs (tiny) in 3 seeds" in note for note in found.notes)
    assert comparison_text(found)


def test_a_reference_that_is_missing_is_said(tmp_path):
    found = compare([load_run(told(tmp_path, "b", 3, strategy="baseline"))])
    assert found.differences.empty
    assert "No run of refinestat is among these: there is nothing to take differences to." in found.notes


# --- What must not be pooled ---


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"temperature": 0.8}, "temperature is 0.3 in {0} and 0.8 in {1}"),
        ({"draws": 500}, "draws is 1000 in {0} and 500 in {1}"),
        ({"datasets": ["dugongs"]}, "datasets are eight_schools, dugongs in {0} and dugongs in {1}"),
        ({"strategy": "refinestat"}, "{0} and {1} both hold refinestat, eight_schools, seed 1"),
    ],
)
def test_runs_of_other_data_or_settings_are_refused_with_what_differs(tmp_path, changes, line):
    paths = [told(tmp_path, "a", 1), told(tmp_path, "b", 2, **{"strategy": "baseline", **changes})]
    with pytest.raises(UserError) as error:
        compare([load_run(path) for path in paths])
    first, *_, last = str(error.value).splitlines()
    assert first == f"these runs cannot be pooled: {line.format(*paths)}"
    assert last == "to pool them nevertheless: --force"
    forced = compare([load_run(path) for path in paths], force=True)
    assert f"Pooled by force: {line.format(*paths)}." in forced.notes


def test_of_a_search_that_two_runs_hold_the_first_counts_with_its_attempts_alone(tmp_path):
    short = {("eight_schools", 1): [attempt(0, failed())]}
    long = {("eight_schools", 1): [attempt(n, failed()) for n in range(4)], ("dugongs", 1): [attempt(0, failed())]}
    runs = [told(tmp_path, name, 1, story=story, seeds="1") for name, story in (("a", short), ("b", long))]
    found = compare([load_run(path) for path in runs], force=True).figures.set_index("dataset")
    assert found["programs"].to_dict() == {"eight_schools": 1, "dugongs": 0, "all data sets": 1}
    assert found["score_0"].to_dict() == {"eight_schools": 1, "dugongs": 0, "all data sets": 1}


@pytest.mark.parametrize("kind", ["datasets", "models"])
def test_data_and_models_of_one_name_and_other_contents_are_refused(tmp_path, kind):
    paths = [told(tmp_path, "a", 1), told(tmp_path, "b", 2, strategy="baseline")]
    for number, path in enumerate(paths):
        (path / "environment.json").write_text(json.dumps(environment(**{kind: {"x": f"hash {number}"}})))
    with pytest.raises(UserError, match=r"the (data set|model) x is not the same in .*a and .*b"):
        compare([load_run(path) for path in paths])


def test_baselines_of_different_budgets_are_refused(tmp_path):
    paths = [told(tmp_path, "a", 1, strategy="base"), told(tmp_path, "b", 2, strategy="baseline", budgets=BUDGETS)]
    with pytest.raises(UserError, match=r"the budget of .*a is not that of .*b"):
        compare([load_run(path) for path in paths])


def test_libraries_that_differ_are_a_note(tmp_path):
    paths = [told(tmp_path, "a", 1), told(tmp_path, "b", 2, strategy="baseline")]
    (paths[1] / "environment.json").write_text(json.dumps(environment(versions={"pymc": "6"})))
    found = compare([load_run(path) for path in paths])
    assert f"{paths[0]} ran with pymc 5.28.5, {paths[1]} with 6." in found.notes


# --- The command ---


def test_the_command_prints_the_comparison_and_where_it_is(paths, tmp_path, capsys):
    assert cli.main(["compare", *map(str, paths), "--output", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == f"Everything is in {tmp_path / 'out'}"
    assert (tmp_path / "out" / "compare.xlsx").is_file()


def test_the_command_refuses_in_lines(paths, tmp_path, capsys):
    other = told(tmp_path, "other", 1, temperature=0.9)
    assert cli.main(["compare", str(paths[2]), str(other), "--output", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "refinestat: error: to pool them nevertheless: --force"
    assert cli.main(["compare", str(tmp_path / "none")]) == 2
    assert "holds no run" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
