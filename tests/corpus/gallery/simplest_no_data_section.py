import pymc as pm

with pm.Model() as model:
    x = pm.Normal("x", mu=0, sigma=1)
    y = pm.Gamma("y", alpha=1, beta=1)
    plus_2 = x + 2
    summed = x + y
    squared = x**2
    sined = pm.math.sin(x)
    pm.Deterministic("plus_2", plus_2)

print(pm.draw(x, draws=3))
print(model.basic_RVs, model.free_RVs)
model.compile_logp()({"x": 0, "y_log__": 0})
