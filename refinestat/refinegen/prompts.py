"""What the language model reads before it writes: the data section, and the opening of the model block."""

from commons.data_pymc import Dataset, data_section

MODEL_BLOCK = "with pm.Model() as model:\n"
PRIORS = "    # Priors\n"
LIKELIHOOD = "    # Likelihood\n"


def head(dataset: Dataset) -> str:
    """D: the data section and the line that opens the model block."""
    return f"{data_section(dataset)}\n{MODEL_BLOCK}"


def plain(dataset: Dataset) -> str:
    """The prompt for base and code models: the program so far, ending after the `# Priors` line."""
    return head(dataset) + PRIORS
