"""Unconstrained generation: `python refinestat/baseline.py --seeds 1-5`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli_baselines import baseline_main

    sys.exit(baseline_main())
