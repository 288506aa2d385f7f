"""The command line: the same verbs as the API. A user's mistake is a sentence, no traceback."""

from __future__ import annotations

from typing import Any

import click

from workbench.commands.calibrating import calibrate
from workbench.commands.loading import evaluate, inspect, template
from workbench.commands.measuring import benchmark, synthesize
from workbench.commands.packs import catalogue, lint
from workbench.commands.review import review
from workbench.commands.runs import compare, report, serve, verify
from workbench.commands.sampling import sample
from workbench.terms import WorkbenchError


class _Sentences(click.Group):
    """Shows our errors as sentences and gives them their exit codes."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except WorkbenchError as error:
            click.echo(f"workbench: {error}", err=True)
            context.exit(error.exit_code)
        except BrokenPipeError:  # whoever reads has enough
            raise
        except OSError as error:
            click.echo(f"workbench: {error.filename or ''}: {error.strerror or error}", err=True)
            context.exit(1)


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="case-file-workbench")
def main() -> None:
    """Audit and evaluate the case files of administrative law enforcement (案卷评查工作台)."""


for _command in (
    evaluate, inspect, template, report, compare, verify, serve, sample, review, lint, catalogue,
    synthesize, benchmark, calibrate,
):  # fmt: skip
    main.add_command(_command)


if __name__ == "__main__":
    main()
