"""Runs of several strategies held against each other: figures, paired differences, sensitivity of the winners."""

from refinestat.refinegen.comparison.comparison import Comparison, compare
from refinestat.refinegen.comparison.pooling import Pool, pooled
from refinestat.refinegen.comparison.text import comparison_text
from refinestat.refinegen.comparison.write import write_comparison

__all__ = ["Comparison", "Pool", "compare", "comparison_text", "pooled", "write_comparison"]
