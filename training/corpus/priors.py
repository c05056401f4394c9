"""Priors: locations, scales, probabilities and group effects, on the scale that the data state."""

from training.corpus.draft import Draft
from training.corpus.style import nice

INTERCEPT = ("alpha", "alpha", "beta0", "b0", "a", "intercept", "a0", "beta_0")
SLOPE = ("beta", "beta", "beta", "b", "b1", "slope", "beta1")
NOISE = ("sigma", "sigma", "sigma_y", "sigma_obs", "noise", "error_sd", "sd_y", "s_y")
BETWEEN = ("tau", "tau", "sigma_group", "sigma_theta", "sd_group", "sigma_a", "omega", "scale_group")
OFFSETS = ("z", "z", "z_raw", "offset", "eps", "z_offset", "raw")
LENGTH_SCALE = ("ell", "ell", "rho", "ls", "length_scale")
AMPLITUDE = ("eta", "eta", "amp", "sigma_f", "eta_f", "amplitude")


def location(draft: Draft, names: tuple[str, ...], scale: float, centre: float = 0.0, shape: str = "") -> str:
    """A prior on the whole line. scale: its standard deviation, before rounding."""
    draw = draft.random.random()
    name, width = draft.name(*names), nice(scale, draft.random)
    middle = nice(centre, draft.random) if centre else 0.0
    if draw < 0.86:
        return draft.prior(name, "Normal", shape, mu=middle, sigma=width)
    if draw < 0.94:
        return draft.prior(name, "StudentT", shape, nu=draft.random.choice([3, 4, 5]), mu=middle, sigma=width)
    if draw < 0.98:
        return draft.prior(name, "Laplace", shape, mu=middle, b=width)
    return draft.prior(name, "Cauchy", shape, alpha=middle, beta=width)


def positive(draft: Draft, names: tuple[str, ...], scale: float, shape: str = "") -> str:
    """A prior on the positive half-line. scale: of the order of its mean."""
    draw = draft.random.random()
    name, width = draft.name(*names), nice(scale * draft.random.choice([0.5, 1, 1, 2]), draft.random)
    if draw < 0.38:
        return draft.prior(name, "HalfNormal", shape, sigma=width)
    if draw < 0.66:
        return draft.prior(name, "Exponential", shape, lam=nice(1 / scale))
    if draw < 0.82:
        return draft.prior(name, "HalfCauchy", shape, beta=width)
    if draw < 0.88:
        # A float: whole literals are 8-bit integers to PyTensor, and this density squares its scale.
        return draft.prior(name, "HalfStudentT", shape, nu=draft.random.choice([3, 4]), sigma=repr(float(width)))
    if draw < 0.96:
        return draft.prior(name, "Gamma", shape, alpha=2, beta=nice(2 / scale))
    return draft.prior(name, "InverseGamma", shape, alpha=3, beta=nice(2 * scale))


def probability(draft: Draft, names: tuple[str, ...], shape: str = "") -> str:
    """A prior on (0, 1)."""
    name = draft.name(*names)
    if draft.chance(0.15):
        return draft.prior(name, "Uniform", shape, lower=0, upper=1)
    alpha, beta = draft.random.choice([(1, 1), (1, 1), (2, 2), (2, 2), (1, 3), (2, 5), (5, 2)])
    return draft.prior(name, "Beta", shape, alpha=alpha, beta=beta)


def degrees_of_freedom(draft: Draft) -> str:
    """Of a Student t: estimated or fixed."""
    if draft.chance(0.4):
        return draft.random.choice(["4", "3", "5"])
    name = draft.name("nu", "nu", "df")
    if draft.chance(0.6):
        return draft.prior(name, "Gamma", alpha=2, beta=0.1)
    return draft.prior(name, "Exponential", lam="1 / 30")


def effects(draft: Draft, names: tuple[str, ...], scale: float, shape: str, mean: str = "") -> str:
    """One effect per group around `mean` (zero if empty), non-centred mostly. Gives the name of the effects back.

    The offsets are priors; the transform goes with the likelihood. One name alone is for a program with several such
    effects: the spread and the offsets are then called after it."""
    own = names[0].removesuffix("_group")
    several = len(names) == 1
    between = (f"tau_{own}", f"sigma_{own}", f"sd_{own}") if several else (*BETWEEN, f"tau_{own}", f"sigma_{own}")
    offsets = (f"z_{own}", f"{own}_raw") if several else (*OFFSETS, f"z_{own}")
    spread = positive(draft, between, scale)
    if draft.chance(draft.rates.centred):
        return draft.prior(draft.name(*names), "Normal", shape, mu=mean or 0, sigma=spread)
    offset = draft.name(*offsets)
    draw = draft.random.random()
    if draw < 0.9:
        draft.prior(offset, "Normal", shape, mu=0, sigma=1)
    elif draw < 0.95:
        draft.prior(offset, "StudentT", shape, nu=draft.random.choice([3, 4, 5]), mu=0, sigma=1)
    else:
        draft.prior(offset, "ZeroSumNormal", shape, sigma=1)
    product = draft.random.choice([f"{spread} * {offset}", f"{spread} * {offset}", f"{offset} * {spread}"])
    return draft.let(names, f"{mean} + {product}" if mean else product, keep=draft.chance(0.3))
