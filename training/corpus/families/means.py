"""Families without predictors: means, positive measurements, rates, mixtures."""

import math

from training.corpus.data import add_size, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import concentration, observe, observe_real
from training.corpus.outcomes import Link, real_outcome
from training.corpus.priors import NOISE, location, positive, probability
from training.corpus.style import literal
from training.corpus.terms import about, any_outcome, intercept

_MEAN = ("mu", "mu", "mu", "mean", "m", "mu_y", "loc")


def mean(draft: Draft) -> None:
    """One mean, normal or Student-t noise."""
    add_size(draft, 5, 300)
    outcome = real_outcome(draft)
    describe(draft, *about(draft, outcome, []), f"Repeated measurements of {outcome.word}.")
    observe_real(draft, outcome, intercept(draft, outcome, _MEAN))


def positive_mean(draft: Draft) -> None:
    """Positive measurements: log-normal or gamma."""
    add_size(draft, 8, 300)
    outcome = real_outcome(draft, positive_only=True)
    skewed = f"Distribution of {outcome.word} among {draft.units}, skewed."
    describe(draft, skewed, draft.random.choice(about(draft, outcome, [])))
    middle = outcome.column.middle
    if draft.chance(0.5):
        mu = location(draft, ("mu", "mu_log", "log_mean"), draft.random.choice([1, 2, 5]), round(math.log(middle)))
        draft.observe("LogNormal", outcome.name, mu=mu, sigma=positive(draft, NOISE, 1))
        return
    shape = positive(draft, ("alpha", "a", "k_shape"), 2)
    if draft.chance(0.5):
        mu = positive(draft, ("mu", "mean", "m"), middle)
        draft.observe("Gamma", outcome.name, alpha=shape, beta=f"{shape} / {mu}")
    else:
        rate = positive(draft, ("beta", "rate", "b"), 2 / middle)
        draft.observe("Gamma", outcome.name, alpha=shape, beta=rate)


def rate(draft: Draft) -> None:
    """One probability, or one log odds or log rate: yes or no, counts, proportions."""
    add_size(draft, 8, 400)
    outcome = any_outcome(draft, logit=3, log=1, share=2)
    describe(draft, *about(draft, outcome, []))
    if outcome.link is Link.LOGIT and draft.chance(0.6):
        p = probability(draft, ("p", "p", "theta", "prob", "rate"))
        draft.observe("Bernoulli", outcome.name, p=p)
    elif outcome.link is Link.SHARE and draft.chance(0.6):
        share, kappa = probability(draft, ("mu", "m", "mean_p", "theta")), concentration(draft)
        draft.observe("Beta", outcome.name, alpha=f"{share} * {kappa}", beta=f"(1 - {share}) * {kappa}")
    else:
        observe(draft, outcome, intercept(draft, outcome, ("alpha", "a", "intercept", "b0", "beta0")))


def mixture(draft: Draft) -> None:
    """Two or three normal components, marginalised; the means ordered."""
    add_size(draft, 40, 400)
    outcome = real_outcome(draft)
    groups = draft.random.choice([2, 2, 2, 3])
    describe(
        draft,
        f"{outcome.word} of {draft.rows} {draft.units} from {groups} groups.",
        f"Mixture of {groups} clusters in {outcome.word}.",
        f"{'Bimodal' if groups == 2 else 'Multimodal'} {outcome.word} of {draft.units}.",
    )
    column, number = outcome.column, str(groups)
    if groups == 2 and draft.chance(0.5):
        share = probability(draft, ("w", "p", "weight"))
        weights = f"pm.math.stack([{share}, 1 - {share}])"
    else:
        weights = draft.prior(draft.name("w", "weights", "pi"), "Dirichlet", a=f"np.ones({groups})")
    name = draft.name("mu", "mu", "means", "centres")
    low, high = (literal(float(f"{value:.2g}")) for value in (column.low, column.high))
    spread = literal(float(f"{column.half:.1g}"))
    draft.priors.append(
        f'{name} = pm.Normal("{name}", mu=np.linspace({low}, {high}, {groups}), sigma={spread}, '
        f"shape={groups}, transform=pm.distributions.transforms.ordered)"
    )
    sigma = positive(draft, NOISE, outcome.spread / 2, number if draft.chance(0.6) else "")
    draft.observe("NormalMixture", outcome.name, w=weights, mu=name, sigma=sigma)
