"""What the language model reads before it writes: the data section, and the opening of the model block. What may stand
before that, worked examples or a request, is no part of the program."""

from collections.abc import Callable

from commons.data_pymc import Dataset, data_section
from refinestat.refinegen.prompt_examples import EXAMPLES

MODEL_BLOCK = "with pm.Model() as model:\n"
PRIORS = "    # Priors\n"
LIKELIHOOD = "    # Likelihood\n"


def head(dataset: Dataset) -> str:
    """D: the data section and the line that opens the model block."""
    return f"{data_section(dataset)}\n{MODEL_BLOCK}"


def plain(dataset: Dataset) -> str:
    """The prompt for base and code models: the program so far, ending after the `# Priors` line."""
    return head(dataset) + PRIORS


def opening(style: str, dataset: Dataset, chat: Callable[[str], str]) -> str:
    """What stands before the program: nothing ("plain"), worked examples on other data ("few_shot"), or the model's
    chat up to where its own message begins ("chat"; chat: makes that of the user's message)."""
    if style == "few_shot":
        return "".join(f"{plain(example.dataset)}{example.body}\n\n" for example in EXAMPLES)
    return chat(request(dataset)) if style == "chat" else ""


def request(dataset: Dataset) -> str:
    """What a model that follows instructions is asked for."""
    return (
        "Write a Bayesian model of the data below as a PyMC program. First the priors, then `# Likelihood` and the "
        f"outcome `{dataset.outcome.name}`, observed once and as it is. Use the variables that the program declares. "
        "Continue the program that your answer begins with: Python only, no explanation, nothing after the model "
        f"block.\n\n{dataset.description.strip()}"
    )
