"""What introspection cannot see: the one hand-written table beside the catalogue (PyMC 5.28, PyTensor 2.38, NumPy 2.4).

Rows about distributions come from their documentation and from the `logp` and `dist` methods of `pymc.distributions`;
lists of names hold what a program may use: pure functions, no files, no callbacks, no state."""


def words(text: str) -> list[str]:
    return text.split()


# Domain of a parameter by its name, wherever its `logp` says nothing itself.
DOMAINS_BY_NAME = {
    "sigma": "> 0", "tau": "> 0", "lam": "> 0", "psi": "[0, 1]", "w": "[0, 1]", "phi": "> 0", "kappa": "> 0",
    "cov": "matrix", "chol": "matrix", "Sigma": "matrix", "V": "matrix", "W": "matrix", "rowcov": "matrix",
    "colcov": "matrix", "rowchol": "matrix", "colchol": "matrix",
}  # fmt: skip

# Domain of one parameter of one distribution, where the name alone would mislead.
DOMAINS = {
    "AR.rho": "any", "CAR.alpha": "(-1, 1)", "Exponential.lam": "> 0", "Exponential.scale": "> 0",
    "GARCH11.omega": "> 0", "GARCH11.alpha_1": ">= 0", "GARCH11.beta_1": ">= 0", "GARCH11.initial_vol": ">= 0",
    "Beta.sigma": "> 0", "Beta.mu": "(0, 1)", "Beta.nu": "> 0", "Binomial.n": ">= 0", "Bernoulli.p": "[0, 1]",
    "Categorical.p": "[0, 1]", "ChiSquared.nu": "> 0", "DirichletMultinomial.n": ">= 0", "Gamma.mu": "> 0",
    "HurdleGamma.alpha": "> 0", "HurdleGamma.beta": "> 0", "HurdleGamma.mu": "> 0", "HurdlePoisson.mu": ">= 0",
    "HurdleNegativeBinomial.mu": "> 0", "HurdleNegativeBinomial.alpha": "> 0", "HurdleNegativeBinomial.p": "[0, 1]",
    "InverseGamma.mu": "> 0", "LKJCholeskyCov.eta": "> 0", "LKJCorr.eta": "> 0", "MvStudentT.scale": "matrix",
    "MvStudentT.nu": "> 0", "MvNormal.tau": "matrix", "MvStudentT.tau": "matrix", "MvGaussianRandomWalk.tau": "matrix",
    "MvStudentTRandomWalk.tau": "matrix", "MvStudentTRandomWalk.scale": "matrix",
    "NegativeBinomial.mu": "> 0", "NegativeBinomial.p": "[0, 1]", "Rice.nu": ">= 0",
    "Rice.b": ">= 0", "HalfStudentT.lam": "> 0", "OrderedProbit.sigma": "> 0", "KroneckerNormal.sigma": ">= 0",
    "StickBreakingWeights.alpha": "> 0", "VonMises.kappa": "> 0", "Wald.mu": "> 0", "Wald.alpha": ">= 0",
    "Wishart.nu": "> 0", "ZeroInflatedBinomial.p": "[0, 1]", "ZeroInflatedBinomial.n": ">= 0",
    "ZeroInflatedNegativeBinomial.mu": "> 0", "ZeroInflatedNegativeBinomial.alpha": "> 0",
    "ZeroInflatedNegativeBinomial.p": "[0, 1]", "ZeroInflatedPoisson.mu": ">= 0", "ICAR.sigma": "> 0",
    "SkewNormal.tau": "> 0", "AsymmetricLaplace.kappa": "> 0", "AsymmetricLaplace.b": "> 0",
    "AsymmetricLaplace.q": "(0, 1)", "TruncatedNormal.sigma": "> 0", "HyperGeometric.N": ">= 0",
    "HyperGeometric.k": ">= 0", "HyperGeometric.n": ">= 0", "PolyaGamma.z": "any", "ZeroSumNormal.sigma": "> 0",
    "NormalMixture.sigma": "> 0", "Multinomial.p": "[0, 1]",
}  # fmt: skip

# Support of values where the base class does not tell: closed bounds, numbers or names of parameters.
SUPPORTS = {
    "Bernoulli": (0, 1), "BetaBinomial": (0, "n"), "Binomial": (0, "n"), "Categorical": (0, "inf"),
    "ChiSquared": (0, "inf"), "DiracDelta": ("c", "c"), "DirichletMultinomial": (0, "n"),
    "DiscreteUniform": ("lower", "upper"), "DiscreteWeibull": (0, "inf"), "Geometric": (1, "inf"),
    "HurdleGamma": (0, "inf"), "HurdleLogNormal": (0, "inf"), "HurdleNegativeBinomial": (0, "inf"),
    "HurdlePoisson": (0, "inf"), "HyperGeometric": (0, "n"), "Interpolated": ("x_points", "x_points"),
    "LKJCorr": (-1, 1), "LogitNormal": (0, 1), "Multinomial": (0, "n"), "NegativeBinomial": (0, "inf"),
    "OrderedLogistic": (0, "inf"),
    "OrderedMultinomial": (0, "n"), "OrderedProbit": (0, "inf"), "Pareto": ("m", "inf"), "Poisson": (0, "inf"),
    "Triangular": ("lower", "upper"), "TruncatedNormal": ("lower", "upper"), "Uniform": ("lower", "upper"),
    "VonMises": ("-pi", "pi"), "ZeroInflatedBinomial": (0, "n"), "ZeroInflatedNegativeBinomial": (0, "inf"),
    "ZeroInflatedPoisson": (0, "inf"),
}  # fmt: skip

# Distributions whose density at the edge of the support is zero or infinite, but where a parameter is one.
OPEN_SUPPORTS = words("Beta ChiSquared Gamma Weibull InverseGamma Kumaraswamy LogNormal Lognormal LogitNormal Wald")

# Distributions that no interval describes: their values come from their arguments, or from a function.
UNKNOWN_SUPPORTS = ("Censored", "CustomDist", "DensityDist", "Mixture", "Truncated", "LKJCholeskyCov", "Wishart")

# Distributions whose elements restrain each other: no claim about a sum or a dot product of them.
TIED = ("AR", "CAR", "Dirichlet", "GARCH11", "ICAR", "LKJCorr", "Multinomial", "StickBreakingWeights", "ZeroSumNormal")

# What `dist` needs beside parameters that have alternatives (a number of steps, a length).
NEEDED_CONTEXT = {"AR": ("steps",), "GARCH11": ("steps",), "ZeroSumNormal": ("support_shape",)}

# Deterministic variables that a distribution adds beside its own, as suffixes of its name.
COMPANIONS = {"LKJCholeskyCov": ("_corr", "_stds"), "OrderedLogistic": ("_probs",), "OrderedProbit": ("_probs",)}

# Parameters of distributions whose `dist` hides them behind *args.
HIDDEN_SIGNATURES = {
    "CustomDist": ("dist", "random", "logp", "logcdf", "support_point", "ndim_supp", "ndims_params", "signature",
                   "class_name"),
    "DensityDist": ("dist", "random", "logp", "logcdf", "support_point", "ndim_supp", "ndims_params", "signature",
                    "class_name"),
}  # fmt: skip
EXTRA_KEYWORDS = {
    "LKJCholeskyCov": ("store_in_trace",), "OrderedLogistic": ("compute_p",), "OrderedProbit": ("compute_p",),
    "OrderedMultinomial": ("compute_p",), "Interpolated": ("transform",),
}  # fmt: skip

# What a parameter measures, for the check of scales: sd, variance, precision, rate, scale, mean (1 / rate).
MEASURES = {
    "Exponential.lam": "rate", "Exponential.scale": "mean", "Gamma.beta": "rate", "StudentT.lam": "precision",
    "HalfStudentT.lam": "precision", "Laplace.b": "scale", "Cauchy.beta": "scale", "HalfCauchy.beta": "scale",
    "Logistic.s": "scale", "Gumbel.beta": "scale",
}  # fmt: skip
MEASURES_BY_NAME = {"sigma": "sd", "tau": "precision"}
NOT_MEASURED = ("Wald", "CAR", "MvNormal", "MvStudentT", "MvGaussianRandomWalk", "MvStudentTRandomWalk")

# Functions of the model that are no distributions: their parameters are read off the signatures.
MODEL_FUNCTIONS = ("Deterministic", "Potential", "Data")

OPEN_PM = words("""
    Data Deterministic Minibatch Model Potential expand_packed_triangular floatX intX icdf invlogit invprobit
    logaddexp logcdf logccdf logit logp logsumexp modelcontext probit
""")
OPEN_PM_SUBMODULES = {
    "pm.math": None,  # every public function
    "pm.gp": words("""
        HSGP HSGPPeriodic Latent LatentKron Marginal MarginalApprox MarginalKron MarginalSparse TP
    """),
    "pm.gp.cov": None,
    "pm.gp.mean": None,
    "pm.gp.util": words("kmeans_inducing_points stabilize"),
    "pm.gp.hsgp_approx": words("approx_hsgp_hyperparams"),
    "pm.ode": ["DifferentialEquation"],
    "pm.distributions": None,  # the distributions again, by their full path
    "pm.distributions.transforms": None,
    "pm.logprob": words("logp logcdf icdf"),
}
CLOSED_IN_OPEN = words("""
    Apply Op UNSET get_constraint config reduce partial flatten_list constant_fold handle_args make_callable
""")

# Keywords that functions have and programs may not use: they write into arrays, or change what an array is.
CLOSED_KEYWORDS = words("out dtype acc_dtype where subok casting signature order name device like copy")

# Names of a module that depend on what else was imported (PyMC leaves its log handler behind).
PASSING = ("handler",)

# Modules whose functions' signatures are written down.
SIGNED = ("pm.math", "pm.gp", "pt", "np")

OPEN_NP = words("""
    abs absolute add all allclose any append arange arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax
    argmin argsort argwhere array array_equal array_split asarray atleast_1d atleast_2d atleast_3d average
    bincount bool_ broadcast_arrays broadcast_shapes broadcast_to c_ cbrt ceil clip column_stack concat
    concatenate convolve copy corrcoef cos cosh count_nonzero cov cross cumprod cumsum deg2rad degrees delete
    diag diagflat diagonal diff digitize divide dot dstack e einsum empty empty_like equal exp exp2 expand_dims
    expm1 extract eye fill_diagonal finfo flatnonzero flip fliplr flipud float16 float32 float64 floor
    floor_divide fmax fmin full full_like gcd geomspace gradient greater greater_equal heaviside histogram
    hstack hypot identity iinfo in1d indices inf inner insert int16 int32 int64 int8 interp intersect1d invert
    isclose isfinite isin isinf isnan ix_ kron less less_equal linspace log log10 log1p log2 logaddexp
    logical_and logical_not logical_or logical_xor logspace matmul max maximum mean median meshgrid mgrid min
    acos acosh amax amin around asin asinh atan atan2 atanh nanmedian nanpercentile nanprod nanquantile nancumsum
    minimum mod moveaxis multiply nan nan_to_num nanmax nanmean nanmin nanstd nansum nanvar ndarray ndim ndindex
    negative newaxis nonzero not_equal ogrid ones ones_like outer pad percentile permute_dims pi polyfit polyval
    positive power prod ptp quantile rad2deg radians ravel reciprocal remainder repeat reshape resize roll rot90
    round r_ searchsorted select setdiff1d shape sign sin sinc sinh size sort split sqrt square squeeze stack
    std subtract sum swapaxes take take_along_axis tan tanh tensordot tile trace transpose tri tril tril_indices
    tril_indices_from triu triu_indices triu_indices_from true_divide trunc uint32 uint64 uint8 union1d unique
    unravel_index vander var vdot vecdot vstack where zeros zeros_like trapezoid
    angle array_equiv asanyarray ascontiguousarray asarray_chkfinite bartlett bitwise_and bitwise_not bitwise_or
    bitwise_xor blackman block bool broadcast choose compress conj conjugate copysign correlate cumulative_prod
    cumulative_sum diag_indices diag_indices_from divmod double dsplit ediff1d euler_gamma fabs fix float_power
    floating fmod frexp hamming hanning histogram2d histogram_bin_edges histogramdd hsplit i0 imag index_exp int_
    integer intp isneginf isposinf isreal isscalar issubdtype kaiser lcm ldexp lexsort logaddexp2 matrix_transpose
    matvec modf nanargmax nanargmin nancumprod ndenumerate partition argpartition pow ravel_multi_index real
    real_if_close result_type rint rollaxis s_ setxor1d signbit single spacing str_ trim_zeros uint unique_all
    unique_counts unique_inverse unique_values unstack unwrap vecmat vsplit
    nextafter number False_ True_ poly polyadd polyder polydiv polyint polymul polysub roots row_stack
""")
OPEN_NP_SUBMODULES = {
    "np.linalg": words("""
        cholesky cond det eig eigh eigvals eigvalsh inv lstsq matrix_power matrix_rank norm pinv qr slogdet
        solve svd
    """),
    "np.random": words("""
        beta binomial chisquare choice dirichlet exponential gamma geometric gumbel laplace logistic lognormal
        multinomial multivariate_normal negative_binomial normal permutation poisson rand randint randn random
        seed standard_normal standard_t uniform vonmises weibull default_rng RandomState Generator
    """),
    "np.polynomial": [],
    "np.polynomial.legendre": ["legval", "legvander"],
    "np.polynomial.chebyshev": ["chebval", "chebvander"],
    "np.polynomial.hermite": ["hermval", "hermvander"],
    "np.polynomial.polynomial": ["polyval", "polyvander"],
    "np.ma": words("""
        array masked_array masked_equal masked_greater masked_invalid masked_less masked_values masked_where
    """),
    "np.fft": words("fft ifft rfft irfft fftfreq rfftfreq"),
}
OPEN_PT_CLOSED = words("""
    Any Callable Constant NoReturn Op Optional Sequence TYPE_CHECKING Union singledispatch
    vectorize transfer values_eq_approx_always_true get_vector_length default make_slice none_type_t slicetype
""")
OPEN_PT_SUBMODULES = {
    "pt.linalg": None,
    "pt.nlinalg": words("""
        det diagonal eigh inv kron matrix_dot matrix_inverse matrix_power norm pinv qr slogdet svd trace
    """),
    "pt.slinalg": words("""
        block_diag cho_solve cholesky eigvalsh expm kron solve solve_triangular
    """),
    "pt.special": words("beta betaln factorial gamma gammaln log_softmax logit poch softmax"),
    "pt.fft": [],
    "pt.subtensor": words("set_subtensor inc_subtensor"),
    "pt.extra_ops": words("cumsum cumprod diff repeat bincount"),
}
