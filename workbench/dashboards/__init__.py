"""What leadership sees in the browser: stored runs, read through DuckDB, with the viewer's rights.

A dashboard is one page. The kernel writes each view as HTML (`views`, `templates/`), a small widget
(`widget`) puts it on the page and asks for the next one; where the viewer is stands in the address
(`state`), so every view has a link, and back and forward work.
"""
