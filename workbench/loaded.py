"""What `load` gives and `evaluate` takes: case files with the pack that says what they are."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.display import Html, text_of
from workbench.loading import CaseFiles, LoadReport
from workbench.loading.page import files_html
from workbench.pack import Pack
from workbench.texts import shown_language


@dataclass(frozen=True)
class LoadedFiles:
    """Case files with the pack that says what their tables are.

    `.report` says what was refused, what was repaired and what could not be read.
    """

    pack: Pack
    files: CaseFiles

    @property
    def report(self) -> LoadReport:
        """The load report."""
        return self.files.report

    def __repr__(self) -> str:
        rows = sum(count.used for count in self.report.counts)
        refused = self.report.refused
        return f"LoadedFiles({self.files.source}, {self.pack.id}, {rows} rows, {refused} refused)"

    def html(self, language: str | None = None) -> Html:
        """What was loaded, as a small page in `zh` or `en`."""
        chosen = shown_language(self.pack.language, language)
        return files_html(self.files, chosen, text_of(self.pack.title, chosen))

    def _repr_html_(self) -> str:
        return self.html()
