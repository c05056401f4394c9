"""Executes every program of a folder with sampling and plotting replaced by nothing; says which do not build.

PYTENSOR_FLAGS=cxx= python tests/predicates/build_gallery.py tests/corpus/gallery"""

import sys
import traceback
import warnings
from pathlib import Path
from unittest.mock import MagicMock

import pymc as pm

REPLACED = """
    sample sample_prior_predictive sample_posterior_predictive sample_smc fit find_MAP compute_log_likelihood summary
    model_to_graphviz draw NUTS Metropolis Slice DEMetropolisZ set_data do observe
"""
MODULES = ("arviz", "matplotlib", "matplotlib.pyplot", "seaborn", "sklearn", "sklearn.preprocessing")


def main(folder: Path) -> int:
    warnings.simplefilter("ignore")
    sys.modules.update({name: MagicMock() for name in MODULES})
    for name in REPLACED.split():
        setattr(pm, name, MagicMock())
    pm.Model.compile_logp = MagicMock()
    pm.gp.util.plot_gp_dist = MagicMock()
    failed = 0
    for path in sorted(folder.glob("*.py")):
        try:
            exec(compile(path.read_text(), str(path), "exec"), {"__name__": "__main__", "get_ipython": MagicMock()})
        except Exception:
            failed += 1
            traceback.print_exc()
    print(f"{failed} fail")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
