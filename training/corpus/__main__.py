"""Check the corpus: `python -m training.corpus --check 500` counts, by family, the programs that PyMC can build."""

import argparse
import sys
from collections import Counter, defaultdict

from training.corpus import make
from training.corpus.words import Split
from training.judge import Judge, Stage
from training.rates import Rates
from training.reading import unused


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The flags."""
    parser = argparse.ArgumentParser(prog="python -m training.corpus", description=__doc__)
    parser.add_argument("--check", type=int, default=500, metavar="N", help="how many programs (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="seed of the first (default: %(default)s)")
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.TRAIN, help="topics and names")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N examples and stop")
    return parser.parse_args(arguments)


def check(first: int, number: int, split: Split) -> int:
    """Build programs without deliberate faults; print a table; 1 if under 98 % build or a variable is unused."""
    stages: dict[str, Counter[Stage]] = defaultdict(Counter)
    made = [make(seed, Rates(legacy=0, fault=0), split) for seed in range(first, first + number)]
    with Judge() as judge:
        findings = judge.judge([(example.prompt + example.program, example.dataset) for example in made])
    for example, finding in zip(made, findings, strict=True):
        stages[example.family][finding.stage] += 1
        if finding.stage is not Stage.OK:
            print(f"{example.dataset.name}: {finding.stage}: {finding.why}")
    idle = sum(bool(unused(example.prompt + example.program)) for example in made)
    for family, counts in sorted(stages.items()):
        print(f"{family:24} {counts[Stage.OK]:5} of {counts.total():5}")
    good = sum(counts[Stage.OK] for counts in stages.values())
    share = f"{100 * good / number:.1f} % build with a finite log density"
    print(f"{'all':24} {good:5} of {number:5}: {share}; {idle} have an unused random variable")
    return 0 if good >= 0.98 * number and not idle else 1


def main(arguments: list[str]) -> int:
    """Print examples, or check the corpus."""
    flags = parse_arguments(arguments)
    for seed in range(flags.first, flags.first + flags.show):
        example = make(seed, split=flags.split)
        print(f"# seed {seed}, {example.family}\n{example.prompt}{example.program}")
    return 0 if flags.show else check(flags.first, flags.check, flags.split)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
