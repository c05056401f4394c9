"""What a program says about each predictor, on the scale of the data: read from its text and its draws, not by running
it."""

from refinestat.refinegen.effects.slopes import Slope, lines, slopes, weights

__all__ = ["Slope", "lines", "slopes", "weights"]
