"""What the zygote switches off once, so that no program pays for it."""

from pathlib import Path

import pytest
from test_native import quiet_pytensor  # noqa: F401 - a fixture of this module, too


def test_graphs_are_made_without_reading_c_code(monkeypatch):
    import pytensor.tensor as pt
    from pytensor.link.c.op import ExternalCOp

    from refinestat.refinegen.fitting import sample

    def refuse(path: Path, **_: object) -> str:
        raise AssertionError(f"reads {path}")

    monkeypatch.setattr(ExternalCOp, "load_c_code", ExternalCOp.load_c_code)  # as it was, afterwards
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(AssertionError, match="dimshuffle"):
        pt.matrix().transpose()
    sample._read_no_c_code()
    assert pt.matrix().transpose().type.ndim == 2
