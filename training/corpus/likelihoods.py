"""Likelihoods: the observed statement that suits an outcome, given its linear predictor."""

from training.corpus.draft import Draft
from training.corpus.outcomes import Link, Outcome
from training.corpus.priors import NOISE, degrees_of_freedom, positive


def observe_real(draft: Draft, outcome: Outcome, mean: str) -> None:
    """Normal or Student-t noise around a mean."""
    sigma = positive(draft, NOISE, outcome.spread / 2)
    if draft.chance(0.75):
        draft.observe("Normal", outcome.name, mu=mean, sigma=sigma)
    else:
        draft.observe("StudentT", outcome.name, nu=degrees_of_freedom(draft), mu=mean, sigma=sigma)


def observe_count(draft: Draft, outcome: Outcome, log_rate: str) -> None:
    """Poisson or negative binomial with the exponential of the linear predictor."""
    rate = f"{draft.style.exp}({log_rate})"
    if outcome.exposure:
        rate = f"{outcome.exposure} * {rate}"
    mu = draft.let(("lam", "lam", "mu", "rate", "lambda_", "mu_y"), rate) if draft.chance(0.8) else rate
    if draft.chance(0.55):
        draft.observe("Poisson", outcome.name, mu=mu)
    else:
        draft.observe("NegativeBinomial", outcome.name, mu=mu, alpha=dispersion(draft))


def dispersion(draft: Draft) -> str:
    """The shape of a negative binomial."""
    return positive(draft, ("phi", "phi", "alpha_nb", "disp", "r_disp", "kappa"), draft.random.choice([1, 2, 5, 10]))


def concentration(draft: Draft) -> str:
    """The precision of a beta distribution given its mean."""
    return positive(draft, ("kappa", "kappa", "phi", "conc", "precision"), draft.random.choice([10, 20, 20, 50]))


def observe_binary(draft: Draft, outcome: Outcome, logit: str) -> None:
    """Bernoulli, by log odds or by probability."""
    if draft.chance(0.5):
        draft.observe("Bernoulli", outcome.name, logit_p=logit)
        return
    p = draft.let(("p", "p", "theta", "prob", "pi"), f"{draft.style.sigmoid}({logit})")
    draft.observe("Bernoulli", outcome.name, p=p)


def observe_binomial(draft: Draft, outcome: Outcome, logit: str) -> None:
    """Binomial with known trials, by log odds or by probability, or beta-binomial with mean and precision."""
    if draft.chance(0.3):
        draft.observe("Binomial", outcome.name, n=outcome.trials, logit_p=logit)
        return
    p = draft.let(("p", "p", "theta", "prob", "rate"), f"{draft.style.sigmoid}({logit})")
    if draft.chance(0.55):
        draft.observe("Binomial", outcome.name, n=outcome.trials, p=p)
        return
    kappa = concentration(draft)
    draft.observe("BetaBinomial", outcome.name, n=outcome.trials, alpha=f"{p} * {kappa}", beta=f"(1 - {p}) * {kappa}")


def observe_share(draft: Draft, outcome: Outcome, logit: str) -> None:
    """Beta with mean and precision."""
    mean, kappa = draft.let(("mu", "m", "mean_p", "p"), f"{draft.style.sigmoid}({logit})"), concentration(draft)
    draft.observe("Beta", outcome.name, alpha=f"{mean} * {kappa}", beta=f"(1 - {mean}) * {kappa}")


_OBSERVE = {
    Link.IDENTITY: observe_real,
    Link.LOG: observe_count,
    Link.LOGIT: observe_binary,
    Link.BINOMIAL: observe_binomial,
    Link.SHARE: observe_share,
}
_PREDICTOR_NAMES = {
    Link.IDENTITY: ("mu", "mu", "mu", "mu_y", "y_hat", "eta", "pred"),
    Link.LOG: ("eta", "eta", "log_lam", "log_mu", "log_rate"),
    Link.LOGIT: ("eta", "eta", "logit_p", "logits", "lin"),
    Link.BINOMIAL: ("eta", "eta", "logit_p", "logits", "lin"),
    Link.SHARE: ("eta", "eta", "lin", "logit_mu"),
}


def observe(draft: Draft, outcome: Outcome, predictor: str) -> None:
    """The likelihood that suits the outcome, given its linear predictor as an expression (named first, mostly)."""
    if any(sign in predictor for sign in " [(") and (outcome.link is Link.IDENTITY or draft.chance(0.65)):
        predictor = draft.let(_PREDICTOR_NAMES[outcome.link], predictor)
    _OBSERVE[outcome.link](draft, outcome, predictor)
