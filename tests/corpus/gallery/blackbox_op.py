import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph import Apply, Op


def my_loglike(m, c, sigma, x, data):
    # We fail explicitly if inputs are not numerical types for the sake of this tutorial
    for param in (m, c, sigma, x, data):
        if not isinstance(param, (float, np.ndarray)):
            raise TypeError(f"Invalid input type to loglike: {type(param)}")
    model = m * x + c
    return -0.5 * ((data - model) / sigma) ** 2 - np.log(np.sqrt(2 * np.pi)) - np.log(sigma)


class LogLike(Op):
    def make_node(self, m, c, sigma, x, data) -> Apply:
        m = pt.as_tensor(m)
        c = pt.as_tensor(c)
        inputs = [m, c, pt.as_tensor(sigma), pt.as_tensor(x), pt.as_tensor(data)]
        outputs = [inputs[-1].type()]
        return Apply(self, inputs, outputs)

    def perform(self, node: Apply, inputs: list[np.ndarray], outputs: list[list[None]]) -> None:
        m, c, sigma, x, data = inputs
        outputs[0][0] = np.asarray(my_loglike(m, c, sigma, x, data))


x = np.linspace(0.0, 9.0, 10)
data = 0.4 * x + 3.0
loglike_op = LogLike()


def custom_dist_loglike(data, m, c, sigma, x):
    # data, or observed is always passed as the first input of CustomDist
    return loglike_op(m, c, sigma, x, data)


with pm.Model() as no_grad_model:
    # uniform priors on m and c
    m = pm.Uniform("m", lower=-10.0, upper=10.0, initval=0.4)
    c = pm.Uniform("c", lower=-10.0, upper=10.0, initval=3.0)
    likelihood = pm.CustomDist(
        "likelihood", m, c, 1.0, x, observed=data, logp=custom_dist_loglike
    )
    no_grad_trace = pm.sample(3000, tune=1000, step=pm.DEMetropolisZ())
