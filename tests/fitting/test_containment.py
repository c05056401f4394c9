"""The level is found by trying: what holds on this machine, and what is found when a layer is missing."""

import os
import sys
from pathlib import Path

import pytest

from refinestat.refinegen.fitting import containment, landlock, lockdown, seccomp
from refinestat.refinegen.fitting.lockdown import Level

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


def in_child(level: Level, attempt) -> bool:
    """Whether the attempt succeeds in a process that has given up its rights."""
    readable = landlock.readable_paths(ROOT)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            lockdown.give_up_rights(level, readable)
            attempt()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def missing(*_):
    raise OSError("missing")


def test_the_level_sinks_with_each_missing_layer(monkeypatch):
    best = containment.probe(ROOT).level
    monkeypatch.setattr(landlock, "restrict", missing)
    without_landlock = containment.probe(ROOT).level
    monkeypatch.setattr(seccomp, "install", missing)
    assert containment.probe(ROOT).level is Level.C
    assert (best, without_landlock) in ((Level.A, Level.B), (Level.B, Level.B), (Level.C, Level.C))


def test_a_layer_that_does_nothing_is_noticed(monkeypatch):
    monkeypatch.setattr(seccomp, "install", lambda _: None)
    assert containment.probe(ROOT).level is Level.C


@pytest.fixture(params=[Level.A, Level.B])
def level(request):
    if request.param < containment.probe(ROOT).level:
        pytest.skip("this machine does not offer it")
    return request.param


def test_a_program_writes_nowhere(level, tmp_path):
    at = tmp_path / "owned"
    existing = tmp_path / "existing"
    existing.write_text("x")
    for attempt in (
        lambda: at.write_text("x"),
        at.mkdir,
        existing.unlink,
        lambda: existing.rename(at),
        lambda: existing.chmod(0o777),
        lambda: at.symlink_to(existing),
        lambda: os.truncate(existing, 0),
        lambda: os.utime(existing),
    ):
        assert not in_child(level, attempt)
    assert existing.read_text() == "x"
    assert not at.exists()


def test_a_program_reads_the_python_environment_and_at_level_a_nothing_else(level, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    assert in_child(level, lambda: Path(os.__file__).read_bytes())
    assert in_child(level, secret.read_text) is (level is Level.B)
    assert in_child(level, (ROOT / "pyproject.toml").read_text) is (level is Level.B)


def test_giving_up_rights_takes_milliseconds():
    began = sum(os.times()[:4])  # of this process and of its children
    assert in_child(containment.probe(ROOT).level, lambda: None)
    assert sum(os.times()[:4]) - began < 0.5
