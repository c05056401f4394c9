"""The program that a cell is writing: its tokens, their text, and how far it is accepted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from refinestat.refinegen.records import Verdict
from refinestat.refinegen.sampling import Refused


@dataclass(slots=True, kw_only=True)
class Page:
    """What is written after a prompt.

    read: the text of tokens where they follow others. start: where the statement that is being written begins in the
    text; kept: how many tokens hold what lies before it (the last of them may reach into it); marks: (start, kept) of
    each accepted statement; ends: how long the text is after each token. refused: the texts refused at this place,
    retries: how often. generated, discarded: tokens, the latter by cause."""

    prompt: Sequence[int]
    read: Callable[[Sequence[int], Sequence[int]], str]
    symbols: Any
    tokens: list[int] = field(default_factory=list)
    text: str = ""
    start: int = 0
    kept: int = 0
    marks: list[tuple[int, int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    refused: Refused = field(default_factory=Refused)
    retries: int = 0
    refusals: list[Verdict] = field(default_factory=list)
    generated: int = 0
    discarded: Counter[str] = field(default_factory=Counter)
    mask_failures: int = 0

    @property
    def statement(self) -> str:
        """What is written of the present statement, and of the next where the last token reaches into it."""
        return self.text[self.start :]

    def begin_with(self, tokens: Sequence[int], length: int) -> None:
        """Takes over tokens that were written before; their statements are the text's first `length` characters."""
        self.tokens = list(tokens)
        self.text = self.read(self.prompt, self.tokens)
        self.ends = [len(self.text)] * len(self.tokens)
        self.start, self.kept = length, len(self.tokens)

    def write(self, token: int, *, ends: bool) -> str:
        """Adds a token that was drawn, and returns the text that it brings: none where it ends the program."""
        before = len(self.text)
        self.generated += 1
        self.tokens.append(token)
        if not ends:
            self.text = self._text()
        self.ends.append(len(self.text))
        return self.text[before:]

    def accept(self, length: int, symbols: Any) -> None:
        """The statement's first `length` characters are accepted, and the next statement begins."""
        self.marks.append((self.start, self.kept))
        self.symbols = symbols
        self.start += length
        self.kept = next(i for i, end in enumerate(self.ends, 1) if end >= self.start)
        self.refused, self.retries = Refused(), 0

    def refuse(self, verdict: Verdict) -> None:
        """The statement is dropped, and will not be drawn again."""
        self.refusals.append(verdict)
        self.refused.refuse()
        self.retries += 1
        self.cut(verdict.predicate)

    def refuse_token(self, verdict: Verdict) -> None:
        """Nothing can follow the last token: it alone is dropped; the statement, where it has no token yet."""
        if len(self.tokens) == self.kept:
            self.refuse(verdict)
            return
        self.refusals.append(verdict)
        self.refused.forbid()
        self.retries += 1
        self._drop(len(self.tokens) - 1, verdict.predicate)

    def cut(self, why: str) -> None:
        """Drops what is written of the statement, and counts its tokens as discarded for that cause."""
        self._drop(self.kept, why)

    def _drop(self, kept: int, why: str) -> None:
        dropped = len(self.tokens) - kept
        if dropped:
            self.discarded[why] += dropped
            del self.tokens[kept:], self.ends[kept:]
            self.text = self.text[: self.ends[-1] if self.ends else 0]

    def _text(self) -> str:
        """The text with the token drawn last. Only tokens from the last ASCII character on are decoded again, after the
        one before them: beyond that, a character may be unfinished."""
        known = self._settled(len(self.tokens) - 1)
        before = self.tokens[self._settled(known - 1) : known] if known else self.prompt
        return self.text[: self.ends[known - 1] if known else 0] + self.read(before, self.tokens[known:])

    def _settled(self, tokens: int) -> int:
        """The most of the first so many tokens after which the text is whole."""
        while tokens > 0 and not self.text[: self.ends[tokens - 1]][-1:].isascii():
            tokens -= 1
        return max(tokens, 0)
