"""Iterative refinement without predicates: `python refinestat/base.py --seeds 1-5`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli_baselines import base_main

    sys.exit(base_main())
