"""Evaluate a language model: `python training/evaluate.py`. Prints how many of its programs are worth running."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `training` and `commons` import

    from training.arguments import evaluate_arguments

    flags = evaluate_arguments(sys.argv[1:])

    from training.evaluation import main

    sys.exit(main(flags))
