"""Three kinds of tokenizers, made here: their bytes, and that no mask forbids the next token of a correct program."""

import json
from functools import cache
from pathlib import Path

import pytest
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from refinestat.refinegen.grammar import GrammarMask, build_store, store_key
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

CORPUS = Path(__file__).parent / "corpus"
PROMPT = """# Scores of students.
import pymc as pm

# Data
J = 8  # number of schools
y = data["y"]  # real, shape (8,), range -3 to 28, estimated effect, observed

with pm.Model() as model:
    # Priors
"""
SPECIAL = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}
SIZE = 700


@cache
def programs() -> dict[str, str]:
    """What follows the line that opens the model block, by file."""
    sources = {
        path.stem: path.read_text() for folder in ("valid", "workload") for path in (CORPUS / folder).glob("*.py")
    }
    return {name: source[source.index("\n", source.index("with pm.Model(")) + 1 :] for name, source in sources.items()}


def wrapped(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **SPECIAL)


@cache
def byte_level(size: int = SIZE) -> PreTrainedTokenizerFast:
    """Split as the embedded model's: its tokens, such as `)\\n    `, cross the grammar's terminals."""
    tokenizer = Tokenizer(models.BPE())
    words = pre_tokenizers.Split(Regex(r"_?[A-Za-z]+|[0-9]|_|[^A-Za-z0-9_]+"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=alphabet, special_tokens=list(SPECIAL.values()), show_progress=False
    )
    tokenizer.train_from_iterator(programs().values(), trainer)
    return wrapped(tokenizer)


@cache
def sentencepiece() -> PreTrainedTokenizerFast:
    """Like Llama 2's and Gemma's: BPE over spaces made visible, and bytes for what it never saw."""
    learned = Tokenizer(models.BPE())
    learned.normalizer = normalizers.Replace(" ", "▁")
    learned.pre_tokenizer = pre_tokenizers.Split(Regex("▁+[A-Za-z]*|\n"), "isolated")
    trainer = trainers.BpeTrainer(vocab_size=SIZE - 260, show_progress=False)
    learned.train_from_iterator([text.replace("µ", "") for text in programs().values()], trainer)
    model = json.loads(learned.to_str())["model"]
    tokens = [*SPECIAL.values(), "<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *model["vocab"]]
    vocabulary = {token: number for number, token in enumerate(token for token in tokens if token != "\n")}
    merges = [tuple(pair) for pair in model["merges"]]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>"))
    tokenizer.normalizer = learned.normalizer
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    return wrapped(tokenizer)


@cache
def unigram() -> PreTrainedTokenizerFast:
    """Like T5's: words with the space in front, by likelihood."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="never")
    trainer = trainers.UnigramTrainer(
        vocab_size=SIZE, special_tokens=[*SPECIAL.values(), "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(programs().values(), trainer)
    return wrapped(tokenizer)


TOKENIZERS = pytest.mark.parametrize("made", [byte_level, sentencepiece, unigram], ids=lambda made: made.__name__)


@TOKENIZERS
def test_the_pieces_spell_the_text(made):
    pieces = read_vocabulary(made()).pieces
    for text in programs().values():
        assert b"".join(pieces[token] for token in made()(text, add_special_tokens=False).input_ids).decode() == text


@TOKENIZERS
def test_special_tokens_spell_nothing(made):
    pieces = read_vocabulary(made()).pieces
    assert [pieces[token] for token in made().all_special_ids] == [b""] * len(made().all_special_ids)


@TOKENIZERS
def test_no_next_token_of_a_correct_program_is_masked(made, tmp_path_factory):
    tokenizer = made()
    folder = tmp_path_factory.mktemp(made.__name__)
    build_store(tokenizer, folder=folder, progress=False)
    mask, pieces = GrammarMask(tokenizer, folder=folder), read_vocabulary(tokenizer).pieces
    masked, count = [], 0
    for name, body in programs().items():
        mask.start(PROMPT)
        tokens = tokenizer(body, add_special_tokens=False).input_ids
        for i, token in enumerate([*tokens, tokenizer.eos_token_id]):
            text = b"".join(pieces[token] for token in tokens[:i]).decode("utf-8", errors="replace")
            count += 1
            if not mask.allowed(text)[token]:
                masked.append((name, text[-30:], tokenizer.decode([token])))
    assert count > 5000
    assert not masked


def test_two_tokenizers_never_share_a_store():
    def key(**changes):
        return store_key(
            PreTrainedTokenizerFast(tokenizer_object=byte_level().backend_tokenizer, **(SPECIAL | changes))
        )

    keys = [store_key(made()) for made in (byte_level, sentencepiece, unigram)]
    assert key() == keys[0]
    assert len({*keys, key(eos_token="<s>"), key(pad_token="a")}) == 5


def test_a_swapped_vocabulary_of_the_same_size_has_another_store():
    state = json.loads(byte_level().backend_tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]
    assert store_key(wrapped(Tokenizer.from_str(json.dumps(state)))) != store_key(byte_level())


def test_added_tokens_that_are_not_special_are_spelt_out():
    tokenizer = wrapped(Tokenizer.from_str(byte_level().backend_tokenizer.to_str()))
    tokenizer.add_tokens(["µ = pm."])
    assert read_vocabulary(tokenizer).pieces[-1] == "µ = pm.".encode()


def test_a_word_level_vocabulary_is_refused():
    with pytest.raises(ValueError, match="neither a byte-level nor a SentencePiece-like vocabulary"):
        store_key(wrapped(Tokenizer(models.WordLevel({"a": 0, "<s>": 1, "</s>": 2, "<pad>": 3}, unk_token="a"))))
