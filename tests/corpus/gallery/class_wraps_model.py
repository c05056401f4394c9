import numpy as np
import pymc as pm


class LinearModel:
    def __init__(self, degree=2):
        self.degree = degree
        self.model = None
        self.idata = None

    def fit(self, x, y):
        powers = np.vander(x, self.degree + 1)
        with pm.Model() as self.model:
            coef = pm.Normal("coef", 0, 10, shape=self.degree + 1)
            noise = pm.HalfCauchy("noise", beta=5)
            pm.Normal("y", mu=powers @ coef, sigma=noise, observed=y)
            self.idata = pm.sample()
        return self

    def predict(self, x):
        with self.model:
            return pm.sample_posterior_predictive(self.idata)


x = np.linspace(0, 1, 20)
reg = LinearModel(degree=3).fit(x, np.sin(3 * x))
