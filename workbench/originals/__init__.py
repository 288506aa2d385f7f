"""The originals 原件: the scans and recordings that the rows of a case file point at.

A run seals what each original is (`listing`: its row, its recorded hash) and never where it lies:
a path may name a person, and it is one of this machine. Paths and the folder they start from are
kept beside the runs (`beside`), unsealed. A path is opened only inside that folder (`paths`), is
shown as what its first bytes say that it is (`media`), and is told to be whole or not by its hash
(`integrity`).
"""
