"""A data section is executed contained: it reads the folder of its file, writes nothing, and tells what it made."""

import numpy as np
import pytest

from refinestat.refinegen.fitting.data_section import execute
from refinestat.refinegen.fitting.data_section_values import described
from refinestat.refinegen.records import FitLimits

SOURCE = """\
import os
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

d = pd.read_csv("d.csv")
y = d["y"].values
n = len(y)
groups = sorted(set(d.g))
late = d[d.y > 1].y
half = 0.5
fig, ax = plt.subplots()
passwords = open("/etc/passwd").read()
written = open("w.txt", "w")
child = os.fork()
import socket
line = socket.socket()
def standard(x):
    return (x - x.mean()) / x.std()
z = standard(d.x.to_numpy())
count = y.max()
print("a" * 10_000)
missing = undefined + 1
after = n + 1
"""


@pytest.mark.slow
def test_what_a_section_makes_comes_back_and_what_it_may_not_do_is_told(tmp_path):
    (tmp_path / "d.csv").write_text("x,y,g\n1.0,2,a\n2.0,1,b\n4.5,7,a\n")
    section = execute(SOURCE, tmp_path)
    if section.level not in {"A", "B"}:
        pytest.skip("this machine cannot contain programs")
    values = section.values
    assert values["y"].tolist() == [2, 1, 7]
    assert (values["n"], values["half"], values["groups"], values["after"]) == (3, 0.5, ["a", "b"], 4)
    assert values["d"]["x"].tolist() == [1.0, 2.0, 4.5]
    assert np.isclose(values["z"].mean(), 0)
    assert isinstance(values["count"], np.int64)
    assert "late" not in values  # numbered by an index of its own
    failed = {note.line: note.why for note in section.notes}
    assert {14, 15, 17, 23} <= failed.keys()
    assert "undefined" in failed[23]
    assert (13 in failed) is (section.level == "A")
    assert not (tmp_path / "w.txt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("source", ["while True: pass", "import os; os._exit(0)", "x = [0] * 10**11"])
def test_a_section_that_does_not_end_well_is_told(source, tmp_path):
    section = execute(f"{source}\ny = 1\n", tmp_path, FitLimits(wall=20.0, cpu=2.0, memory=4 * 2**30))
    assert section.notes


def test_what_has_no_description_is_left_out():
    things = {"f": print, "_hidden": 1, "m": np, "big": 2**80, "long": "a" * 500, "c": 1j, "o": np.array([None])}
    assert described(things) == ({}, [])


def test_plain_things_are_described():
    values, arrays = described({"a": True, "b": [1, 2.5], "c": {"k": np.arange(3)}, "t": np.array(["u", "v"])})
    assert values["a"] == ["plain", True]
    assert values["b"] == ["list", [["plain", 1], ["float", "2.5"]]]
    assert values["c"] == ["dict", {"k": ["array", 0]}]
    assert values["t"] == ["list", [["plain", "u"], ["plain", "v"]]]
    assert arrays[0].tolist() == [0, 1, 2]


def test_the_largest_things_are_left_out():
    values, arrays = described({"x": np.zeros(3_000_000), "y": np.zeros(3), "l": list(range(1000))})
    assert list(values) == ["y"]
    assert len(arrays) == 1
