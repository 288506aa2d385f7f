"""Is a unit worse than chance explains: tails, dispersion, false discoveries, shrunken rates."""
