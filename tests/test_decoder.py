import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen.decoder import Decoder, Writing
from refinestat.refinegen.grammar import GrammarError
from refinestat.refinegen.prompts import PRIORS
from refinestat.refinegen.records import Draft, Verdict
from refinestat.refinegen.sampling import Temper

SCHOOLS = DATASETS["eight_schools"]
END = "<end>"


class Scripted:
    """A language model over a finite set of texts with weights; tokens are those of `vocabulary` (longest match)."""

    longest = 10_000

    def __init__(self, texts: dict[str, float], extra: Sequence[str] = ()) -> None:
        characters = sorted({c for text in texts for c in text})
        self.vocabulary = [END, *extra, *characters]
        self.texts = {(*self._tokens(text), 0): weight for text, weight in texts.items()}
        self.end = frozenset({0})
        self.forward_passes = 0
        self.seconds = 0.0

    def _tokens(self, text: str) -> list[int]:
        tokens = []
        while text:
            word = max((w for w in self.vocabulary[1:] if text.startswith(w)), key=len)
            tokens.append(self.vocabulary.index(word))
            text = text[len(word) :]
        return tokens

    def tokens(self, prompt: str) -> tuple[int, ...]:
        self.prompt = prompt
        return (-1,) * 3

    def text(self, prompt: Sequence[int], generated: Sequence[int]) -> str:
        return "".join(self.vocabulary[t] for t in generated if t)

    def context(self, prompt: Sequence[int]) -> "Scripted":
        return self

    def logits(self, tokens: Sequence[int]) -> "asyncio.Future[np.ndarray]":
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(self._logits(tokens))
        return answer

    def _logits(self, tokens: Sequence[int]) -> np.ndarray:
        self.forward_passes += 1
        so_far = tuple(tokens)
        weights = np.zeros(len(self.vocabulary))
        for text, weight in self.texts.items():
            if text[: len(so_far)] == so_far and len(text) > len(so_far):
                weights[text[len(so_far)]] += weight
        with np.errstate(divide="ignore"):
            return np.log(weights).astype(np.float32)


class Anything:
    """A mask that allows all tokens of a model but those in `never`."""

    seconds = 0.0

    def __init__(self, model: Scripted, never: str = "") -> None:
        self.model, self.never = model, never

    def start(self, prompt: str) -> None:
        assert prompt.endswith(PRIORS)

    def statement(self, start: int, symbols: Any) -> None:
        pass

    def fork(self) -> "Anything":
        return self

    def allowed(self, text: str) -> np.ndarray:
        return np.array([not word or word not in self.never for word in self.model.vocabulary])


class Refusing:
    """Rules that refuse statements that hold one of some words, and ends without `need`; the table is the text."""

    def __init__(self, *words: str, need: str = "") -> None:
        self.words, self.need = words, need

    def start(self) -> str:
        return ""

    def judge(self, statement: Any, symbols: str) -> tuple[Verdict | None, str]:
        for word in self.words:
            if word in statement.source:
                return Verdict(predicate="support", ok=False, why=word, line=statement.line), symbols
        return None, symbols + statement.source

    def finish(self, symbols: str) -> Verdict | None:
        return None if self.need in symbols else Verdict(predicate="guards", ok=False, why=f"no {self.need}")


def decoder(model: Scripted, rules: Any, mask: Any = None, **writing: Any) -> Decoder:
    settings = Writing(temper=Temper(temperature=1.0), **writing)
    return Decoder(model=model, mask=mask or Anything(model), rules=rules, dataset=SCHOOLS, writing=settings)


def drawn(decoder: Decoder, seed: int = 0) -> Draft:
    return asyncio.run(decoder.program(np.random.default_rng(seed)))


GOOD = "    a = 1\n    # Likelihood\n    b = y\n"


def test_a_program_is_written_to_its_end_and_split_at_the_mark():
    draft = drawn(decoder(Scripted({GOOD: 1.0}), Refusing()))
    assert draft.accepted
    assert draft.program.priors == PRIORS + "    a = 1\n"
    assert draft.program.likelihood == "    # Likelihood\n    b = y\n"
    assert draft.program.data.endswith("with pm.Model() as model:\n")
    assert not draft.refusals


def test_a_refused_statement_alone_is_dropped_and_drawn_again():
    model = Scripted({"    a = 1\n    bad = 1\n    c = y\n": 1.0, "    a = 1\n    b = 2\n    c = y\n": 0.01})
    draft = drawn(decoder(model, Refusing("bad")))
    assert draft.accepted
    assert draft.program.source.endswith("    a = 1\n    b = 2\n    c = y\n")
    assert [(v.predicate, v.why) for v in draft.refusals] == [("support", "bad")]
    assert draft.refusals[0].line == draft.program.data.count("\n") + 3
    assert draft.cost.discarded == {"support": len("    bad = 1\n")}
    assert draft.cost.generated_tokens == len("    a = 1\n    bad = 1\n    b = 2\n    c = y\n") + 1


@pytest.mark.parametrize("seed", range(20))
def test_a_refused_statement_is_never_drawn_twice(seed):
    texts = {f"    x{i} = 1\n    c = y\n": 10.0**-i for i in range(9)}
    draft = drawn(decoder(Scripted(texts), Refusing(*[f"x{i}" for i in range(8)])), seed)
    assert draft.accepted
    assert "x8" in draft.program.source
    assert len({v.why for v in draft.refusals}) == len(draft.refusals) >= 5


def test_what_stands_before_the_program_is_read_and_is_no_part_of_it():
    model = Scripted({"    bad = 1\n    c = y\n": 1.0, "    b = 2\n    c = y\n": 0.01})
    opening = "[user] Write a program.\n[assistant] "
    chat = Decoder(
        model=model, mask=Anything(model), rules=Refusing("bad"), dataset=SCHOOLS, writing=Writing(), opening=opening
    )
    draft = drawn(chat)
    assert model.prompt == opening + draft.program.data + PRIORS
    assert draft.program.data.startswith("# ")
    assert draft.refusals[0].line == draft.program.data.count("\n") + 2
    model.longest = 3
    with pytest.raises(UserError, match="eight_schools: the prompt has 3 tokens, the model reads 3"):
        Decoder(model=model, mask=Anything(model), rules=Refusing(), dataset=SCHOOLS, writing=Writing())


def test_too_many_refusals_of_one_statement_give_the_program_up():
    texts = {f"    a = 1\n    x{i} = 1\n": 1.0 for i in range(9)}
    draft = drawn(decoder(Scripted(texts), Refusing("x"), statement_retries=3))
    assert not draft.accepted
    assert len(draft.refusals) == 4
    assert draft.program.source.endswith("    a = 1\n")


def test_a_program_whose_first_statement_is_refused_has_no_statement():
    draft = drawn(decoder(Scripted({"    x = 1\n": 1.0}), Refusing("x")))
    assert not draft.accepted
    assert draft.program.source.endswith(PRIORS)


def test_the_number_of_redraws_is_counted_anew_for_each_statement():
    texts = {f"    {a} = 1\n    {b} = 1\n": w for a, w in (("bad", 9.0), ("a", 1.0)) for b in ("bad", "b")}
    drafts = [drawn(decoder(Scripted(texts), Refusing("bad"), statement_retries=1), seed) for seed in range(5)]
    assert all(draft.accepted for draft in drafts)


def test_a_program_ends_where_the_model_leaves_the_block():
    draft = drawn(decoder(Scripted({GOOD + "print(1)\n": 1.0}), Refusing()))
    assert draft.accepted
    assert draft.program.source.endswith("b = y\n")


def test_a_last_line_without_a_newline_is_judged_and_completed():
    assert drawn(decoder(Scripted({GOOD[:-1]: 1.0}), Refusing())).program.likelihood.endswith("b = y\n")
    assert not drawn(decoder(Scripted({GOOD[:-1]: 1.0}), Refusing("y"), statement_retries=0)).accepted


def test_an_end_that_the_guards_refuse_is_drawn_again():
    model = Scripted({"    a = 1\n": 0.9, "    a = 1\n    b = y\n": 0.1})
    draft = drawn(decoder(model, Refusing(need="b = y")))
    assert draft.accepted
    assert "b = y" in draft.program.source
    assert {v.predicate for v in draft.refusals} <= {"guards"}


def test_a_last_line_is_dropped_together_with_an_end_that_the_guards_refuse():
    model = Scripted({"    a = 1": 0.99, "    a = 1\n    b = y\n": 0.01})
    draft = drawn(decoder(model, Refusing(need="b = y")))
    assert draft.program.source.endswith("    a = 1\n    b = y\n")


def test_the_token_limit_counts_generated_tokens_and_keeps_whole_statements():
    draft = drawn(decoder(Scripted({GOOD: 1.0}), Refusing(), max_new_tokens=len("    a = 1\n") + 3))
    assert draft.accepted
    assert draft.program.source.endswith(PRIORS + "    a = 1\n")
    refused = drawn(decoder(Scripted({GOOD: 1.0}), Refusing(need="b = y"), max_new_tokens=13))
    assert not refused.accepted
    assert refused.refusals[-1].predicate == "length"


@pytest.mark.parametrize("extra", [["\n    "], ["\n    # "], ["1\n    ", " = "], ["1\n    # L"]])
def test_tokens_that_reach_over_the_end_of_a_statement_change_nothing(extra):
    texts = {GOOD: 0.5, "    a = 1\n    # Likelihood\n    bad = y\n": 0.5}
    for seed in range(5):
        assert drawn(decoder(Scripted(texts, extra), Refusing("bad")), seed).program.source.endswith(GOOD)


@pytest.mark.parametrize("extra", [[], ["\n    # "]])
def test_a_redrawn_likelihood_keeps_the_priors(extra):
    model = Scripted({GOOD: 0.5, "    a = 1\n    # Likelihood\n    c = y\n": 0.5}, extra)
    writer = decoder(model, Refusing())
    first, second = drawn(writer, 1), None
    for seed in range(10):
        second = asyncio.run(writer.likelihood(first, np.random.default_rng(seed)))
        assert second.program.priors == first.program.priors
        assert second.program.likelihood in ("    # Likelihood\n    b = y\n", "    # Likelihood\n    c = y\n")
        assert second.cost.generated_tokens < first.cost.generated_tokens
    assert second is not None


def test_the_same_stream_writes_the_same_program():
    texts = {f"    x{i} = y\n": 1.0 for i in range(9)}
    writer = decoder(Scripted(texts), Refusing())
    assert drawn(writer, 5).program == drawn(writer, 5).program
    assert len({drawn(writer, seed).program.source for seed in range(20)}) > 3


def test_a_masked_token_is_never_written():
    texts = {"    a = y\n": 1.0, "    b = y\n": 1e-6}
    model = Scripted(texts)
    assert "b = y" in drawn(decoder(model, Refusing(), Anything(model, never="a"))).program.source


def test_a_dead_end_of_the_mask_is_a_refusal_and_not_free_text():
    model = Scripted({"    a = y\n": 1.0, "    b = y\n": 1e-6})

    class DeadEnd(Anything):
        def allowed(self, text: str) -> np.ndarray:
            return super().allowed(text) & ("a" not in text)

    draft = drawn(decoder(model, Refusing(), DeadEnd(model)))
    assert "b = y" in draft.program.source
    assert [v.predicate for v in draft.refusals] == ["mask"]


class Failing(Anything):
    """A mask that cannot say what follows an `a`."""

    def allowed(self, text: str) -> np.ndarray:
        if "a" in text:
            raise GrammarError("no parse")
        return super().allowed(text)


def test_a_failure_of_the_grammar_is_counted_and_the_statement_drawn_again():
    model = Scripted({"    a = y\n": 1.0, "    b = y\n": 1e-6})

    draft = drawn(decoder(model, Refusing(), Failing(model)))
    assert draft.accepted
    assert draft.cost.mask_failures == 1
    assert draft.cost.discarded == {"grammar": 1}


def test_what_was_asked_at_a_place_that_the_grammar_gives_up_is_cancelled():
    class Later(Scripted):
        """Answers a turn late, as a batch does."""

        def logits(self, tokens: Sequence[int]) -> "asyncio.Future[np.ndarray]":
            loop = asyncio.get_running_loop()
            answer, found = loop.create_future(), self._logits(tokens)
            loop.call_soon(lambda: loop.call_soon(lambda: answer.done() or answer.set_result(found)))
            asked.append(answer)
            return answer

    asked: list[asyncio.Future] = []
    model = Later({"    a = y\n": 1.0, "    b = y\n": 1e-6})

    assert drawn(decoder(model, Refusing(), Failing(model))).accepted
    assert sum(answer.cancelled() for answer in asked) == 1
