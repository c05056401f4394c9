"""What one written program is worth: the columns of the evaluation table."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import binomtest

from commons.data_pymc import Dataset, Kind, Role
from refinestat.refinegen.program import canonical
from training.judge import Judge, Stage
from training.reading import assigned, location_scales, observations, unused

_LOCATION = frozenset({"Normal", "StudentT", "Laplace", "SkewNormal", "Logistic", "Cauchy", "AsymmetricLaplace"})
_IDENTITY = _LOCATION | {"TruncatedNormal", "NormalMixture"}
_REAL = _IDENTITY | {"Mixture", "Censored", "MvNormal", "Gumbel", "ExGaussian", "AR", "GaussianRandomWalk"}
_POSITIVE = frozenset({"LogNormal", "Gamma", "InverseGamma", "Weibull", "Exponential", "HalfNormal", "Wald"})
_COUNT = frozenset({"Poisson", "NegativeBinomial", "ZeroInflatedPoisson", "ZeroInflatedNegativeBinomial", "Geometric"})
_HURDLE = frozenset({"HurdlePoisson", "HurdleNegativeBinomial", "DiscreteWeibull", "Mixture"})
_TRIALS = frozenset({"Binomial", "BetaBinomial", "ZeroInflatedBinomial"})
_ORDERED = frozenset({"OrderedLogistic", "OrderedProbit", "Categorical"})
_FACTOR = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One program. text: canonical where it parses. locations: of its location priors on the data's scale, how many
    are within a factor of ten of the data, out of how many."""

    dataset: str
    text: str
    distribution: str
    parses: bool
    builds: bool
    sensible: bool
    unused: bool
    shadows: bool
    locations: tuple[int, int]
    why: str


def sensible_distributions(dataset: Dataset) -> frozenset[str]:
    """Likelihoods that a statistician would accept for the outcome."""
    outcome, kind = dataset.outcome.values, dataset.outcome.kind
    if any(variable.role is Role.TRIALS for variable in dataset.variables):
        return _TRIALS
    if kind is Kind.BINARY:
        return frozenset({"Bernoulli", "Binomial"})
    if kind is Kind.COUNT:
        ordered = _ORDERED if outcome.max() <= 10 else frozenset()
        measured = _REAL | _POSITIVE if outcome.min() > 20 else frozenset()
        return _COUNT | _HURDLE | ordered | measured
    if kind is Kind.PROPORTION:
        return _REAL | _POSITIVE | {"Beta", "LogitNormal", "Kumaraswamy"}
    return _REAL | _POSITIVE if kind is Kind.POSITIVE else _REAL


def score(judge: Judge, dataset: Dataset, prompt: str, program: str) -> Score:
    """Judge one program for a data set."""
    source = prompt + program
    try:
        text = canonical(source)
    except (SyntaxError, ValueError) as error:
        return _unparsed(dataset, program, str(error))
    finding = judge.judge(source, dataset)
    observed = list(observations(source))
    distribution = observed[-1].distribution if observed else ""
    right = len(observed) == 1 and observed[0].outcome == dataset.outcome.name
    builds = finding.stage is Stage.OK
    names = {variable.name for variable in dataset.variables}
    extent = float(abs(dataset.outcome.values).max())
    scales = location_scales(source) if distribution in _IDENTITY else []
    near = sum(extent / _FACTOR <= scale <= extent * _FACTOR for scale in scales)
    return Score(
        dataset=dataset.name,
        text=text,
        distribution=distribution,
        parses=True,
        builds=builds,
        sensible=builds and right and distribution in sensible_distributions(dataset),
        unused=bool(unused(source)),
        shadows=bool(names & set(assigned(source))),
        locations=(near, len(scales)),
        why=finding.why,
    )


def _unparsed(dataset: Dataset, program: str, why: str) -> Score:
    return Score(
        dataset=dataset.name,
        text=program,
        distribution="",
        parses=False,
        builds=False,
        sensible=False,
        unused=False,
        shadows=False,
        locations=(0, 0),
        why=why,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`good` of `all`, with its 95 % Wilson interval."""

    good: int
    all: int

    def __str__(self) -> str:
        if self.all == 0:
            return "none"
        interval = binomtest(self.good, self.all).proportion_ci(method="wilson")
        return f"{100 * self.good / self.all:.1f} % [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"


def table(scores: Sequence[Score]) -> dict[str, Share]:
    """The rows of the table. Distinct programs are counted within a data set."""
    number = len(scores)
    distinct = len({(score.dataset, score.text) for score in scores})
    near, priors = (sum(score.locations[i] for score in scores) for i in (0, 1))
    parsed = [score for score in scores if score.parses]
    return {
        "parses": Share(good=len(parsed), all=number),
        "builds with finite log density": Share(good=sum(s.builds for s in scores), all=number),
        "and right outcome, sensible likelihood": Share(good=sum(s.sensible for s in scores), all=number),
        "distinct programs": Share(good=distinct, all=number),
        "location priors within a factor 10": Share(good=near, all=priors),
        "an unused random variable": Share(good=sum(s.unused for s in parsed), all=len(parsed)),
        "a shadowed data name": Share(good=sum(s.shadows for s in parsed), all=len(parsed)),
    }
