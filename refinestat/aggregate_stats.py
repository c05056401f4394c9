"""Deprecated: `python refinestat/data-process.py` does this now, and is what this script calls."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli_figures import aggregate_stats_main

    sys.exit(aggregate_stats_main())
