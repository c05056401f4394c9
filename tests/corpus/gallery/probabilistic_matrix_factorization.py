import logging
import time

import numpy as np
import pymc as pm
import pytensor
import scipy as sp

logging.getLogger("pytensor").setLevel(logging.ERROR)


class PMF:
    """Probabilistic Matrix Factorization model using pymc."""

    def __init__(self, train, dim, alpha=2, std=0.01, bounds=(1, 5)):
        self.dim = dim
        self.alpha = alpha
        self.std = np.sqrt(1.0 / alpha)
        self.bounds = bounds
        self.data = train.copy()
        n, m = self.data.shape

        # Perform mean value imputation
        nan_mask = np.isnan(self.data)
        self.data[nan_mask] = self.data[~nan_mask].mean()

        self.alpha_u = 1 / self.data.var(axis=1).mean()
        self.alpha_v = 1 / self.data.var(axis=0).mean()

        logging.info("building the PMF model")
        with pm.Model(
            coords={"users": np.arange(n), "movies": np.arange(m), "latent_factors": np.arange(dim), "obs_id": np.arange(self.data[~nan_mask].shape[0])}
        ) as pmf:
            U = pm.MvNormal(
                "U",
                mu=0,
                tau=self.alpha_u * np.eye(dim),
                dims=("users", "latent_factors"),
                initval=np.random.standard_normal(size=(n, dim)) * std,
            )
            V = pm.MvNormal(
                "V",
                mu=0,
                tau=self.alpha_v * np.eye(dim),
                dims=("movies", "latent_factors"),
                initval=np.random.standard_normal(size=(m, dim)) * std,
            )
            R = pm.Normal(
                "R",
                mu=(U @ V.T)[~nan_mask],
                tau=self.alpha,
                dims="obs_id",
                observed=self.data[~nan_mask],
            )
        self.model = pmf

    def __str__(self):
        return self.name

    def find_map(self):
        tstart = time.time()
        with self.model:
            self._map = pm.find_MAP(method="L-BFGS-B")
        elapsed = int(time.time() - tstart)
        return self._map


train = np.array([[1.0, np.nan, 3.0], [2.0, 4.0, np.nan]])
pmf = PMF(train, dim=2)
