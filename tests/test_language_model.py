import asyncio
import json
import random
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen import strategies
from refinestat.refinegen.decoder import Decoder, Writing
from refinestat.refinegen.language_model import Context, LanguageModel, Loading, load_tokenizer
from refinestat.refinegen.language_model.passes import Passes
from refinestat.refinegen.language_model.rows import ROWS
from refinestat.refinegen.page import Page
from refinestat.refinegen.prompts import plain
from refinestat.refinegen.sampling import Temper

PROMPTS = [plain(dataset) for dataset in DATASETS.values()]
BODY = (
    '    mu = pm.Normal("mu", 0, 5)\n    # Likelihood\n    y_obs = pm.Normal("y_obs", mu=mu, sigma=sigma, observed=y)\n'
)
SIZE = {
    "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512,
}  # fmt: skip


def bpe() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, special_tokens=["<pad>", "<s>", "</s>"], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([*PROMPTS, BODY], trainer)
    return tokenizer


def sentencepiece() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)
    ])  # fmt: skip
    special = ["<pad>", "<s>", "</s>", "<unk>", *(f"<0x{i:02X}>" for i in range(256))]
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([line for text in [*PROMPTS, BODY] for line in text.splitlines()], trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = data["added_tokens"][:4]  # bytes are ordinary tokens
    return Tokenizer.from_str(json.dumps(data))


def saved(folder: Path, network: type, config: type, tokenizer: Tokenizer, **more: object) -> str:
    torch.manual_seed(0)
    size = {**SIZE, **more}
    if config is GPTNeoXConfig:
        del size["num_key_value_heads"]
    vocabulary = tokenizer.get_vocab_size() + 13  # padded, as real models are
    network(config(vocab_size=vocabulary, bos_token_id=1, eos_token_id=2, pad_token_id=0, **size)).save_pretrained(
        folder
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        clean_up_tokenization_spaces=False,
    ).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("llama"), LlamaForCausalLM, LlamaConfig, bpe())


CLASSES = pytest.mark.parametrize(
    ("network", "config", "more"),
    [
        (LlamaForCausalLM, LlamaConfig, {}),
        (MistralForCausalLM, MistralConfig, {"sliding_window": 16}),
        (Qwen2ForCausalLM, Qwen2Config, {}),
        (Gemma2ForCausalLM, Gemma2Config, {"head_dim": 8, "sliding_window": 16}),
        (GPTNeoXForCausalLM, GPTNeoXConfig, {}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)


def reference(model: LanguageModel, tokens: list[int]) -> np.ndarray:
    """The logits that transformers gives for the whole sequence at once."""
    plain = type(model.network).from_pretrained(model.name)
    with torch.inference_mode():
        return plain(torch.tensor([tokens]), use_cache=False).logits[0, -1, : len(model.tokenizer)].numpy()


async def answered(*asked: tuple[Context, list[int]]) -> list[np.ndarray]:
    """What several cells get that ask in the same turn."""
    return await asyncio.gather(*(context.logits(tokens) for context, tokens in asked))


@CLASSES
def test_rows_that_join_grow_and_are_cut_back_apart_have_the_logits_of_each_alone(tmp_path, network, config, more):
    model = LanguageModel.load(saved(tmp_path, network, config, bpe(), **more))
    assert model.batch.cached
    tokens = list(model.tokens(PROMPTS[0]))
    prompts = [tokens[:30], tokens[:30], tokens[:41]]
    rows = [model.context(prompt) for prompt in prompts]
    chance = random.Random(0)
    after: list[list[int]] = [[], [], []]

    async def play() -> None:
        for _ in range(15):
            asking = sorted(chance.sample(range(3), chance.choice([1, 2, 3, 3])))
            for i in asking:
                kept = len(after[i]) if chance.random() < 0.7 else chance.randrange(len(after[i]) + 1)
                after[i] = after[i][:kept] + chance.choices(tokens, k=chance.choice([0, 1, 1, 1, 3]))
                if chance.random() < 0.1:
                    rows[i].close()
                    rows[i] = model.context(prompts[i])
            found = await answered(*((rows[i], after[i]) for i in asking))
            for i, logits in zip(asking, found, strict=True):
                np.testing.assert_allclose(logits, reference(model, prompts[i] + after[i]), atol=1e-4)

    asyncio.run(play())


@CLASSES
def test_a_row_that_the_cache_has_no_room_for_yet_can_be_moved(tmp_path, network, config, more):
    model = LanguageModel.load(saved(tmp_path, network, config, bpe(), **more))
    prompt = list(model.tokens(PROMPTS[0]))[:30]
    rows = [model.context(prompt) for _ in range(ROWS + 3)]

    async def play() -> list[np.ndarray]:
        await answered(*((row, [7]) for row in rows[:ROWS]))
        return await answered(*((row, after[i]) for i, row in enumerate(rows) if i != 5))

    after = [[7, 9] if i < ROWS else [7] for i in range(len(rows))]
    longer, shorter = (reference(model, [*prompt, *tokens]) for tokens in ([7, 9], [7]))
    for i, logits in zip((i for i in range(len(rows)) if i != 5), asyncio.run(play()), strict=True):
        np.testing.assert_allclose(logits, longer if i < ROWS else shorter, atol=1e-4)


def test_cells_that_ask_in_the_same_turn_share_a_pass(folder):
    model = LanguageModel.load(folder)
    passes = []
    model.network.register_forward_pre_hook(
        lambda _, __, given: passes.append(tuple(given["position_ids"].shape)), with_kwargs=True
    )
    prompt = model.tokens(PROMPTS[0])
    rows = [model.context(prompt) for _ in range(5)]

    async def play() -> None:
        for n in range(4):
            await answered(*((row, [7, 8, 9][:n]) for row in rows))
        await answered(*((row, [7, 8]) for row in rows[::2]))
        await answered(*((row, [7, 8, 9, 10]) for row in rows[:4]))

    asyncio.run(play())
    assert passes == [(1, len(prompt)), (5, 1), (5, 1), (5, 1), (3, 1), (2, 2), (2, 1)]


def test_a_cell_that_comes_a_turn_late_shares_the_next_pass(folder):
    model = LanguageModel.load(folder)
    batches = []
    model.network.register_forward_pre_hook(
        lambda _, __, given: batches.append(given["position_ids"].shape[0]), with_kwargs=True
    )

    async def cell(late: int) -> None:
        context = model.context(model.tokens(PROMPTS[0]))
        for _ in range(late):
            await asyncio.sleep(0)
        for n in range(5):
            await context.logits([7, 8, 9, 10, 11][:n])

    async def play() -> None:
        await asyncio.gather(*(cell(late) for late in (0, 1, 2, 3)))

    asyncio.run(play())
    assert sum(batches) == 1 + 4 * 4  # the prompt, and four tokens of each
    assert max(batches) == 4
    assert len(batches) <= 1 + 4 + 3


@pytest.mark.parametrize(("more", "shared"), [({}, 30), ({"sliding_window": 16}, 0)], ids=["full", "window"])
def test_rows_after_a_prompt_share_its_keys_unless_a_window_moves_over_them(tmp_path, more, shared):
    model = LanguageModel.load(saved(tmp_path, MistralForCausalLM, MistralConfig, bpe(), **more))
    rows = [model.context(tuple(range(5, 35))) for _ in range(3)]
    asyncio.run(answered(*((row, [8 + i]) for i, row in enumerate(rows))))
    assert [model.batch._passes.rows.elsewhere(row) for row in range(3)] == [shared] * 3


def test_a_cell_that_was_cancelled_leaves_the_others_their_logits(folder):
    model = LanguageModel.load(folder)
    one, other = model.context([5, 6, 7]), model.context([5, 6, 8])

    async def play() -> np.ndarray:
        gone, kept = one.logits([9]), other.logits([9])
        gone.cancel()
        return await kept

    np.testing.assert_allclose(asyncio.run(play()), reference(model, [5, 6, 8, 9]), atol=1e-4)
    assert one.forward_passes == 0


def test_a_pass_that_fails_fails_its_cells_and_says_why(folder):
    model = LanguageModel.load(folder)

    async def play() -> list[object]:
        asked = [model.context([5, 6, 7]).logits([999_999]), model.context([5, 6, 7]).logits([999_999])]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(found) for found in asyncio.run(play())] == [IndexError, IndexError]


def test_memory_that_does_not_suffice_is_one_clear_line(folder, monkeypatch):
    model = LanguageModel.load(folder)

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.\nSee the documentation.")

    monkeypatch.setattr(Passes, "rows_from", full)
    with pytest.raises(UserError, match=r"1 programs at once do not fit .* lower --in-flight") as caught:
        asyncio.run(answered((model.context([5, 6, 7]), [8])))
    assert "\n" not in str(caught.value)


def test_a_closed_row_is_given_to_the_next_cell(folder):
    model = LanguageModel.load(folder)

    async def play() -> set[int | None]:
        held = set()
        for i in range(20):
            context = model.context([5, 6, i])
            await context.logits([7])
            held.add(context.row)
            context.close()
        return held

    assert len(asyncio.run(play())) == 1


def test_a_model_whose_state_cannot_be_cut_back_reads_everything_again(tmp_path):
    torch.manual_seed(0)
    tokenizer = bpe()
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 4, "vocab_size": tokenizer.get_vocab_size()}
    MambaForCausalLM(MambaConfig(**sizes, pad_token_id=0, bos_token_id=1, eos_token_id=2)).save_pretrained(tmp_path)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>").save_pretrained(tmp_path)
    model = LanguageModel.load(str(tmp_path))
    assert not model.batch.cached
    contexts = [model.context([5, 6, 7]), model.context([5, 6, 8])]
    for after in ([9, 10], [9, 11]):
        for found, prompt in zip(asyncio.run(answered(*((c, after) for c in contexts))), (7, 8), strict=True):
            np.testing.assert_allclose(found, reference(model, [5, 6, prompt, *after]), atol=1e-4)


def test_logits_cover_the_tokenizer_and_not_the_padding(folder):
    model = LanguageModel.load(folder)
    (logits,) = asyncio.run(answered((model.context(model.tokens("x = 1")), [])))
    assert logits.shape == (len(model.tokenizer),)
    assert logits.dtype == np.float32


@pytest.mark.parametrize("kind", [bpe, sentencepiece])
def test_generated_tokens_are_read_as_the_text_that_they_stand_for(tmp_path, kind):
    model = LanguageModel.load(saved(tmp_path, LlamaForCausalLM, LlamaConfig, kind()))
    prompt = model.tokens(PROMPTS[0])
    assert prompt[0] == model.tokenizer.bos_token_id
    whole = model.tokenizer.encode(PROMPTS[0] + BODY, add_special_tokens=False)
    start = len(model.tokenizer.encode(PROMPTS[0], add_special_tokens=False))
    shared = [a == b for a, b in zip(whole, prompt[1:], strict=False)]
    cut = start if all(shared) else shared.index(False)
    text = model.text([prompt[0], *whole[:cut]], whole[cut:])
    assert (PROMPTS[0] + BODY).endswith(text)
    assert model.text(prompt, [model.tokenizer.eos_token_id]) == ""


def test_a_prompt_without_a_token_for_its_beginning_has_none(folder, monkeypatch):
    model = LanguageModel.load(folder)
    model.tokenizer.bos_token = None
    assert model.tokens("x = 1")[0] == model.tokenizer.encode("x = 1", add_special_tokens=False)[0]


def test_the_model_ends_where_its_generation_config_or_tokenizer_says(folder):
    model = LanguageModel.load(folder)
    assert model.end == {2}
    model.network.generation_config.eos_token_id = [2, 5]
    assert model.end == {2, 5}


def test_a_folder_without_a_tokenizer_is_one_clear_line(folder, tmp_path):
    for file in Path(folder).iterdir():
        if "token" not in file.name:
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(UserError, match="tokenizer") as caught:
        load_tokenizer(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_damaged_weights_are_one_clear_line(folder, tmp_path):
    for file in Path(folder).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[: 3000 if "safetensors" in file.name else None])
    with pytest.raises(UserError, match="cannot be loaded") as caught:
        LanguageModel.load(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_one_clear_line(folder):
    with pytest.raises(UserError, match="device cuda:3: torch sees 0 GPUs"):
        LanguageModel.load(folder, Loading(device="cuda:3"))
    assert LanguageModel.load(folder, Loading(device="gpu:3")).network.device.type == "cpu"


def copied(folder: str, target: Path) -> str:
    """Another folder with the same model."""
    for file in Path(folder).iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return str(target)


def test_pickled_weights_are_refused_unless_asked_for(folder, tmp_path):
    network = LlamaForCausalLM.from_pretrained(copied(folder, tmp_path))
    (tmp_path / "model.safetensors").unlink()
    network.save_pretrained(tmp_path, safe_serialization=False)
    with pytest.raises(UserError, match="--allow-pickle") as caught:
        LanguageModel.load(str(tmp_path))
    assert "\n" not in str(caught.value)
    assert LanguageModel.load(str(tmp_path), Loading(pickle=True)).longest == 512


def test_code_that_comes_with_a_model_does_not_run(folder, tmp_path):
    config = json.loads((Path(copied(folder, tmp_path)) / "config.json").read_text())
    config |= {
        "model_type": "unheard_of",
        "auto_map": {"AutoConfig": "hostile.Config", "AutoModelForCausalLM": "hostile.M"},
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "hostile.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(UserError, match="cannot be loaded"):
        LanguageModel.load(str(tmp_path))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_numbers_are_of_the_kind_that_was_asked_for(folder, dtype):
    model = LanguageModel.load(folder, Loading(device="cpu", dtype=dtype))
    assert str(model.network.dtype) == f"torch.{dtype}"
    assert model.batch.cached
    (logits,) = asyncio.run(answered((model.context([5, 6, 7]), [8, 9])))
    np.testing.assert_allclose(logits, reference(model, [5, 6, 7, 8, 9]), atol=0.05)
    assert logits.dtype == np.float32


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_smaller_weights_need_a_gpu(folder):
    with pytest.raises(UserError, match="quantize 4bit: needs a GPU"):
        LanguageModel.load(folder, Loading(quantize="4bit"))


def test_a_revision_is_asked_for_by_name(monkeypatch):
    asked = []

    def refuse(source: str, **how: object) -> None:
        asked.append((source, how["revision"], how["trust_remote_code"]))
        raise OSError("no connection")

    monkeypatch.setattr("refinestat.refinegen.language_model.loading.AutoTokenizer.from_pretrained", refuse)
    for name in ("owner/name@v1.2", "owner/name"):
        with pytest.raises(UserError, match="no connection"):
            load_tokenizer(name)
    assert asked == [("owner/name", "v1.2", False), ("owner/name", "main", False)]


def test_a_chat_ends_where_the_models_own_message_begins(folder, tmp_path):
    model = LanguageModel.load(copied(folder, tmp_path))
    with pytest.raises(UserError, match="has no chat template"):
        model.chat("Hello")
    model.tokenizer.chat_template = (
        "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}"
    )
    text = model.chat("Hello")
    assert text == "<s>[user] Hello\n[assistant] "
    assert model.tokens(text + "x").count(model.tokenizer.bos_token_id) == 1


def test_no_more_sequences_than_memory_has_room_for(folder, monkeypatch):
    model = LanguageModel.load(folder)
    each = 2 * 2 * 2 * 8 * 4 * 512  # keys and values, layers, heads, head size, bytes, tokens that the model can read
    assert model.room(10_000) == 32
    monkeypatch.setattr("os.sysconf", lambda name: {"SC_AVPHYS_PAGES": 2 * 5 * each + 1, "SC_PAGE_SIZE": 1}[name])
    assert model.room(10_000) == 5
    assert model.room(256) == 10
    monkeypatch.setattr("os.sysconf", lambda name: 1)
    assert model.room(256) == 1


def code_bpe() -> Tokenizer:
    """Tokens reach over the ends of lines, as in tokenizers made for code: `)\\n    `. None begins a text."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(r"[A-Za-z]+|[0-9]|[^A-Za-z0-9]+"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*PROMPTS, BODY * 5], trainer)
    assert any("\n" in token for token in map(decoders.ByteLevel().decode, ([t] for t in tokenizer.get_vocab())))
    return tokenizer


class Comment(strategies.NoGrammar):
    """Allows a comment of one line that says anything, and remembers the texts that it was asked about."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model.tokenizer, model.end)
        self.texts: list[str] = []
        spelt = [model.text((), [token]) for token in range(len(model.tokenizer))]
        self._starts = self._allowed & np.array([text.startswith("#") and "\n" not in text for text in spelt])
        self._goes_on = self._allowed & np.array(["\n" not in text for text in spelt])
        self._goes_on[list(model.end)] = False

    def allowed(self, text: str) -> np.ndarray:
        self.texts.append(text)
        return self._goes_on if text else self._starts


async def written(model: LanguageModel, in_flight: int) -> list[list[str]]:
    """What is written for some data sets, so many at once: the text before each token."""
    slots = asyncio.Semaphore(in_flight)

    async def one(seed: int) -> list[str]:
        mask, writing = Comment(model), Writing(temper=Temper(temperature=1.0), max_new_tokens=20)
        dataset, rules = list(DATASETS.values())[seed % 3], strategies.NoPredicates()
        decoder = Decoder(model=model, mask=mask, rules=rules, dataset=dataset, writing=writing)
        async with slots:
            with closing(decoder):
                first = await decoder.program(np.random.default_rng(seed))
                await decoder.likelihood(first, np.random.default_rng([seed, 1]))
        return mask.texts

    return await asyncio.gather(*(one(seed) for seed in range(9)))


@pytest.mark.parametrize("kind", [bpe, sentencepiece, code_bpe])
def test_how_many_programs_are_written_at_once_changes_none(tmp_path, kind):
    model = LanguageModel.load(saved(tmp_path, LlamaForCausalLM, LlamaConfig, kind()))
    if kind is code_bpe:
        model.tokenizer.bos_token = None
    alone, together = (asyncio.run(written(model, in_flight)) for in_flight in (1, 9))
    assert alone == together
    assert len({texts[-1] for texts in alone}) == len(alone)


@pytest.mark.parametrize("kind", [bpe, sentencepiece, code_bpe])
def test_the_text_that_grows_token_by_token_is_that_of_all_tokens(tmp_path, kind):
    model = LanguageModel.load(saved(tmp_path, LlamaForCausalLM, LlamaConfig, kind()))
    prompt = model.tokens(plain(DATASETS["gp"]))
    page, seen = Page(prompt=prompt, read=model.text, symbols=None), set()
    text = "    # na\u00efve: \u2211\u2202 x\U0001d53c\n" + BODY
    for token in model.tokenizer.encode(text, add_special_tokens=False):
        page.write(token, ends=False)
        seen.add(page.text[-1:])
        assert page.text == model.text(prompt, page.tokens)
    assert {"\ufffd", "\u2202", "\U0001d53c"} <= seen
