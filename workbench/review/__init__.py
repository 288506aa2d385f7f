"""The case-file evaluation: what reviewers concluded, and how far they agree."""
