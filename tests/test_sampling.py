import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from refinestat.refinegen.sampling import Exhausted, Refused, Temper, probabilities

EVERYTHING = np.ones(3, dtype=bool)


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


def test_tokens_of_a_padded_vocabulary_are_never_allowed():
    weights = probabilities(np.array([0.0, 0.0, 9.0]), np.array([True, True]), Temper(temperature=1.0))
    assert weights == pytest.approx([0.5, 0.5, 0.0])


def test_an_empty_mask_is_an_error_and_not_everything():
    with pytest.raises(Exhausted, match="no token is allowed"):
        probabilities(np.zeros(3), np.zeros(3, dtype=bool), Temper())


def test_a_greedy_draw_takes_the_most_probable_text_that_was_not_refused():
    weights, stream, refused = np.array([0.5, 0.3, 0.2]), np.random.default_rng(0), Refused()
    drawn = []
    for _ in range(3):
        drawn.append(refused.draw(weights, stream, greedy=True))
        refused.refuse()
    assert drawn == [0, 1, 2]
    with pytest.raises(Exhausted, match="every text"):
        refused.draw(weights, stream)


FIRST = np.array([0.6, 0.4])
SECOND = {0: np.array([0.9, 0.1]), 1: np.array([0.5, 0.5])}


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
    sure = np.array([1 - 2e-18, 1e-18, 1e-18])
    stream, refused = np.random.default_rng(0), Refused()
    assert refused.draw(sure, stream) == 0
    refused.refuse()
    assert refused.draw(sure, stream) in (1, 2)
