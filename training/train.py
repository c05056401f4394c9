"""Train the embedded language model: `python training/train.py`.

One command, fixed steps and seed. An interrupted training goes on when the same command is run again."""

if __name__ == "__main__":
    import sys
    from pathlib import Path

    sys.path[0] = str(Path(__file__).resolve().parents[1])  # so that `training` and `commons` import

    from training.arguments import train_arguments

    flags = train_arguments(sys.argv[1:])

    from training.train_command import main

    sys.exit(main(flags))
