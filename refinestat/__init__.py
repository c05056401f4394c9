"""RefineStat: a small language model writes a Bayesian model, and the Bayesian workflow decides whether to trust it."""
