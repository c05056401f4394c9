"""What a program says about each predictor, on the scale of the data: read from its text and its draws, without running
it."""
