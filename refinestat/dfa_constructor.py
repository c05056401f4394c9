"""Build the grammar mask stores: ``python refinestat/dfa_constructor.py`` from the repository root."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli import dfa_constructor_main

    sys.exit(dfa_constructor_main())
