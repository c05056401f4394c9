"""Families of ordered categories, and of categories of many counts."""

from commons.data_pymc import Role
from training.corpus.data import Column, add_column, add_groups, add_size, arrange, data_name, describe
from training.corpus.draft import Draft
from training.corpus.names import topic
from training.corpus.outcomes import Link, Outcome
from training.corpus.priors import effects
from training.corpus.terms import as_shown, listed, number_of_predictors, predictors, prepare, slopes
from training.corpus.words import NAMES


def ordinal(draft: Draft) -> None:
    """An ordered logistic regression, perhaps with groups."""
    add_size(draft, 20, 400)
    word, top = topic(draft, tuple(NAMES["ordinal_words"])), draft.random.choice([2, 3, 3, 4, 4, 5, 6])
    name = data_name(draft, word, NAMES["outcome"])
    meaning = draft.random.choice(
        [word, f"{word}, 0 to {top}", f"{word}, ordered levels", f"{word} in {top + 1} ordered levels", ""]
    )
    column = Column(
        name=name, low=0, high=top, word=word, role=Role.OUTCOME, meaning=meaning, integer=True, ordered=True
    )
    made = add_column(draft, column)
    outcome = Outcome(column=made, link=Link.LOGIT, centre=0.0, spread=1.0)
    columns = predictors(draft, number_of_predictors(draft, 6, 4, 2, 1, 1))
    group = add_groups(draft, 3, 15) if draft.chance(0.25) else None
    by = listed(columns)
    describe(
        draft,
        f"{made.word} (ordered levels) against {by}.",
        f"Ordinal {made.word} of {draft.rows} {draft.units} by {by}.",
        f"{made.word} from 0 to {top} for {draft.rows} {draft.units}, given {by}.",
    )
    arrange(draft)
    columns = as_shown(draft, columns)
    inputs = [prepare(draft, column) for column in columns]
    terms = slopes(draft, outcome, columns, inputs)
    cut = draft.name("cut", "cutpoints", "cuts", "thresholds", "c")
    reach = draft.random.choice([1, 2, 2, 3])
    draft.priors.append(
        f'{cut} = pm.Normal("{cut}", mu=np.linspace(-{reach}, {reach}, {top}), sigma={draft.random.choice([1, 2, 5])}, '
        f"shape={top}, transform=pm.distributions.transforms.ordered)"
    )
    if group:
        terms.append(f"{effects(draft, ('a', 'u', 'alpha'), 1.0, group[1])}[{group[0]}]")
    eta = " + ".join(terms)
    if draft.chance(0.75):
        eta = draft.let(("eta", "eta", "mu", "lin"), eta)
    draft.observe("OrderedLogistic", outcome.name, eta=eta, cutpoints=cut)
