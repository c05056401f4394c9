"""How functions of the library are called, read off their signatures; `catalogue_build` writes it down.

One line each: `c axis=` has to be given c and may be given axis; `*` stands for any more by position, `**` for any more
by name, and what follows a `*` or a lone `|` is given by name only. `3 **` takes three by position."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

SPELLED: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
OF_INSTANCES = ("data", "index", "name", "owner", "str_repr", "tag", "type")  # attributes that a class does not show


def of_functions(modules: Mapping[str, Any], opened: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Lines by module and name, of what tells how it is called. opened: what a program may use, by module."""
    return {
        path: {name: line for name in sorted(opened[path]) if (line := _line(getattr(module, name)))}
        for path, module in modules.items()
    }


def of_tensors(tensors: Iterable[Any]) -> dict[str, str]:
    """Lines by name of all public attributes of tensors; empty of those that are not called, or do not tell."""
    found: dict[str, str] = {}
    for kind in {type(tensor): None for tensor in tensors}:
        for name in dir(kind):
            if not name.startswith("_"):
                found[name] = _line(getattr(kind, name), bound=True)
    return dict(sorted((found | dict.fromkeys(OF_INSTANCES, "")).items()))


def _line(function: Any, *, bound: bool = False) -> str:
    """Empty where it says nothing of use: of a number, of what takes anything, of what is not written in Python."""
    inputs = getattr(getattr(function, "scalar_op", None), "nin", -1)
    if inputs > 0:
        return f"{inputs} **"
    if not isinstance(getattr(function, "_implementation", function), FunctionType | type):
        return ""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return ""
    line = " ".join(_words(parameters[1:] if bound else parameters)) or "0"
    return "" if line.startswith("*") else line


def _words(parameters: list[inspect.Parameter]) -> Iterator[str]:
    by_name = False
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY and not by_name:
            yield "|"
        by_name = by_name or each.kind in {each.KEYWORD_ONLY, each.VAR_POSITIONAL}
        yield SPELLED.get(each.kind, each.name if each.default is each.empty else f"{each.name}=")
