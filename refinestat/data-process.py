"""Publication figures of any runs: `python refinestat/data-process.py results/refinestat-main/1`."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `refinestat` and `commons` import

    from refinestat.refinegen.cli_figures import data_process_main

    sys.exit(data_process_main())
