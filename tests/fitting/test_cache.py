"""The cache of fits: found again whole, or made again; never wrong."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fitting_programs import EIGHT, GOOD, eight_schools
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from commons.data_pymc import DATASETS, Dataset
from refinestat.refinegen.fitting import cache
from refinestat.refinegen.fitting.cache import CachedFits
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings

SETTINGS = SamplerSettings(seed=1)
SOURCE = eight_schools(GOOD)


def small_fit() -> Fit:
    numbers = np.random.default_rng(0)
    return Fit(
        outcome=Outcome.SCORED,
        free={"mu": numbers.normal(size=(2, 10)), "theta": numbers.normal(size=(2, 10, 8))},
        deterministic={"tau": numbers.normal(size=(2, 10))},
        log_likelihood=numbers.normal(size=(2, 10, 8)),
        diverging=np.zeros((2, 10), dtype=bool),
        energy=numbers.normal(size=(2, 10)),
        sampler="nutpie",
    )


class CountingPool:
    """Gives the same fit to everybody, and counts."""

    def __init__(self, fit: Fit) -> None:
        self.made = 0
        self._fit = fit

    async def fit(self, source: str, dataset: Dataset, settings: SamplerSettings) -> Fit:
        self.made += 1
        return self._fit


def looked_up(folder: Path, pool: CountingPool, source: str = SOURCE, **how: object) -> Fit:
    data, settings = how.get("data", EIGHT), how.get("settings", SETTINGS)
    return asyncio.run(CachedFits(pool, folder).fit(source, data, settings))  # type: ignore[arg-type]


def entries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_fit_comes_back_with_every_draw(tmp_path):
    made = replace(small_fit(), note="why", seconds={"sample": 1.5}, cpu_seconds=2.0, peak_memory=7)
    pool = CountingPool(made)
    assert not looked_up(tmp_path, pool).cached
    found = looked_up(tmp_path, pool)
    assert pool.made == 1
    assert found.cached
    for role in ("free", "deterministic"):
        assert list(getattr(found, role)) == list(getattr(made, role))
        for name, draws in getattr(made, role).items():
            np.testing.assert_array_equal(getattr(found, role)[name], draws)
    for role in ("log_likelihood", "diverging", "energy"):
        np.testing.assert_array_equal(getattr(found, role), getattr(made, role))
        assert getattr(found, role).dtype == getattr(made, role).dtype
    for name in ("outcome", "why", "sampler", "note", "seconds", "cpu_seconds", "peak_memory"):
        assert getattr(found, name) == getattr(made, name)


def test_the_same_program_in_another_layout_is_found(tmp_path):
    pool = CountingPool(small_fit())
    looked_up(tmp_path, pool)
    assert looked_up(tmp_path, pool, SOURCE.replace("\n    tau", "\n\n    # spread\n    tau")).cached


def test_whatever_a_fit_depends_on_makes_another_entry(tmp_path, monkeypatch):
    pool = CountingPool(small_fit())
    looked_up(tmp_path, pool)
    looked_up(tmp_path, pool, SOURCE.replace("0, 5", "0, 6"))
    looked_up(tmp_path, pool, data=DATASETS["dugongs"])
    for change in ({"seed": 2}, {"draws": 999}, {"target_accept": 0.99}, {"pilot": 200}):
        looked_up(tmp_path, pool, settings=replace(SETTINGS, **change))
    monkeypatch.setattr(cache, "_versions", lambda: {"pymc": "6.0"})
    looked_up(tmp_path, pool)
    assert pool.made == len(entries(tmp_path)) == 8


@pytest.mark.parametrize("outcome", [Outcome.BUILD_FAILED, Outcome.HOPELESS])
def test_a_failure_that_would_come_again_is_kept(tmp_path, outcome):
    pool = CountingPool(Fit(outcome=outcome, why="TypeError"))
    assert [looked_up(tmp_path, pool).why for _ in range(2)] == ["TypeError"] * 2
    assert pool.made == 1


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.OUT_OF_MEMORY])
def test_a_failure_of_the_moment_is_not(tmp_path, outcome):
    pool = CountingPool(Fit(outcome=outcome, why="so"))
    assert [looked_up(tmp_path, pool).outcome for _ in range(2)] == [outcome] * 2
    assert pool.made == 2


@limits(max_examples=25, deadline=None)
@given(damage=st.data())
def test_a_damaged_entry_is_made_again(tmp_path_factory, damage):
    folder = tmp_path_factory.mktemp("cache")
    pool = CountingPool(small_fit())
    looked_up(folder, pool)
    (path,) = entries(folder)
    content = bytearray(path.read_bytes())
    if damage.draw(st.booleans()):
        del content[damage.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[damage.draw(st.integers(0, len(content) - 1))] ^= damage.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert not looked_up(folder, pool).cached
    assert looked_up(folder, pool).cached
    assert pool.made == 2


def test_an_entry_under_another_name_is_not_believed(tmp_path):
    pool = CountingPool(small_fit())
    looked_up(tmp_path, pool)
    (path,) = entries(tmp_path)
    other = cache.key(SOURCE, EIGHT, replace(SETTINGS, seed=2))
    (tmp_path / other[:2]).mkdir(exist_ok=True)
    path.rename(tmp_path / other[:2] / f"{other}.fit")
    assert not looked_up(tmp_path, pool, settings=replace(SETTINGS, seed=2)).cached


def test_an_entry_that_holds_a_pickle_is_made_again(tmp_path):
    import hashlib
    import io

    pool = CountingPool(small_fit())
    name = cache.key(SOURCE, EIGHT, SETTINGS)
    content = io.BytesIO()
    np.savez(content, about=np.array([object()], dtype=object))
    path = tmp_path / name[:2] / f"{name}.fit"
    path.parent.mkdir()
    path.write_bytes(hashlib.sha256(content.getvalue()).digest() + content.getvalue())
    assert not looked_up(tmp_path, pool).cached


def test_a_folder_that_cannot_be_written_is_the_users_mistake(tmp_path):
    from commons.utils import UserError

    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write"):
        looked_up(tmp_path / "file", CountingPool(small_fit()))


def test_where_runs_are_held_against_each_other_a_fit_from_the_cache_counts_as_made(tmp_path):
    pool = CountingPool(replace(small_fit(), seconds={"sample": 1.5}))
    shared = CachedFits(pool, tmp_path, as_made=True)  # type: ignore[arg-type]
    fits = [asyncio.run(shared.fit(SOURCE, EIGHT, SETTINGS)) for _ in range(2)]
    assert pool.made == 1
    assert [(fit.cached, fit.seconds) for fit in fits] == [(False, {"sample": 1.5})] * 2
