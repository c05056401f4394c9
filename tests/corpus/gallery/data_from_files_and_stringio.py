import io
import re
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pymc as pm

HERE = Path(".")
csv = StringIO("""species,mass,wing
adelie,3.7,181
gentoo,5.0,217
chinstrap,3.7,195
adelie,3.8,186""")
penguins = pd.read_csv(csv)
penguins = (
    penguins.dropna(subset=["mass"])
    .assign(species=lambda d: d.species.str.capitalize())
    .query("mass > 0")
    .pipe(lambda d: d[d["wing"] > 100])
)
all_species = pd.Categorical(penguins["species"])
lines = [line.strip() for line in io.StringIO("a b\nc d") if re.match(r"\w", line)]
del lines

with pm.Model(coords={"species": all_species.categories}) as model:
    # Note the addition of the shape parameter
    sigma = pm.HalfStudentT("sigma", 100, 2000, dims="species")
    mu = pm.Normal("mu", 4, 3, dims="species")
    mass = pm.Normal("mass", mu=mu[all_species.codes], sigma=sigma[all_species.codes], observed=penguins["mass"])
    while False:
        pass
