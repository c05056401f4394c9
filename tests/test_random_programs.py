"""A model that has learnt nothing takes every path of the masks and the predicates."""

import pytest

from benchmarks.decoding_cells import stress


@pytest.mark.slow
@pytest.mark.parametrize("grammar", ["syncode", "semantic"])
def test_random_weights_write_without_an_exception_or_an_unmasked_token(grammar, capsys):
    stress(30, grammar, in_flight=16)
    assert "30 runs, no exception" in capsys.readouterr().out
