"""What the paper reports (arXiv 2509.01082), of other models with other priors: for orientation, never pooled."""

MODELS = "by experts and other language models"

# Share of programs that complete sampling, at temperature 0.3.
RUN_RATE = {"baseline": 0.11, "syncode": 0.21, "refinestat": 0.50}

# ELPD-LOO in nats by data set and kind of program, with the standard deviation where there is one.
ELPD: dict[str, dict[str, tuple[float, float | None]]] = {
    "eight_schools": {"expert": (-30.70, None), "RefineStat, best 7B model": (-30.68, 0.11),
                      "BoxLM (GPT-4)": (-30.42, None), "o3": (-30.74, 0.07)},
    "dugongs": {"expert": (22.43, None), "RefineStat, best 7B model": (8.35, 0.06),
                "BoxLM (GPT-4)": (23.40, None), "o3": (22.83, 8.12)},
    "glm": {"expert": (-112.60, None), "RefineStat, best 7B model": (-114.29, 2.76),
            "BoxLM (GPT-4)": (-173.11, None), "o3": (-133.29, 10.33)},
    "gp": {"expert": (-26.53, None), "RefineStat, best 7B model": (-23.39, 1.14), "o3": (-34.95, 13.28)},
    "surgical": {"expert": (-39.73, None), "RefineStat, best 7B model": (-46.51, 3.49),
                 "BoxLM (GPT-4)": (-38.03, None), "o3": (-38.73, 0.51)},
}  # fmt: skip
