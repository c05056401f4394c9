"""What one written program is worth: the columns of the evaluation table."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.stats import binomtest

from commons.data_pymc import Dataset, Kind, Role
from refinestat.refinegen.program import canonical
from training.judge import Judge, Stage
from training.reading import assigned, location_scales, observations, unused
from training.structure import family

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
    """One program. finished: the writer did not give up. text: canonical where it parses. builds: the fitting process
    takes it: it observes the outcome and nothing else, its log density is finite. locations: of its location priors on
    the data's scale, how many are within a factor of ten of the data, out of how many."""

    dataset: str
    text: str = ""
    distribution: str = ""
    family: str = ""
    finished: bool = True
    parses: bool = False
    builds: bool = False
    sensible: bool = False
    unused: bool = False
    shadows: bool = False
    locations: tuple[int, int] = (0, 0)
    why: str = ""


def sensible_distributions(dataset: Dataset) -> frozenset[str]:
    """Likelihoods that a statistician would accept for the outcome."""
    outcome, kind = dataset.outcome.values, dataset.outcome.kind
    if any(variable.role is Role.TRIALS for variable in dataset.variables):
        return _TRIALS
    if kind is Kind.BINARY:
        return frozenset({"Bernoulli", "Binomial"})
    if kind is Kind.ORDINAL:
        return _ORDERED | _COUNT
    if kind is Kind.COUNT:
        ordered = _ORDERED if outcome.max() <= 10 else frozenset()
        measured = _REAL | _POSITIVE if outcome.min() > 20 else frozenset()
        return _COUNT | _HURDLE | ordered | measured
    if kind is Kind.PROPORTION:
        return _REAL | _POSITIVE | {"Beta", "LogitNormal", "Kumaraswamy"}
    return _REAL | _POSITIVE if kind is Kind.POSITIVE else _REAL


def scores(judge: Judge, written: Sequence[tuple[Dataset, str | None]]) -> list[Score]:
    """Judge whole programs, each for its data set; None is a program that was given up."""
    read = [_read(dataset, source) for dataset, source in written]
    parsed = [i for i, one in enumerate(read) if one.parses]
    findings = judge.judge([(written[i][1] or "", written[i][0]) for i in parsed])
    for i, finding in zip(parsed, findings, strict=True):
        builds = finding.stage is Stage.OK
        sensible = builds and read[i].distribution in sensible_distributions(written[i][0])
        read[i] = replace(read[i], builds=builds, sensible=sensible, why=finding.why)
    return read


def _read(dataset: Dataset, source: str | None) -> Score:
    """What is known of a program before it is built."""
    if source is None:
        return Score(dataset=dataset.name, finished=False, why="given up")
    try:
        text = canonical(source)
        observed = list(observations(source))
    except (SyntaxError, ValueError) as error:
        return Score(dataset=dataset.name, text=source, why=str(error))
    distribution = observed[-1].distribution if observed else ""
    names = frozenset(variable.name for variable in dataset.variables)
    extent = float(abs(dataset.outcome.values).max())
    scales = location_scales(source) if distribution in _IDENTITY else []
    near = sum(extent / _FACTOR <= scale <= extent * _FACTOR for scale in scales)
    predictors = frozenset(variable.name for variable in dataset.variables if variable.role is Role.PREDICTOR)
    return Score(
        dataset=dataset.name,
        text=text,
        distribution=distribution,
        family=family(source, predictors),
        parses=True,
        unused=bool(unused(source)),
        shadows=bool(names & set(assigned(source))),
        locations=(near, len(scales)),
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


def table(every: Sequence[Score]) -> dict[str, Share]:
    """The rows of the table, over the programs that were finished. Distinct programs are counted within a data set."""
    done = [score for score in every if score.finished]
    number = len(done)
    distinct = len({(score.dataset, score.text) for score in done})
    near, priors = (sum(score.locations[i] for score in done) for i in (0, 1))
    parsed = [score for score in done if score.parses]
    return {
        "finished": Share(good=number, all=len(every)),
        "parses": Share(good=len(parsed), all=number),
        "builds with finite log density": Share(good=sum(s.builds for s in done), all=number),
        "and sensible likelihood": Share(good=sum(s.sensible for s in done), all=number),
        "distinct programs": Share(good=distinct, all=number),
        "location priors within a factor 10": Share(good=near, all=priors),
        "an unused random variable": Share(good=sum(s.unused for s in parsed), all=len(parsed)),
        "a shadowed data name": Share(good=sum(s.shadows for s in parsed), all=len(parsed)),
    }


def families(every: Sequence[Score]) -> dict[str, Counter[str]]:
    """By data set, the families of the programs that build and how often each was written."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for score in every:
        found[score.dataset].update([score.family] if score.builds else [])
    return found
