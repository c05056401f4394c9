import numpy as np

from refinestat.refinegen.strategies import Grammar, NoGrammar


class Fixed:
    """A mask of five tokens: 3 is EOS and may come, 4 is special."""

    def start(self, prompt: str) -> None:
        self.prompt = prompt

    def allowed(self, text: str) -> np.ndarray:
        return np.array([True, False, True, text != "", False])

    def fork(self) -> "Fixed":
        return Fixed()


class Tokenizer:
    all_special_ids = (3, 4)

    def __len__(self) -> int:
        return 5


def test_all_tokens_that_end_a_text_may_come_where_the_program_may_end():
    mask = Grammar(Fixed(), 3, frozenset({3, 4, 99})).fork()  # type: ignore[arg-type]
    assert mask.allowed("x").tolist() == [True, False, True, True, True]
    assert mask.allowed("").tolist() == [True, False, True, False, False]


def test_the_time_of_the_mask_is_counted():
    mask = Grammar(Fixed(), 3, frozenset({3}))  # type: ignore[arg-type]
    mask.allowed("x")
    assert mask.seconds > 0


def test_without_a_grammar_only_special_tokens_are_masked():
    mask = NoGrammar(Tokenizer(), frozenset({3}))
    assert mask.fork().allowed("anything").tolist() == [True, True, True, True, False]
