"""What `refinestat describe` prints: the data section, each column with its kind and role and why, and what is odd."""

import textwrap

from commons.data_pymc import Scaling, data_section
from commons.owndata.prepare import Prepared
from commons.utils import one_line

_WIDEST = 28


def description(prepared: Prepared) -> str:
    """The text, ending without a newline."""
    dataset = prepared.dataset
    parts = ["What the model is told:", "", textwrap.indent(data_section(dataset), "    ").rstrip(), ""]
    parts += [_table(prepared), ""]
    scaled = [variable for variable in dataset.variables if variable.scaling]
    if scaled:
        parts.append("Scaled (--no-scale to switch that off):")
        for variable in scaled:
            assert variable.scaling is not None
            shown = f"{formula(one_line(variable.column), variable.scaling)}"
            parts.append(f"    {variable.name} = {shown}{f'   [{one_line(variable.unit)}]' if variable.unit else ''}")
        parts.append("")
    for variable in dataset.variables:
        if variable.levels:
            levels = ", ".join(f"{i} {one_line(level)[:24]}" for i, level in enumerate(variable.levels[:12]))
            parts.append(f"Levels of {variable.name}: {levels}{', ...' if len(variable.levels) > 12 else ''}")
    parts += [*([""] if parts[-1] else []), "Odd:" if prepared.notes else "Nothing odd."]
    return "\n".join(parts + [f"    {note}" for note in prepared.notes])


def formula(raw: str, scaling: Scaling) -> str:
    """The scaling as a person or Python reads it."""
    shifted = f"({raw} - {scaling.shift!r})" if scaling.shift else raw
    return f"{shifted} / {scaling.scale!r}"


def _table(prepared: Prepared) -> str:
    names = {variable.column: variable.name for variable in prepared.dataset.variables if variable.column}
    rows = [("column", "name", "kind", "role", "why")]
    for column in prepared.columns:
        assigned = prepared.roles[column.name]
        role = assigned.role.replace("_", " ")
        why = column.why if assigned.why == column.why else f"{column.why}; {assigned.why}"
        rows.append((_cut(column.name), names.get(column.name, "-"), str(column.kind), role, one_line(why)))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[4])) for row in rows
    )


def _cut(text: str) -> str:
    plain = one_line(text)
    return plain if len(plain) <= _WIDEST else f"{plain[: _WIDEST - 3]}..."
