"""Check PyMC programs: `python refinestat/check.py model.py`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli import check_main

    sys.exit(check_main())
