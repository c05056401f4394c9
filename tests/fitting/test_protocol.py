"""What a worker sends is read strictly: whatever does not fit is an error, never a guess."""

import json

import numpy as np
import pytest

from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.fitting.protocol import ProtocolError


def header(blocks, **fields) -> bytes:
    return json.dumps({**fields, "blocks": blocks}).encode()


def test_what_is_packed_is_read_back():
    arrays = [("free", "mu", np.arange(6.0).reshape(2, 3)), ("free", "tau", np.array(1.5))]
    length, text, *payload = protocol.pack({"nonce": "n"}, arrays)
    assert protocol.header_length(length) == len(text)
    read = protocol.read_header(text)
    assert read.fields == {"nonce": "n"}
    for (block, values), (role, name, sent) in zip(protocol.read_arrays(read, b"".join(payload)), arrays, strict=True):
        assert (block.role, block.name) == (role, name)
        np.testing.assert_array_equal(values, sent)


def test_arrays_that_were_read_can_never_be_written_to():
    _, text, *payload = protocol.pack({}, [("free", "mu", np.arange(3.0))])
    ((_, values),) = protocol.read_arrays(protocol.read_header(text), b"".join(payload))
    with pytest.raises(ValueError, match="WRITEABLE"):
        values.setflags(write=True)


@pytest.mark.parametrize(
    "block",
    [
        ["free", "mu", [-1], "<f8"],
        ["free", "mu", [1.5], "<f8"],
        ["free", "mu", [True], "<f8"],
        ["free", "mu", [2**62], "<f8"],
        ["free", "mu", [1] * 9, "<f8"],
        ["free", "mu", [1], "|O"],
        ["free", "mu", [1], "<i8"],
        ["free", "mu\n", [1], "<f8"],
        ["free", "../../owned", [1], "<f8"],
        ["free", "<script>", [1], "<f8"],
        ["free", "", [1], "<f8"],
        ["free", "m" * 65, [1], "<f8"],
        ["free", 1, [1], "<f8"],
        ["free", "mu", "1", "<f8"],
        ["free"],
        None,
    ],
)
def test_a_block_that_is_not_one_is_refused(block):
    with pytest.raises(ProtocolError):
        protocol.read_header(header([block]))


BROKEN = [b"", b"[]", b"{}", b'{"blocks": 1}', b"\xff", b'{"blocks": [], "x": NaN}', b"[" * 60000]


@pytest.mark.parametrize("text", BROKEN)
def test_a_header_that_is_not_one_is_refused(text):
    with pytest.raises(ProtocolError):
        protocol.read_header(text)


def test_more_than_a_result_may_hold_is_refused_before_it_is_read():
    with pytest.raises(ProtocolError, match="more than"):
        protocol.read_header(header([["free", "mu", [protocol.MAX_RESULT // 8 + 1], "<f8"]]))


def test_a_header_that_is_too_long_is_refused_by_its_length():
    with pytest.raises(ProtocolError):
        protocol.header_length(protocol.LENGTH.pack(protocol.MAX_HEADER + 1))


@pytest.mark.parametrize("size", [0, 23, 25])
def test_bytes_that_were_not_announced_are_refused(size):
    read = protocol.read_header(header([["free", "mu", [3], "<f8"]]))
    with pytest.raises(ProtocolError, match="announced 24"):
        protocol.read_arrays(read, b"\0" * size)


def test_names_become_safe_and_stay_different():
    names = ["log rate", "log/rate", "log_rate", "μ", "sub::x", "2nd", "", "v" * 100, "a\x1b[2J"]
    safe = protocol.safe_names(names)
    assert safe["μ"] == "μ"
    assert safe["sub::x"] == "sub::x"
    assert len(set(safe.values())) == len(names)
    protocol.read_header(header([["free", name, [1], "<f8"] for name in safe.values()]))


def test_error_text_is_one_short_line_without_control_characters():
    text = protocol.printable("a\x1b[2J\n\tb\u202ec\u2028d" + "x" * 10_000)
    assert text.startswith("a [2J b c d")
    assert len(text) == protocol.MAX_WHY
    assert text.isprintable()


def test_error_text_can_always_be_written_to_a_file():
    """Half a surrogate pair is JSON, but no UTF-8."""
    assert protocol.printable("no variable a\udc80b \ud800").encode() == b"no variable a b"
