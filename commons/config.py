"""The editable configuration. Every value here is checked at start; command-line flags override it."""

config = {
    "models": ["refinestat-slm"],
    "datasets": ["eight_schools", "dugongs", "glm", "gp", "surgical"],
    "temperature": 0.3,
    "max_iterations": 35,
}

# The seven checks (paper, section on reliability). Values as published.
R_HAT_BELOW = 1.05
ESS_BULK_AT_LEAST = 400
ESS_TAIL_AT_LEAST = 100
DIVERGENCES_AT_MOST = 0
BFMI_ABOVE = 0.3
PARETO_K_BELOW = 0.7
PARETO_K_SHARE_AT_LEAST = 0.8
