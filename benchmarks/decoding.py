"""What the masks cost: each engine at several vocabularies, token by token along a program of 40 statements.

    python benchmarks/decoding.py                              # 4k, 32k and 128k, both engines
    python benchmarks/decoding.py --sizes 4096 --stock 200     # SynCode as released beside them, over 200 tokens

Tokenizers are trained here, on the training corpus, the standard library and installed packages, and kept in --folder
with the stores. Every engine runs in a process of its own. Times are CPU times."""

import argparse
import json
import logging
import multiprocessing
import os
import resource
import sys
import sysconfig
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from tqdm import tqdm
from transformers import PreTrainedTokenizerFast

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from commons.data_pymc import DATASETS
from refinestat.refinegen import predicates
from refinestat.refinegen.grammar import GrammarMask, build_store
from refinestat.refinegen.grammar_semantic import SemanticMask
from refinestat.refinegen.program import statements
from refinestat.refinegen.prompts import plain
from training.corpus import examples

SPECIAL = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}
WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"  # as Llama 3 cuts
PACKAGES = ("pymc", "pytensor", "numpy", "scipy", "transformers", "pandas")  # where the standard library is too small
GROUP = """    a{i} = pm.Normal("a{i}", mu=0, sigma=10)
    s{i} = pm.HalfCauchy("s{i}", beta=2.5)
    m{i} = pm.Deterministic("m{i}", a{i} + s{i} * pm.math.exp(-0.5 * sigma))
"""
PROGRAM = "".join(GROUP.format(i=i) for i in range(13)) + '    pm.Normal("y_obs", mu=m0, sigma=sigma, observed=y)\n'


def sources(size: int) -> Iterator[str]:
    yield from (example.prompt + example.program for example in islice(examples(1), 3000))
    folders = [Path(sysconfig.get_paths()["stdlib"])]
    if size > 2**16:
        folders += [Path(sysconfig.get_paths()["purelib"]) / name for name in PACKAGES]
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if folder is folders[0] and "site-packages" in path.parts:
                continue
            yield path.read_text(encoding="utf-8", errors="ignore")


def tokenizer(size: int, folder: Path) -> PreTrainedTokenizerFast:
    """Byte-level BPE, trained once for each size."""
    path = folder / f"tokenizer-{size}.json"
    if not path.is_file():
        made = Tokenizer(models.BPE())
        split = pre_tokenizers.Split(Regex(WORDS), "isolated")
        made.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(False, use_regex=False)])
        made.decoder = decoders.ByteLevel()
        alphabet, special = pre_tokenizers.ByteLevel.alphabet(), list(SPECIAL.values())
        trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, special_tokens=special)
        made.train_from_iterator(sources(size), trainer)
        made.save(str(path))
    return PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_file(str(path)), **SPECIAL)


def stock(made: PreTrainedTokenizerFast, folder: Path) -> Any:
    """SynCode as released: its parser, its store, its masks."""
    os.environ["SYNCODE_CACHE"] = f"{folder}/stock-{len(made)}/"
    logging.getLogger("syncode").setLevel(logging.ERROR)
    from syncode.mask_store.mask_store import MaskStore  # noqa: PLC0415 - reads SYNCODE_CACHE when it is imported
    from syncode.parsers import create_parser  # noqa: PLC0415
    from syncode.parsers.grammars import Grammar  # noqa: PLC0415

    python = Grammar("python")
    store = MaskStore.init_mask_store(python, made, use_cache=True, mode="grammar_mask", indent=True)
    parser = create_parser(python, ignore_whitespace=True)

    class Stock:
        def start(self, prompt: str) -> None:
            self.prompt = prompt

        def statement(self, start: int, symbols: Any) -> None:
            pass

        def allowed(self, text: str) -> np.ndarray:
            result = parser.get_acceptable_next_terminals(self.prompt + text)
            result.remainder = result.remainder.encode()
            return store.get_accept_mask(result).numpy()

    return Stock()


def memory() -> float:
    """Resident memory of this process in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def measured(engine: str, size: int, folder: Path, most: int) -> dict[str, Any]:
    """One engine along the program: what it costs to load, and milliseconds of CPU time for each token."""
    made = tokenizer(size, folder)
    build = build_store(made, folder=folder).seconds if engine == "syncode" else float("nan")
    before, wall = memory(), time.perf_counter()
    if engine == "syncode":
        mask: Any = GrammarMask(made, folder=folder)
    else:
        mask = SemanticMask(made) if engine == "semantic" else stock(made, folder)
    loaded = time.perf_counter() - wall
    dataset = DATASETS["eight_schools"]
    symbols, waiting, start = predicates.start(dataset), statements(PROGRAM, 1), 0
    tokens = made(PROGRAM, add_special_tokens=False).input_ids[: most or None]
    mask.start(plain(dataset))
    mask.statement(0, symbols)
    seconds, prepared, begun = [], [], 0.0
    for i, token in enumerate(tqdm(tokens, desc=f"{engine} {size}", leave=False)):
        text = made.decode(tokens[:i])
        if waiting and len(text) >= start + len(waiting[0].source):
            statement = waiting.pop(0)
            symbols, start = predicates.judge(statement, symbols).symbols, start + len(statement.source)
            mask.statement(start, symbols)
            prepared, begun = [*prepared, begun], 0.0
        compiled = getattr(mask, "seconds_compiling", 0.0)
        began = time.process_time()
        allowed = mask.allowed(text)
        spent = time.process_time() - began
        extra = getattr(mask, "seconds_compiling", 0.0) - compiled
        seconds.append(spent - extra)
        begun += extra
        if not allowed[token]:
            raise SystemExit(f"{engine} masks {made.decode([token])!r} after {text[-40:]!r}")
    return {
        "engine": engine, "size": size, "build": build, "load": loaded, "memory": memory() - before,
        "milliseconds": (1000 * np.array(seconds)).tolist(), "preparation": (1000 * np.array(prepared[1:])).tolist(),
    }  # fmt: skip


def row(found: dict[str, Any]) -> str:
    spent = np.array(found["milliseconds"])
    quarters = " / ".join(f"{np.median(part):.2f}" for part in np.array_split(spent, 4))
    prepared = f"{np.median(found['preparation']):.1f}" if found["engine"] == "semantic" else "-"
    middle, high = np.percentile(spent, [50, 95])
    build = "-" if np.isnan(found["build"]) else f"{found['build']:.0f}"
    return (
        f"| {found['engine']} | {found['size']:,} | {middle:.2f} | {high:.2f} | {quarters} | {prepared} "
        f"| {found['load']:.1f} | {found['memory']:.0f} | {build} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4096, 32768, 131072])
    parser.add_argument("--engines", nargs="+", choices=("syncode", "semantic"), default=["syncode", "semantic"])
    parser.add_argument("--stock", type=int, default=0, metavar="TOKENS", help="SynCode as released, over so many")
    parser.add_argument("--folder", type=Path, default=Path("results/benchmark-masks"))
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    jobs = [(engine, size, 0) for size in arguments.sizes for engine in arguments.engines]
    jobs += [("stock", size, arguments.stock) for size in arguments.sizes if arguments.stock]
    print("| engine | vocabulary | p50 ms | p95 ms | p50 by quarter | preparation ms | load s | MB | build s |")
    print("|---|---|---|---|---|---|---|---|---|")
    context = multiprocessing.get_context("spawn")
    for engine, size, most in jobs:
        with context.Pool(1) as pool:
            found = pool.apply(measured, (engine, size, arguments.folder, most))
        print(row(found), flush=True)
        (arguments.folder / f"{engine}-{size}.json").write_text(json.dumps(found))
    print(f"Every token's time is in {arguments.folder}")


if __name__ == "__main__":
    main()
