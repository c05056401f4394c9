"""Distribution: every name that is called exists in the library, as it is called (paper, phi 2)."""

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates.records import Event, Reading, What
from refinestat.refinegen.predicates.verdicts import accept, refuse, shown, suggestion
from refinestat.refinegen.records import Verdict

NAME = "distribution"
# Names of older versions, and what they became.
FORMER = {
    "Lognormal": "LogNormal", "MutableData": "Data", "ConstantData": "Data", "Bound": "Truncated",
    "Bernouli": "Bernoulli", "HalfT": "HalfStudentT", "T": "StudentT", "Student": "StudentT", "MultivariateNormal":
    "MvNormal", "InvGamma": "InverseGamma", "NegBinomial": "NegativeBinomial", "NegBin": "NegativeBinomial",
    "Constant": "DiracDelta", "Gaussian": "Normal", "Discrete": "Categorical", "Chi2": "ChiSquared",
}  # fmt: skip


def check(reading: Reading) -> Verdict:
    """Refuses the first name that the library does not have, or that is no function."""
    for event in reading.events:
        if event.what is What.NO_SUCH_NAME:
            return refuse(NAME, _missing(event), event.node, reading)
        if event.what is What.NOT_CALLABLE:
            return refuse(NAME, f"{shown(event.node)} is not a function: it cannot be called", event.node, reading)
    return accept(NAME)


def _missing(event: Event) -> str:
    module, _, name = event.text.rpartition(".")
    library = catalogue.load()
    if name in FORMER and FORMER[name] in library.opened.get(module, ()):
        return f"{module} has no {name!r} (did you mean {FORMER[name]!r}?)"
    what = "distribution or function" if module == "pm" else "function"
    near = suggestion(name, library.distributions) if module == "pm" and name[:1].isupper() else ""
    elsewhere = f" (did you mean 'pm.math.{name}'?)" if module == "pm" and name in library.opened["pm.math"] else ""
    hint = near or elsewhere or suggestion(name, sorted(library.opened.get(module, ())))
    return f"{module} has no {what} {name!r}{hint}"
