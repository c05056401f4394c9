"""Tables of shares in Markdown, one column per temperature and set: written, and read back to be added to."""

from collections.abc import Mapping

Columns = dict[str, dict[str, str]]


def as_markdown(columns: Mapping[str, Mapping[str, object]]) -> str:
    """A table with a row for everything that a column has; what another column lacks is empty there."""
    rows = list(dict.fromkeys(row for shares in columns.values() for row in shares))
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    lines += [f"| {row} | {' | '.join(str(shares.get(row, '')) for shares in columns.values())} |" for row in rows]
    return "\n".join(lines)


def read_markdown(text: str) -> Columns:
    """The columns of the last such table in a text; none where it has no table."""
    _, begun, rest = text.rpartition("\n| | ")
    if not begun:
        return {}
    header, _, *rows = [_cells(line) for line in f"| | {rest}".split("\n\n", 1)[0].splitlines()]
    return {name: {row[0]: row[i] for row in rows if row[i]} for i, name in enumerate(header) if name}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
