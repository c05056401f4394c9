"""Run RefineStat: `python refinestat/main.py --seeds 1-10`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli import refinestat_main

    sys.exit(refinestat_main())
