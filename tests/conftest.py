"""What every test leaves as it found it."""

from collections.abc import Iterator

import pytest

from commons import data_pymc


@pytest.fixture(autouse=True)
def _only_the_built_in_data_sets() -> Iterator[None]:
    """A data set that a test makes known is not known to the next one."""
    before = dict(data_pymc._KNOWN)
    yield
    data_pymc._KNOWN.clear()
    data_pymc._KNOWN.update(before)
