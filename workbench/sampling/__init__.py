"""Samples of case files: how many, which ones, and what may be said of all from the few."""
