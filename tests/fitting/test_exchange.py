"""A worker that knows its nonce may still send anything: it is a result of the right shapes, or a ProtocolError."""

import asyncio
import socket

import numpy as np
import pytest
from fitting_programs import EIGHT

from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.fitting.exchange import Job, converse
from refinestat.refinegen.fitting.protocol import ProtocolError
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings

JOB = Job(source=b"", dataset=EIGHT, settings=SamplerSettings(chains=2, draws=5), nonce="n")
OBSERVED = EIGHT.outcome.values
ARRAYS = {
    ("free", "mu"): np.zeros((2, 5)),
    ("observed", "observed"): OBSERVED.astype(float),
    ("log_likelihood", "log_likelihood"): np.zeros((2, 5, 8)),
    ("diverging", "diverging"): np.zeros((2, 5)),
}
TOLD = {"nonce": "n", "outcome": "scored", "sampler": "nutpie", "note": "", "seconds": {"build": 0.5}}


def answered(told, arrays) -> Fit:
    """What the pool makes of an answer."""

    async def talk() -> Fit:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            theirs.sendall(b"".join(protocol.pack(told, [(*key, values) for key, values in arrays.items()])))
            theirs.shutdown(socket.SHUT_WR)
            return await converse(ours, JOB)

    return asyncio.run(talk())


def test_a_result_of_the_right_shapes_is_a_fit():
    fit = answered(TOLD, ARRAYS)
    assert fit.outcome is Outcome.SCORED
    assert fit.seconds == {"build": 0.5}


@pytest.mark.parametrize(
    "told",
    [
        {"nonce": "other"},
        {"nonce": None},
        {"outcome": []},
        {"outcome": {}},
        {"outcome": "cached"},
        {"outcome": "rejected"},
        {"outcome": "build_failed", "why": 1},
        {"sampler": ["nutpie"]},
        {"sampler": "by hand"},
        {"note": {}},
    ],
    ids=str,
)
def test_fields_that_no_worker_sends_are_refused(told):
    with pytest.raises(ProtocolError):
        answered({**TOLD, **told}, ARRAYS)


@pytest.mark.parametrize("seconds", [None, [], {"build": 10**400}, {"build": "1"}, {"build": -1.0}])
def test_seconds_that_are_no_duration_are_dropped(seconds):
    assert answered({**TOLD, "seconds": seconds}, ARRAYS).seconds == {}


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (("free", "mu"), np.zeros((2, 4))),
        (("free", "mu"), np.zeros(10)),
        (("observed", "observed"), OBSERVED + 1.0),
        (("observed", "observed"), np.full(8, np.nan)),
        (("log_likelihood", "log_likelihood"), np.zeros((2, 5, 7))),
        (("log_likelihood", "twice"), np.zeros((2, 5, 8))),
        (("diverging", "diverging"), np.zeros((2, 6))),
        (("energy", "energy"), np.zeros(1)),
        (("predictive", "predictive"), np.zeros((2, 5))),
    ],
    ids=str,
)
def test_arrays_of_other_shapes_or_other_data_are_refused(key, values):
    with pytest.raises(ProtocolError):
        answered(TOLD, {**ARRAYS, key: values})


def test_a_result_without_draws_of_a_free_variable_is_refused():
    with pytest.raises(ProtocolError, match="no free variable"):
        answered(TOLD, {key: values for key, values in ARRAYS.items() if key[0] != "free"})
