"""The results of baselines in one table: `python Baseline/result.py`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli_baselines import result_main

    sys.exit(result_main())
