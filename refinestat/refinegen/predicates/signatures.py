"""What functions of the library and methods of tensors are called with, where they surely fail on it."""

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import processes
from refinestat.refinegen.predicates.records import Passed
from refinestat.refinegen.predicates.symbols import Kind
from refinestat.refinegen.predicates.verdicts import listed, suggestion

COUNTS = ("none", "one", "two", "three", "four", "five")
OFTEN = {"input_dim": ": it comes first, the number of columns of X"}


def fault(path: str, arguments: Passed) -> str:
    """Why a function of pm.math, pm.gp, pt or np cannot be called like this; empty where it may be."""
    module, _, name = path.rpartition(".")
    line = catalogue.load().signatures.get(module, {}).get(name, "")
    if why := misfit(path, line, arguments):
        return why
    if module in {"pm.gp", "pm.gp.cov"} and not arguments.unsure:
        return processes.fault(name, _parameters(line)[0], arguments)
    return _joined(path, name, arguments) if path in JOINS else ""


def misfit(title: str, line: str, arguments: Passed) -> str:
    """Why the arguments do not fit a line of the catalogue's signatures; empty where they may."""
    if arguments.unsure or not line:
        return ""
    given = len(arguments.positional)
    first, *others = line.split()
    if not first.isdigit():
        return _unfit(title, line, arguments)
    if given != int(first):
        return f"{title} takes {_many(int(first), 'argument')}, got {_many(given)}"
    return "" if others else _unknown(title, [], arguments)


def _unfit(title: str, line: str, arguments: Passed) -> str:
    by_position, by_name, required = _parameters(line)
    given, names = len(arguments.positional), by_position + by_name
    if "*" not in line.split() and given > len(by_position):
        most = f"{'at most ' if by_position else ''}{_many(len(by_position), 'positional argument')}"
        return f"{title} takes {most}, got {_many(given)}"
    if "**" not in line.split() and (why := _unknown(title, names, arguments)):
        return why
    if twice := next((name for name in by_position[:given] if name in arguments.keywords), ""):
        return f"{title}: {twice} is given twice, by position and by name"
    missing = next((n for n in required if n not in by_position[:given] and n not in arguments.keywords), "")
    if missing and required == names and not arguments.keywords:
        return f"{title} takes {_many(len(required), 'argument')}, got {_many(given)}"
    return f"{missing} is missing{OFTEN.get(missing, '')}" if missing else ""


def _many(count: int, what: str = "") -> str:
    number = COUNTS[count] if count < len(COUNTS) else str(count)
    return f"{'no' if what and not count else number} {what}{'s' if what and count != 1 else ''}".rstrip()


def _parameters(line: str) -> tuple[list[str], list[str], list[str]]:
    """Names by position, names by keyword only, and those that have to be given."""
    before, _, after = line.replace(" * ", " | ").partition("|")
    by_position, by_name = ([w for w in part.split() if w[0] != "*"] for part in (before, after))
    required = [word for word in (*by_position, *by_name) if not word.endswith("=")]
    return [w.rstrip("=") for w in by_position], [w.rstrip("=") for w in by_name], required


def _unknown(title: str, names: list[str], arguments: Passed) -> str:
    for name in arguments.keywords:
        if name not in names:
            offered = f"; it has {listed(names)}" if names else ""
            return f"{title} has no parameter {name!r}{suggestion(name, names)}{offered}"
    return ""


JOINS = {"pm.math.concatenate", "pt.concatenate", "pm.math.stack", "pt.stack"}


def _joined(path: str, name: str, arguments: Passed) -> str:
    given = arguments.values[0] if arguments.values else None
    if given is None or given.kind is Kind.NUMBER:
        return "" if given is None else f"{path} takes a list of {'vectors' if name == 'concatenate' else 'tensors'}"
    if name == "concatenate" and any(item.kind is Kind.NUMBER and item.shape == () for item in given.items or ()):
        return f"{path} joins vectors, and one of these is a single value: put it in a list"
    return ""
