"""What all command lines share: errors of one line, examples below the flags, exit statuses."""

import argparse
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NoReturn

from commons.utils import UserError

WIDTH = 80  # columns of a description


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def texts(about: str | None, examples: str, prog: str) -> dict[str, Any]:
    """Description and examples of a parser, the lines as they are; {prog} in examples: how the user calls it."""
    epilog = examples.format(prog=prog)
    about = about and textwrap.fill(about, WIDTH)
    return {"description": about, "epilog": epilog, "formatter_class": argparse.RawDescriptionHelpFormatter}


def reporting(prog: str, action: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Runs the action. A user's mistake is one line and status 2; Ctrl-C is status 130."""
    try:
        return action(arguments)
    except UserError as error:
        mistakes: list[Exception] = [error]
    except ExceptionGroup as group:  # tasks that failed side by side
        mistakes = _leaves(group)
        if not all(isinstance(mistake, UserError) for mistake in mistakes):
            raise
    except KeyboardInterrupt:
        print(f"{prog}: stopped", file=sys.stderr)
        return 130
    for line in dict.fromkeys(line for mistake in mistakes for line in str(mistake).splitlines()):
        print(f"{prog}: error: {line}", file=sys.stderr)
    for note in dict.fromkeys(note for mistake in mistakes for note in getattr(mistake, "__notes__", ())):
        print(f"{prog}: {note}", file=sys.stderr)
    return 2


def _leaves(error: Exception) -> list[Exception]:
    """The errors in a group of errors, each with the notes of the group."""
    if not isinstance(error, ExceptionGroup):
        return [error]
    leaves = [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    for leaf in leaves:
        for note in getattr(error, "__notes__", ()):
            leaf.add_note(note)
    return leaves
