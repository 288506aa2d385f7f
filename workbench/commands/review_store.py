"""What the commands of a review share: the store, who is at it, the round, the language."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbench.terms import InputError, UsageError
from workbench.texts import Language, language, shown_language

if TYPE_CHECKING:
    from workbench.review.refusals import Refused
    from workbench.review.review import Review
    from workbench.review.state import RoundState

FILE = click.Path(path_type=Path)
_WORDS = Path(__file__).with_name("review_words.yaml")


@functools.cache
def _sentences() -> dict[str, dict[str, str]]:
    from workbench.sources import read_words

    return dict(read_words(_WORDS))


@dataclass
class Desk:
    """An open store as one person sees it, and the round that is meant."""

    review: Review
    asked: str | None
    language: Language

    @property
    def round_id(self) -> str:
        """The round that was named, or the only one that is open."""
        if self.asked:
            return self.asked
        rounds = self.review.state.rounds
        open_ones = [name for name, its in rounds.items() if not its.closed]
        if len(open_ones) == 1 or len(rounds) == 1:
            return (open_ones or list(rounds))[0]
        raise UsageError(self.text("which_round", known=", ".join(rounds) or "—"))

    @property
    def round(self) -> RoundState:
        """Where the round stands."""
        return self.review.round(self.round_id)

    def text(self, key: str, **values: Any) -> str:
        """A sentence of the commands."""
        return _sentences()[key][self.language].format(**values)

    def called(self, refused: Refused) -> Refused:
        """What is refused, by the names that the round has for it."""
        from workbench.commands.review_names import named

        rounds = self.review.state.rounds
        names = [self.asked] if self.asked else [n for n, its in rounds.items() if not its.closed]
        known = [rounds[name] for name in names or list(rounds) if name in rounds]
        return named(refused, known[0] if len(known) == 1 else None, self.language)

    def say(self, key: str, **values: Any) -> None:
        """Print a sentence."""
        click.echo(self.text(key, **values))


def at_a_desk(*, create: bool = False, of_round: bool = True) -> Callable[[Any], Any]:
    """Options of a command on a store; it is called with a `Desk` first."""

    def decorate(command: Callable[..., Any]) -> Any:
        @functools.wraps(command)
        def called(
            store: str, person: str | None, lang: str | None, today: str | None,
            round_id: str | None = None, **given: Any,
        ) -> Any:  # fmt: skip
            with open_desk(store, person, lang, today, round_id, create=create) as desk:
                return command(desk, **given)

        options = [
            click.option("--store", default="review.sqlite", show_default=True,
                         envvar="WORKBENCH_REVIEW", help="A file, or the URL of a database."),
            click.option("--as", "person", help="Who you are.  [default: whoever is logged in]"),
            click.option("--today", metavar="DAY",
                         help="When it was done, if it was on paper; no day to come."),
            click.option("--lang", type=click.Choice(["zh", "en"]), help="Default: zh."),
        ]  # fmt: skip
        if of_round:
            options.append(click.option("--round", "round_id", metavar="ID",
                                        help="Default: the only open one."))  # fmt: skip
        for option in options:
            called = option(called)
        return called

    return decorate


@contextmanager
def open_desk(
    store: str, person: str | None, lang: str | None, today: str | None,
    round_id: str | None = None, *, create: bool = False,
) -> Iterator[Desk]:  # fmt: skip
    """A store for one command; what it says is in the language asked for, errors too."""
    from workbench.review.refusals import Refused
    from workbench.rounds import open_review

    shown = shown_language("zh", lang)
    if lang:
        language(lang)
    try:
        with open_review(store, person, create=create, today=today) as review:
            desk = Desk(review, round_id, shown)
            try:
                yield desk
            except Refused as refused:
                raise desk.called(refused) from None
    finally:
        if lang:
            language(None)


def read_json(path: Path) -> Any:
    """A JSON file that somebody wrote."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from None


def is_json(path: Path) -> bool:
    """Is it JSON by its name? All else is a form on paper (CSV)."""
    return path.suffix.casefold() == ".json"


def new_file(path: Path) -> Path:
    """A file that is not there yet."""
    if path.exists():
        raise UsageError(f"{path} is there already: name another file, or move it away")
    return path


def printed(content: Any) -> None:
    """JSON for other programs."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))
