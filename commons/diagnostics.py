"""The seven checks of the Bayesian workflow, computed from raw draws (paper, section on reliability).

R-hat and effective sample sizes: Vehtari et al. 2021, doi:10.1214/20-BA1221. BFMI: Betancourt, arXiv:1604.00695.
PSIS-LOO: Vehtari, Gelman, Gabry 2017, doi:10.1007/s11222-016-9696-4. ArviZ computes them."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, log10, nan

import numpy as np

from commons import config

CHECKS: tuple[str, ...] = ("r_hat", "ess_bulk", "ess_tail", "divergences", "bfmi", "pareto_k", "elpd_loo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the seven checks. rule: how the value is held against the threshold, as people read it ("< 1.05")."""

    name: str
    value: float
    threshold: float
    rule: str
    passed: bool
    why: str = ""  # where it could not be computed, the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The seven checks, in the order of `CHECKS`, and what PSIS-LOO found.

    elpd_loo, elpd_se, p_loo: in nats; NaN where a log likelihood is not finite. pareto_k: shape (n,).
    pareto_k_limit: min(1 - 1/log10(S), 0.7), from which k is unreliable with S draws, and pareto_k_share: the share of
    observations below it (Vehtari et al. 2024, arXiv:1507.02646). Both are reported beside the check of fixed limit."""

    checks: tuple[Check, ...]
    elpd_loo: float
    elpd_se: float
    p_loo: float
    pareto_k: np.ndarray
    pareto_k_limit: float
    pareto_k_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loo:
    elpd: float
    se: float
    p: float
    pareto_k: np.ndarray
    why: str = ""

    def share(self, limit: float) -> float:
        """Of observations with k below the limit; NaN where k could not be computed."""
        return nan if self.why or not self.pareto_k.size else float(np.mean(self.pareto_k < limit))


def diagnose(
    *,
    free: Mapping[str, np.ndarray],
    log_likelihood: np.ndarray,
    diverging: np.ndarray,
    energy: np.ndarray | None,
) -> Diagnosis:
    """Hold one fit against the seven checks; a value that is NaN fails, with the reason.

    free: draws of the free variables only, shape (chains, draws, *variable shape): a deterministic one may be constant,
    and its R-hat undefined. log_likelihood: of the one outcome, shape (chains, draws, n)."""
    import arviz as az  # costs seconds: only whoever diagnoses pays  # noqa: PLC0415

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        loo = _loo(free, log_likelihood)
        checks = (
            _over_scalars("r_hat", free, az.rhat),
            _over_scalars("ess_bulk", free, az.ess),
            _over_scalars("ess_tail", free, lambda a: az.ess(a, method="tail")),
            _check("divergences", float(np.sum(diverging)), "<=", config.DIVERGENCES_AT_MOST),
            _bfmi(energy),
            _check("pareto_k", loo.share(config.PARETO_K_BELOW), ">=", config.PARETO_K_SHARE_AT_LEAST, loo.why),
            Check(
                name="elpd_loo",
                value=loo.elpd,
                threshold=float("-inf"),
                rule="finite",
                passed=isfinite(loo.elpd),
                why=loo.why,
            ),
        )
    limit = pareto_k_limit(log_likelihood.shape[0] * log_likelihood.shape[1])
    return Diagnosis(
        checks=checks,
        elpd_loo=loo.elpd,
        elpd_se=loo.se,
        p_loo=loo.p,
        pareto_k=loo.pareto_k,
        pareto_k_limit=limit,
        pareto_k_share=loo.share(limit),
    )


def pareto_k_limit(draws: int) -> float:
    """Above it, Pareto smoothing of so many draws gives no reliable estimate."""
    return min(1 - 1 / log10(draws), 0.7)


def _check(name: str, value: float, relation: str, threshold: float, why: str = "") -> Check:
    holds = {"<": value < threshold, ">": value > threshold, "<=": value <= threshold, ">=": value >= threshold}
    return Check(
        name=name, value=value, threshold=threshold, rule=f"{relation} {threshold:g}", passed=holds[relation], why=why
    )


_OVER_SCALARS: Mapping[str, tuple[Callable[[list[float]], float], str, float]] = {
    "r_hat": (max, "<", config.R_HAT_BELOW),
    "ess_bulk": (min, ">=", config.ESS_BULK_AT_LEAST),
    "ess_tail": (min, ">=", config.ESS_TAIL_AT_LEAST),
}


def _over_scalars(name: str, free: Mapping[str, np.ndarray], statistic: Callable[[np.ndarray], float]) -> Check:
    """The worst value over all free scalars; the first that has none (constant, NaN) fails the whole check."""
    worst, relation, threshold = _OVER_SCALARS[name]
    values = []
    for label, draws in _scalars(free):
        value, reason = _of_scalar(draws, statistic)
        if reason:
            return _check(name, nan, relation, threshold, f"{label} {reason}")
        values.append(value)
    if not values:
        return _check(name, nan, relation, threshold, "no free variable")
    return _check(name, worst(values), relation, threshold)


def _of_scalar(draws: np.ndarray, statistic: Callable[[np.ndarray], float]) -> tuple[float, str]:
    """The statistic of one scalar, shape (chains, draws), or why there is none."""
    if not np.all(np.isfinite(draws)):
        return nan, "has draws that are not finite"
    if np.ptp(draws) == 0:
        return nan, "is constant"
    value = float(statistic(draws))
    return value, "" if isfinite(value) else "has no finite value"


def _scalars(free: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Each scalar of each variable, shape (chains, draws), labelled `theta[2]`."""
    for name, draws in free.items():
        for index in np.ndindex(draws.shape[2:]):
            label = f"{name}[{','.join(map(str, index))}]" if index else name
            yield label, draws[(slice(None), slice(None), *index)]


def _bfmi(energy: np.ndarray | None) -> Check:
    """Energy Bayesian fraction of missing information: the smallest over the chains."""
    if energy is None:
        return _check("bfmi", nan, ">", config.BFMI_ABOVE, "the sampler records no energy")
    value = float(np.min(np.square(np.diff(energy, axis=1)).mean(axis=1) / np.var(energy, axis=1, ddof=1)))
    return _check("bfmi", value, ">", config.BFMI_ABOVE, "" if isfinite(value) else "the energy is not finite")


def _loo(free: Mapping[str, np.ndarray], log_likelihood: np.ndarray) -> _Loo:
    """Leave-one-out predictive density by Pareto-smoothed importance sampling, as `arviz.loo` has it."""
    import arviz as az  # noqa: PLC0415

    chains, draws, n = log_likelihood.shape
    pointwise = log_likelihood.reshape(chains * draws, n).T  # (n, S)
    usable = np.all(np.isfinite(pointwise), axis=1)
    pareto_k = np.full(n, nan)
    if not usable.all():
        worst = int(np.flatnonzero(~usable)[0])
        return _Loo(elpd=nan, se=nan, p=nan, pareto_k=pareto_k, why=f"log likelihood of observation {worst} not finite")
    sizes = [float(az.ess(a, method="mean")) for _, a in _scalars(free)]
    efficiency = float(np.nanmean(sizes)) / (chains * draws) if chains > 1 and sizes else 1.0
    log_weights, pareto_k = az.psislw(-pointwise, reff=efficiency)
    elpd = np.logaddexp.reduce(log_weights + pointwise, axis=1)
    lppd = np.logaddexp.reduce(pointwise, axis=1) - np.log(chains * draws)
    total = float(elpd.sum())
    return _Loo(
        elpd=total, se=float(np.sqrt(n * np.var(elpd))), p=float(lppd.sum()) - total, pareto_k=np.asarray(pareto_k)
    )
