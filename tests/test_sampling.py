import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refinestat.refinegen.sampling import Choices, Exhausted, Refused, Temper, choices

EVERYTHING = np.ones(3, dtype=bool)


def probabilities(logits: np.ndarray, allowed: np.ndarray, temper: Temper) -> np.ndarray:
    """The probability of every token, shape (V,)."""
    found = choices(logits, allowed, temper)
    dense = np.zeros(len(logits))
    dense[found.tokens] = found.weights
    return dense


def among(*weights: float) -> Choices:
    return Choices(np.arange(len(weights)), np.array(weights))


def test_a_masked_token_has_no_probability():
    weights = probabilities(np.array([5.0, 1.0, 0.0]), np.array([False, True, True]), Temper(temperature=1.0))
    assert weights[0] == 0
    assert weights[1] / weights[2] == pytest.approx(np.e)


def test_a_lower_temperature_sharpens():
    logits = np.array([1.0, 0.0, -1.0])
    warm, cold = (probabilities(logits, EVERYTHING, Temper(temperature=t)) for t in (1.0, 0.3))
    assert cold[0] > warm[0]


def test_top_p_keeps_the_fewest_tokens_that_reach_it():
    logits = np.log([0.5, 0.3, 0.2])
    weights = probabilities(logits, EVERYTHING, Temper(temperature=1.0, top_p=0.7))
    assert weights == pytest.approx([0.625, 0.375, 0.0])


def test_top_k_keeps_the_most_probable_tokens():
    weights = probabilities(np.log([0.2, 0.5, 0.3]), EVERYTHING, Temper(temperature=1.0, top_k=2))
    assert weights == pytest.approx([0.0, 0.625, 0.375])
    assert probabilities(np.zeros(3), EVERYTHING, Temper(top_k=2)) == pytest.approx([0.5, 0.5, 0.0])


def test_min_p_keeps_tokens_that_are_not_much_less_probable_than_the_best():
    weights = probabilities(np.log([0.6, 0.3, 0.1]), EVERYTHING, Temper(temperature=1.0, min_p=0.4))
    assert weights == pytest.approx([2 / 3, 1 / 3, 0.0])


def test_the_rules_count_among_the_allowed_tokens_only():
    allowed = np.array([False, True, True])
    for temper in (Temper(temperature=1.0, top_k=1), Temper(temperature=1.0, min_p=0.9), Temper(top_p=0.5)):
        assert probabilities(np.log([0.6, 0.3, 0.1]), allowed, temper) == pytest.approx([0.0, 1.0, 0.0])


def test_each_rule_is_applied_to_what_the_one_before_left():
    logits = np.log([0.4, 0.3, 0.2, 0.1])
    temper = Temper(temperature=1.0, top_k=2, top_p=0.5)  # of the two, the first alone has 4/7
    assert probabilities(logits, np.ones(4, dtype=bool), temper) == pytest.approx([1.0, 0.0, 0.0, 0.0])


def test_tokens_of_a_padded_vocabulary_are_never_allowed():
    weights = probabilities(np.array([0.0, 0.0, 9.0]), np.array([True, True]), Temper(temperature=1.0))
    assert weights == pytest.approx([0.5, 0.5, 0.0])


def test_an_empty_mask_is_an_error_and_not_everything():
    with pytest.raises(Exhausted, match="no token is allowed"):
        probabilities(np.zeros(3), np.zeros(3, dtype=bool), Temper())


def test_a_greedy_draw_takes_the_most_probable_text_that_was_not_refused():
    weights, stream, refused = among(0.5, 0.3, 0.2), np.random.default_rng(0), Refused()
    drawn = []
    for _ in range(3):
        drawn.append(refused.draw(weights, stream, greedy=True))
        refused.refuse()
    assert drawn == [0, 1, 2]
    with pytest.raises(Exhausted, match="every text"):
        refused.draw(weights, stream)


FIRST = among(0.6, 0.4)
SECOND = {0: among(0.9, 0.1), 1: among(0.5, 0.5)}


def text(refused: Refused, stream: np.random.Generator) -> tuple[int, int]:
    first = refused.draw(FIRST, stream)
    return first, refused.draw(SECOND[first], stream)


@given(st.integers(0, 2**32 - 1))
def test_no_text_is_drawn_twice_and_all_are_drawn(seed):
    stream, refused, drawn = np.random.default_rng(seed), Refused(), []
    for _ in range(4):
        drawn.append(text(refused, stream))
        refused.refuse()
    assert sorted(drawn) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_after_a_refusal_the_other_texts_keep_their_proportions():
    stream, counts = np.random.default_rng(1), dict.fromkeys([(0, 1), (1, 0), (1, 1)], 0)
    for _ in range(6000):
        refused = Refused()
        while text(refused, stream) != (0, 0):
            refused = Refused()
        refused.refuse()
        counts[text(refused, stream)] += 1
    shares = np.array(list(counts.values())) / 6000
    assert shares == pytest.approx(np.array([0.06, 0.2, 0.2]) / 0.46, abs=0.025)


def test_a_text_that_was_all_but_certain_leaves_the_others_their_proportions():
    sure = among(1 - 2e-18, 1e-18, 1e-18)
    stream, refused = np.random.default_rng(0), Refused()
    assert refused.draw(sure, stream) == 0
    refused.refuse()
    assert refused.draw(sure, stream) in (1, 2)


def test_a_token_that_nothing_can_follow_is_as_if_masked():
    """(0, 0) has been refused, and 1 turns out to be dead: what is left of 0 is (0, 1), and 2 has its 0.2."""
    stream, counts = np.random.default_rng(2), {0: 0, 2: 0}
    first = among(0.6, 0.2, 0.2)
    for _ in range(4000):
        refused = Refused()
        while (refused.draw(first, stream), refused.draw(SECOND[0], stream)) != (0, 0):
            refused = Refused()
        refused.refuse()
        token = refused.draw(first, stream)
        while token == 1:
            refused.forbid()
            token = refused.draw(first, stream)
        counts[token] += 1
    assert counts[0] / 4000 == pytest.approx(0.06 / 0.26, abs=0.03)


def test_when_all_tokens_are_dead_nothing_is_left():
    stream, refused = np.random.default_rng(0), Refused()
    for _ in range(2):
        refused.draw(FIRST, stream)
        refused.forbid()
    with pytest.raises(Exhausted):
        refused.draw(FIRST, stream)
