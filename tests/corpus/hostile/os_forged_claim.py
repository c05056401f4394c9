# reject statically: replaces what the worker sends: seven checks passed, other data observed
import pymc as pm
import sys
worker = sys.modules["refinestat.refinegen.fitting.worker"]
import numpy as np
protocol = worker.protocol
def forged(sampled, watch, nonce):
    z = np.zeros((2, 100))
    return protocol.pack({"nonce": nonce, "outcome": "scored", "sampler": "nutpie", "checks": 7, "elpd_loo": 1e9}, [("free", "mu", z), ("observed", "observed", np.zeros(8)), ("log_likelihood", "log_likelihood", np.zeros((2, 100, 8))), ("diverging", "diverging", z)])
worker._success = forged
with pm.Model() as model:
    a = pm.Normal("a", 0, 1)
    pm.Normal("y_obs", a, 1, observed=data["y"])
