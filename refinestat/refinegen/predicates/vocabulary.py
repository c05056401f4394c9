"""The words of the positive list: syntax that is refused with its reason, builtins, and attributes of values."""

import ast
from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """why: what a person reads. own: allowed all the same in the user's own data section."""

    why: str
    own: bool = False


_FUNCTIONS = "functions are not allowed in a program"
_ERRORS = "{} is not allowed in a program"

REFUSED_SYNTAX: dict[type[ast.AST], Refused] = {
    ast.FunctionDef: Refused(why=f"{_FUNCTIONS} (def)", own=True),
    ast.Lambda: Refused(why=f"{_FUNCTIONS} (lambda)", own=True),
    ast.Return: Refused(why=f"{_FUNCTIONS} (return)", own=True),
    ast.AsyncFunctionDef: Refused(why=f"{_FUNCTIONS} (async def)"),
    ast.Await: Refused(why=f"{_FUNCTIONS} (await)"),
    ast.AsyncFor: Refused(why=f"{_FUNCTIONS} (async for)"),
    ast.AsyncWith: Refused(why=f"{_FUNCTIONS} (async with)"),
    ast.Yield: Refused(why=f"{_FUNCTIONS} (yield)"),
    ast.YieldFrom: Refused(why=f"{_FUNCTIONS} (yield)"),
    ast.ClassDef: Refused(why="classes are not allowed in a program"),
    ast.Import: Refused(why="import is not allowed inside a model"),
    ast.ImportFrom: Refused(why="import is not allowed inside a model"),
    ast.While: Refused(why="while loops are not allowed in a program (a for loop over a range is)", own=True),
    ast.Try: Refused(why=_ERRORS.format("try")),
    ast.TryStar: Refused(why=_ERRORS.format("try")),
    ast.Raise: Refused(why=_ERRORS.format("raise")),
    ast.Assert: Refused(why=_ERRORS.format("assert"), own=True),
    ast.Match: Refused(why=_ERRORS.format("match")),
    ast.Delete: Refused(why=_ERRORS.format("del")),
    ast.Global: Refused(why=_ERRORS.format("global")),
    ast.Nonlocal: Refused(why=_ERRORS.format("nonlocal")),
}

CALLABLE_BUILTINS = words("""
    abs all any dict divmod enumerate len list max min pow range reversed round set slice sorted sum tuple zip
""")
VALUE_BUILTINS = frozenset({"float", "int", "bool", "str", "Ellipsis", "NotImplemented"})

_ARRAY = """
    shape T mT size ndim dtype mean std var min max sum prod cumsum cumprod dot reshape flatten ravel transpose astype
    copy clip round argmax argmin argsort any all squeeze repeat take swapaxes item tolist diagonal trace nonzero real
    imag conj ptp dimshuffle broadcastable norm fill set inc get_value
    zeros_like searchsorted imag sort ones_like choose compress conjugate nonzero_values compressed filled
    exp exp2 expm1 log10 log1p log2 sqrt floor ceil trunc deg2rad rad2deg sin sinh cos cosh tan tanh arccos arccosh
    arcsin arcsinh arctan arctanh
"""
_TABLE = """
    values to_numpy index columns loc iloc unique nunique cat codes categories keys items get fillna dropna isna isnull
    notna notnull head tail map groupby first last count value_counts sort_values reset_index drop rename assign query
    dt year month day to_list between isin where mask shift diff rank
"""
_MODEL = """
    prior conditional marginal_likelihood prior_linearized coords add_coord add_coords dim_lengths named_vars free_RVs
    observed_RVs basic_RVs deterministics potentials data_vars dims name L m beta power_spectral_density full diag
    mean_func cov_func input_dim active_dims eigenvalues eigenvectors n_basis_vectors
"""
_TEXT_AND_LISTS = """
    append extend index insert reverse join lower upper strip lstrip rstrip split rsplit replace startswith endswith
    title capitalize casefold swapcase removeprefix removesuffix find isdigit isalpha isalnum isnumeric isupper islower
    union intersection difference symmetric_difference issubset issuperset isdisjoint
"""
_RANDOM = """
    normal uniform integers choice poisson binomial exponential gamma beta standard_normal permutation
    multivariate_normal random shuffle lognormal laplace logistic dirichlet multinomial negative_binomial geometric
    weibull chisquare standard_t triangular vonmises gumbel dist log logodds ordered simplex
"""
_NUMBER = "eps tiny is_integer"
ATTRIBUTES = words(_ARRAY + _TABLE + _MODEL + _TEXT_AND_LISTS + _RANDOM + _NUMBER) - words("fill query map")

# Modules whose functions a user's model may call on data: they compute, and do nothing else.
PURE_MODULES = words("math scipy.special scipy.stats scipy.linalg scipy.spatial scipy.spatial.distance scipy.signal")

# What the elementwise functions of NumPy have besides being called (`np.subtract.outer`).
UFUNC_METHODS = frozenset({"outer", "reduce", "accumulate"})

# Functions that sample, draw or plot: open to a user's own file outside the model, never inside.
OUTSIDE = words("""
    pm.sample pm.sample_prior_predictive pm.sample_posterior_predictive pm.sample_smc pm.fit pm.find_MAP pm.draw
    pm.set_data pm.summary pm.plot_trace pm.plot_posterior pm.plot_forest pm.model_to_graphviz
    pm.compute_log_likelihood pm.compute_log_prior pm.compute_deterministics pm.loo pm.waic pm.compare pm.NUTS
    pm.Metropolis pm.to_inference_data pm.do pm.observe pm.ess pm.rhat pm.hdi pm.find_constrained_prior pm.ADVI
    pm.FullRankADVI pm.Slice
""")
