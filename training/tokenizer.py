"""The tokenizer: byte-level BPE over words, digits and runs of signs: a name is the same tokens wherever it stands."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from training.corpus import Rates, examples

PAD, BOS, EOS = "<pad>", "<s>", "</s>"
PAD_ID, BOS_ID, EOS_ID = 0, 1, 2
VOCABULARY = 1024
SAMPLE = 20_000
FIRST_SEED = 500_000_000
# Fixed phrases of the prompt are one piece each; they shorten it by a third.
_PHRASES = (
    r"import numpy as np\nimport pymc as pm\n\n# Data\n",
    r"\n\nwith pm\.Model\(\) as model:\n    # Priors\n",
    r", shape \(",
    r",\), range ",
    r" to ",
    r"number of ",
)
_PIECES = "|".join([*_PHRASES, r"_?[A-Za-z]+", r"[0-9]", r"_", r"[^A-Za-z0-9_]+"])


def _texts(number: int, rates: Rates) -> Iterator[str]:
    for example in islice(examples(FIRST_SEED, rates), number):
        yield example.prompt
        yield example.program


def train_tokenizer(rates: Rates, vocabulary: int = VOCABULARY, sample: int = SAMPLE) -> Tokenizer:
    """A tokenizer learnt on `sample` examples; the same one every time."""
    tokenizer = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(_PIECES), "isolated")
    bytes_of_piece = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, bytes_of_piece])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[PAD, BOS, EOS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(sample, rates), trainer)
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    """Write the files that `AutoTokenizer.from_pretrained` reads. Encoding starts with the beginning-of-text token."""
    tokenizer = Tokenizer.from_str(tokenizer.to_str())
    tokenizer.post_processor = TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, BOS_ID)])
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        padding_side="left",
        clean_up_tokenization_spaces=False,
        model_max_length=1024,
    )
    wrapped.save_pretrained(folder)
