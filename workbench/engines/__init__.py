"""Where the questions are asked: one protocol, one module an engine."""
