"""Evaluate a language model: `python training/evaluate.py`. Prints how many of its programs are worth running."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `training` and `commons` import

    from training.evaluation import main

    sys.exit(main(sys.argv[1:]))
