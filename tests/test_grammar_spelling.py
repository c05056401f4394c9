"""Which tokens of a vocabulary begin a word, go on with it, or end it and go on."""

from refinestat.refinegen.grammar_spelling import Spelling

PIECES = [b"", b"s", b"si", b"sig", b"sigma", b"sigmas", b"gma", b" "]
PIECES += [b" sig", b"(sigma", b"(sigma)", b"gma, ", b' "si', b"gma[ab", b" sigma * x"]


def spelt(tokens):
    return [PIECES[token] for token in tokens]


def test_tokens_that_spell_the_first_letters_of_a_word():
    spelling = Spelling(PIECES)
    assert spelt(spelling.prefixes(b"sigma")) == [b"s", b"si", b"sig", b"sigma"]
    assert spelt(spelling.prefixes(b"gma")) == [b"gma"]


def test_tokens_that_end_a_word_and_go_on():
    found = Spelling(PIECES).ending(b"gma")
    assert [(PIECES[each.token], each.punctuation, each.word) for each in found] == [
        (b"gma, ", b", ", b""),
        (b"gma[ab", b"[", b"ab"),
    ]


def test_tokens_in_which_a_word_begins_after_something_else():
    place, label = b"\x10", b"\x1e"
    found = {each.before: each for each in Spelling(PIECES).inside({place: [b"sigma"], label: [b'"sigma"']})}
    assert set(found) >= {b" ", b"("}
    assert PIECES[found[b" "].leading] == b" "
    assert found[b"("].leading is None
    assert spelt(found[b" "].begun[place]) == [b" sig"]
    assert spelt(found[b" "].begun[label]) == [b' "si']
    assert spelt(found[b"("].begun[place]) == [b"(sigma"]
    assert [(PIECES[each.token], each.punctuation, each.word) for each in found[b"("].beyond[place]] == [
        (b"(sigma)", b")", b"")
    ]
    assert [each.punctuation for each in found[b" "].beyond[place]] == [b" * "]


def test_what_leads_to_a_word_is_known_as_far_as_it_has_no_letters():
    """Whether `(x, ` can follow depends on whether `x` is a name, which the mask knows later."""
    pieces = [b"(", b"(x, ", b"(x, s", b", (", b", (s"]
    place = b"\x10"
    found = {each.before: each for each in Spelling(pieces).inside({place: [b"sigma"]})}
    assert {before: pieces[each.leading] for before, each in found.items()} == {b"(x, ": b"(", b", (": b", ("}
