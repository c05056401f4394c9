"""The linear predictor of an observed statement: where its link takes the location of the distribution."""

from collections.abc import Callable, Mapping

from refinestat.refinegen.effects import dual
from refinestat.refinegen.effects.dual import Dual
from refinestat.refinegen.effects.reading import Observed, Unreadable

IDENTITY, LOG, LOGIT = "", "log", "log odds"
_Parameters = Mapping[str, Dual]


def _mean_of_two(p: _Parameters) -> Dual:
    return dual.apply("logit", dual.divide(p["alpha"], dual.add(p["alpha"], p["beta"])))


def _log(name: str) -> Callable[[_Parameters], Dual]:
    return lambda p: dual.apply("log", p[name])


def _odds(p: _Parameters) -> Dual:
    return p["logit_p"] if "logit_p" in p else dual.apply("logit", p["p"])


def _gamma(p: _Parameters) -> Dual:
    return dual.apply("log", p["mu"] if "mu" in p else dual.divide(p["alpha"], p["beta"]))


def _beta(p: _Parameters) -> Dual:
    return dual.apply("logit", p["mu"]) if "mu" in p else _mean_of_two(p)


_LINKS: Mapping[str, tuple[str, Callable[[_Parameters], Dual]]] = {
    **dict.fromkeys(("Normal", "StudentT", "Laplace", "Logistic"), (IDENTITY, lambda p: p["mu"])),
    "Cauchy": (IDENTITY, lambda p: p["alpha"]),
    "LogNormal": (LOG, lambda p: p["mu"]),
    "Gamma": (LOG, _gamma),
    "Exponential": (LOG, lambda p: dual.multiply(dual.constant(-1.0), dual.apply("log", p["lam"]))),
    "Weibull": (LOG, _log("beta")),
    **dict.fromkeys(
        ("Poisson", "NegativeBinomial", "ZeroInflatedPoisson", "ZeroInflatedNegativeBinomial", "HurdlePoisson"),
        (LOG, _log("mu")),
    ),
    "Bernoulli": (LOGIT, _odds),
    "Binomial": (LOGIT, _odds),
    "BetaBinomial": (LOGIT, _mean_of_two),
    "Beta": (LOGIT, _beta),
    "OrderedLogistic": (LOGIT, lambda p: p["eta"]),
}


def linear_predictor(observed: Observed) -> tuple[str, Dual]:
    """The link's name and the linear predictor. Raises Unreadable for a distribution that is not known here."""
    if observed.family not in _LINKS:
        raise Unreadable(f"pm.{observed.family}")
    link, location = _LINKS[observed.family]
    try:
        return link, location(observed.parameters)
    except KeyError as error:
        raise Unreadable(f"pm.{observed.family} without {error}") from error
