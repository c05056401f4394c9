"""What one unit more of each predictor does to the outcome, on the scale of the data: posterior and prior.

It is an average of the derivative of the linear predictor by the predictor, so it needs no convention for names and
holds for curves too. Its weights are those with which least squares averages it (Yitzhaki, Journal of Business &
Economic Statistics 14, 1996): of a curve it is the slope of the line that fits it best. Rows weighted alike would make
it depend most on the ends of the data, where a polynomial is known least."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from commons.data_pymc import Dataset, Role, Scaling, Variable
from commons.utils import one_line
from refinestat.refinegen.effects.dual import Dual
from refinestat.refinegen.effects.links import IDENTITY, linear_predictor
from refinestat.refinegen.effects.priors import prior_draws
from refinestat.refinegen.effects.reading import Draw, Reader, Unreadable

_MOST_DRAWS, _MOST_VALUES = 2000, 4_000_000
_AS_IT_IS = Scaling(shift=0.0, scale=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Of one predictor, per unit of its column in the file. link: of the outcome's change ("", "log", "log odds").

    low, middle, high: 5 %, 50 % and 95 % of the posterior; prior: 5 % and 95 % of the prior, where it could be read."""

    predictor: str
    link: str
    low: float
    middle: float
    high: float
    prior: tuple[float, float] | None

    @property
    def held_back(self) -> bool:
        """Whether the prior contradicts the data: more than half of the posterior lies outside the prior's 90 %."""
        return self.prior is not None and not self.prior[0] <= self.middle <= self.prior[1]


def slopes(source: str, dataset: Dataset, free: Mapping[str, np.ndarray]) -> tuple[Slope, ...]:
    """One for each predictor that the program uses; none where the program does more than arithmetic.

    free: draws by name, shape (chains, draws, *shape)."""
    thinned = {name: _thinned(values, dataset) for name, values in free.items()}

    def posterior(name: str, family: str, parameters: Mapping[str, Dual], shape: tuple[int, ...]) -> np.ndarray:
        if name not in thinned:
            raise Unreadable(name)
        return thinned[name]

    found = []
    for variable in dataset.variables:
        if variable.role is Role.PREDICTOR and variable.values.ndim == 1:
            try:
                link, values = _average(source, dataset, variable, posterior)
            except Unreadable:
                continue
            if np.any(values) and np.isfinite(values).all():
                low, middle, high = np.quantile(values, (0.05, 0.5, 0.95)).tolist()
                prior = _prior(source, dataset, variable)
                if prior is not None and prior[0] == prior[1]:  # not estimated: an exposure
                    continue
                name = variable.column or variable.name
                found.append(Slope(predictor=name, link=link, low=low, middle=middle, high=high, prior=prior))
    return tuple(found)


def _thinned(values: np.ndarray, dataset: Dataset) -> np.ndarray:
    """All chains in one, few enough draws that draws by rows fit in memory."""
    draws = values.reshape(-1, *values.shape[2:])
    most = _enough(dataset)
    return np.asarray(draws[:: max(1, -(-len(draws) // most))])


def _enough(dataset: Dataset) -> int:
    """How many draws: each has a value for every row."""
    return min(_MOST_DRAWS, max(200, _MOST_VALUES // dataset.outcome.values.size))


def _average(source: str, dataset: Dataset, variable: Variable, draw: Draw) -> tuple[str, np.ndarray]:
    """The link, and the average slope in each draw, in units of the file."""
    with np.errstate(all="ignore"):  # infinite at the edges of a prior: left out below
        link, eta = linear_predictor(Reader(dataset, variable.name, draw).read(source))
    slope = np.broadcast_to(eta.slope, np.broadcast_shapes(eta.slope.shape, eta.value.shape))
    slope = slope.reshape(len(slope), -1)
    values = slope @ weights(variable.values) if slope.shape[1] == variable.values.size else slope.mean(axis=1)
    outcome = dataset.outcome.scaling or _AS_IT_IS
    factor = (outcome.scale if link == IDENTITY else 1.0) / (variable.scaling or _AS_IT_IS).scale
    return link, values * factor


def weights(values: np.ndarray) -> np.ndarray:
    """How much the derivative at each row counts: shape (rows,), with sum 1. values: shape (rows,), not all the same.

    Between neighbouring values a derivative counts by the gap times the covariance that the rows above it carry."""
    different, place, times = np.unique(values, return_inverse=True, return_counts=True)
    above = np.cumsum((times * (different - values.mean()))[::-1])[::-1][1:]
    gaps = np.diff(different) * above
    total = (np.append(gaps, 0) + np.append(0, gaps)) / (2 * gaps.sum())
    return np.asarray((total / times)[place])


def _prior(source: str, dataset: Dataset, variable: Variable) -> tuple[float, float] | None:
    try:
        _, values = _average(source, dataset, variable, prior_draws(seed=1, number=_enough(dataset)))
    except Unreadable:
        return None
    values = values[np.isfinite(values)]
    return (float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95))) if values.size else None


def lines(found: tuple[Slope, ...], dataset: Dataset) -> list[str]:
    """As a person reads them."""
    if not found:
        return []
    outcome = one_line(dataset.outcome.column or dataset.outcome.name)
    text = [
        f"One unit more of a predictor, as in the file, changes {outcome} by (median, 90 % interval; prior's 90 %):"
    ]
    for slope in found:
        what = f" on the {slope.link} scale" if slope.link else ""
        prior = f"; prior {slope.prior[0]:.3g} to {slope.prior[1]:.3g}" if slope.prior else ""
        held = "; the prior holds it back: widen that in the program, and see" if slope.held_back else ""
        name = one_line(slope.predictor)
        text.append(f"  {name}: {slope.middle:.4g}, {slope.low:.4g} to {slope.high:.4g}{prior}{what}{held}")
    return text
