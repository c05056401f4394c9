"""Command lines of the baselines: the main job with parts of the method off. Each `*_main` is one script."""

from collections.abc import Sequence

from refinestat.refinegen.cli import strategy_main

EXAMPLES = """\
examples:
  {prog} --seeds 1-5 --gpu 0
  {prog} --seeds 1 --datasets eight_schools dugongs
  {prog} --token-budget results/refinestat-main/1/token_budget.json
  {prog} --token-budget results/refinestat-main/1 --budget fits

Without a budget each seed is one search; with one, searches are repeated until it is used up, and the best program
counts. Results go to %s/<n>. Leave out --gpu to use the processor.
"""


def base_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/base.py`: grammar and refinement."""
    about = "Baseline: iterative refinement without semantic constraints (grammar mask, diagnostics, redraws)."
    return strategy_main("base", "refinestat/base.py", about, EXAMPLES % "results/Baseline/base", argv)


def base_itergen_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/base-itergen.py`: grammar and predicates."""
    about = "Baseline: single-pass IterGen (grammar mask, predicates with statement-wise backtracking, no refinement)."
    where = EXAMPLES % "results/Baseline/base-itergen"
    return strategy_main("base-itergen", "refinestat/base-itergen.py", about, where, argv)


def baseline_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/baseline.py`: the language model alone."""
    about = "Baseline: unconstrained generation; each program runs, contained, in a process of its own."
    return strategy_main("baseline", "refinestat/baseline.py", about, EXAMPLES % "results/Baseline/baseline", argv)


def syncode_main(argv: Sequence[str] | None = None) -> int:
    """`python Baseline/base.py`: grammar alone."""
    about = "Baseline: single-pass SynCode (grammar mask; no predicates, no refinement)."
    return strategy_main("syncode", "Baseline/base.py", about, EXAMPLES % "results/Baseline/syncode", argv)
