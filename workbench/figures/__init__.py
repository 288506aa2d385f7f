"""Figures as plotly describes them, in plain data: `*_data` counts, `*_figure` draws, `*_table`
gives the same numbers as rows, for those who cannot see the figure.

A figure is a dictionary that plotly.js takes as it is and `plotly.graph_objects.Figure(figure)`
takes in a notebook; plotly itself is not needed to make one. `drawn.draw` makes one of a run by
its name.
"""

from workbench.figures.trend import trend_figure

__all__ = ["trend_figure"]
