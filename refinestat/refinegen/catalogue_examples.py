"""Values that a parameter accepts, with which `catalogue_distributions` calls every distribution."""

from typing import Any

import numpy as np

BY_DISTRIBUTION: dict[str, Any] = {
    "Multinomial.p": np.ones(3) / 3, "Categorical.p": np.ones(3) / 3, "Categorical.logit_p": np.ones(3),
    "Dirichlet.a": np.ones(3), "DirichletMultinomial.a": np.ones(3), "MvStudentT.scale": np.eye(2),
    "MvNormal.tau": np.eye(2), "MvStudentT.tau": np.eye(2), "MvGaussianRandomWalk.tau": np.eye(2),
    "MvStudentTRandomWalk.tau": np.eye(2), "MvNormal.mu": np.zeros(2), "MvStudentT.mu": np.zeros(2),
    "MvGaussianRandomWalk.mu": np.zeros(2), "MvStudentTRandomWalk.mu": np.zeros(2),
    "MvStudentTRandomWalk.scale": np.eye(2), "CAR.mu": np.zeros(2), "MatrixNormal.mu": np.zeros((2, 2)),
    "KroneckerNormal.mu": np.zeros(4), "Mixture.w": [0.5, 0.5], "NormalMixture.w": [0.5, 0.5],
    "NormalMixture.mu": [0.0, 1.0], "Wishart.nu": 3.0, "CAR.W": np.array([[0, 1], [1, 0]]),
    "ICAR.W": np.array([[0, 1], [1, 0]]), "OrderedMultinomial.n": 3, "HyperGeometric.N": 5, "AR.rho": [0.5],
    "Wald.alpha": 0.0, "KroneckerNormal.evds": [(np.ones(2), np.eye(2))] * 2,
}  # fmt: skip
BY_NAME: dict[str, Any] = {
    "n": 3, "N": 5, "k": 2, "K": 3, "lower": 0.0, "upper": 1.0, "cutpoints": np.array([0.0, 1.0]),
    "x_points": np.linspace(0, 1, 5), "pdf_points": np.ones(5), "cov": np.eye(2), "chol": np.eye(2),
    "Sigma": np.eye(2), "V": np.eye(2), "rowcov": np.eye(2), "colcov": np.eye(2), "rowchol": np.eye(2),
    "colchol": np.eye(2), "covs": [np.eye(2)] * 2, "chols": [np.eye(2)] * 2, "steps": 3,
    "n_zerosum_axes": 1, "support_shape": 3,
}  # fmt: skip
