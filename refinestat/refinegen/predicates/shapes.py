"""Shapes of which some lengths are unknown (None)."""

from refinestat.refinegen.predicates.symbols import Kind, Shape, Value


class Mismatch(Exception):
    """Two shapes that do not broadcast, or whatever else the message says."""


def broadcast(left: Shape | None, right: Shape | None) -> Shape | None:
    """The shape of an elementwise result; None where unknown. Raises Mismatch where it surely fails."""
    if left is None or right is None:
        return None
    longest = max(len(left), len(right))
    padded = zip((1,) * (longest - len(left)) + left, (1,) * (longest - len(right)) + right, strict=True)
    return tuple(_length(a, b) for a, b in padded)


def _length(a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        known = b if a is None else a
        return None if known == 1 else known
    if a not in (b, 1) and b != 1:
        raise Mismatch
    return b if a == 1 else a


def fits(part: Shape | None, whole: Shape | None) -> bool:
    """Whether `part` may broadcast to exactly `whole`; True where either is unknown."""
    if part is None or whole is None:
        return True
    if len(part) > len(whole):
        return False
    return all(a is None or b is None or a in {1, b} for a, b in zip(reversed(part), reversed(whole), strict=False))


def matmul(left: Shape | None, right: Shape | None) -> Shape | None:
    """The shape of a dot product of at most two-dimensional things."""
    if left is None or right is None or not 1 <= len(left) <= 2 or not 1 <= len(right) <= 2:
        return None
    inner, other = left[-1], right[0]
    if inner is not None and other is not None and inner != other:
        raise Mismatch
    return left[:-1] + right[1:]


def of(value: Value) -> Shape | None:
    """The shape that NumPy would give a value: that of nested lists too."""
    if value.kind is not Kind.SEQUENCE:
        return value.shape
    if value.items is None:
        return None
    inner = {of(item) for item in value.items}
    if len(inner) > 1 or None in inner:
        return None
    first = inner.pop() if inner else ()
    return None if first is None else (len(value.items), *first)


def text(shape: Shape) -> str:
    """`(8,)`, `(?, 3)`."""
    parts = ["?" if n is None else str(n) for n in shape]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
