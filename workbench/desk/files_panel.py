"""The originals of a case beside the form: the list of the volume, and the chosen one shown.

Pure: from a `Volume` and addresses to HTML, with no script in it. Zooming is done by radio buttons
and the style sheet (`files_panel.css`); everything is reached by the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from workbench.desk.files_view import chosen_view
from workbench.desk.files_words import facts_of, title_of, w
from workbench.display import Html, Language, element, join, paragraph, text_of
from workbench.originals.integrity import State
from workbench.originals.volume import Original, Volume

# Of an original and whether its warning was read: where the file is; None where it cannot be shown.
Address = Callable[[Original, bool], str | None]
# Of a reference and whether its warning was read: the page of the desk that shows it.
Link = Callable[[str, bool], str]
_COUNTED = (State.altered, State.missing, State.unreadable, State.unplaced, State.not_named)
_ALARMS = (State.altered, State.missing, State.unreadable)


def files_panel(
    volume: Volume, language: Language, *, chosen: str | None, link: Link, address: Address,
    seen: bool = False,
) -> Html:  # fmt: skip
    """The panel of a case's originals.

    `chosen` is a reference (`table/id`; one that is not in the volume, and None, show the first
    file that is there), `seen` says that the warning about an altered file was read.

    >>> panel = files_panel(Volume("r", "c", ()), "en", chosen=None,
    ...                     link=lambda ref, seen: "#", address=lambda original, seen: None)
    >>> "No document and no recording" in panel
    True
    """
    shown = volume.get(chosen) or first_shown(volume)
    parts = [_list(volume, shown, language, link), _shown(volume, shown, language, link, address,
                                                         seen)]  # fmt: skip
    return element("section", join(parts), class_="wb-originals", lang=_tag(language),
                   aria_label=w("panel", language), data_case=volume.case_id)  # fmt: skip


def first_shown(volume: Volume) -> Original | None:
    """What is shown before anything is chosen: the first file that is there, else the first row."""
    there = (o for o in volume.originals if o.state.there)
    return next(there, None) or next(iter(volume.originals), None)


@cache
def panel_style() -> str:
    """The style sheet of the panel, for the page that holds it."""
    return Path(__file__).with_name("files_panel.css").read_text("utf-8")


def _tag(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"


def _list(volume: Volume, shown: Original | None, language: Language, link: Link) -> Html:
    """What the volume holds and what it lacks."""
    entries = [
        element("li", _entry(original, original is shown, language, link))
        for original in volume.originals
    ]
    parts: list[Html] = [element("h3", w("list", language))]
    if not volume.known:
        parts.append(element("p", w("older", language), class_="wb-none"))
    elif not entries:
        parts.append(element("p", w("nothing", language), class_="wb-none"))
    else:
        parts.append(element("p", summary(volume, language), class_="wb-note"))
        parts.append(element("ol", join(entries)))
    absent = [element("li", text_of(title, language)) for title in volume.missing]
    if absent:
        parts += [element("h3", w("absent", language), class_="wb-absent"),
                  element("ul", join(absent), class_="wb-absent")]  # fmt: skip
    return element("nav", join(parts), class_="wb-originals-list", aria_label=w("list", language))


def summary(volume: Volume, language: Language) -> str:
    """How many records there are, how many files, how many of them are not as they should be."""
    states = [original.state for original in volume.originals]
    text = w("summary", language, all=len(states), there=sum(s.there for s in states))
    for state in _COUNTED:
        if count := states.count(state):
            text += w(f"summary_{state.value}", language, count=count)
    return text + ("。" if language == "zh" else ".")


def _entry(original: Original, current: bool, language: Language, link: Link) -> Html:
    about = join(
        element("span", fact, class_="wb-sub") for fact in facts_of(original, language, short=True)
    )
    return element(
        "a", join([element("b", title_of(original, language)), _mark(original, language), about]),
        href=link(original.ref, False), id=f"wb-original-{original.ref}",
        aria_current="true" if current else None, data_original=original.ref,
        data_state=original.state.value,
    )  # fmt: skip


def _mark(original: Original, language: Language) -> Html:
    state = original.state
    kind = " wb-alarm" if state in _ALARMS else " wb-quiet" if state is State.not_named else ""
    return element("span", w(f"mark_{state.value}", language), class_=f"wb-tag{kind}")


def _shown(
    volume: Volume, original: Original | None, language: Language, link: Link, address: Address,
    seen: bool,
) -> Html:  # fmt: skip
    """The chosen one, with the way to the one before and after."""
    if original is None:
        return element("div", paragraph(w("choose", language), "wb-none") if volume.known else "",
                       class_="wb-original-shown")  # fmt: skip
    at = volume.originals.index(original)
    steps = [
        element("a", w(name, language), href=link(volume.originals[to].ref, False),
                id=f"wb-original-{name}", rel=rel)
        if 0 <= to < len(volume.originals) else element("i", w(name, language))
        for name, to, rel in (("previous", at - 1, "prev"), ("next", at + 1, "next"))
    ]  # fmt: skip
    head = [
        element("h3", title_of(original, language)),
        element("p", join(steps, " "), class_="wb-original-steps"),
        *(element("p", fact, class_="wb-sub") for fact in facts_of(original, language)),
    ]
    view = chosen_view(original, language, link=link, address=address, seen=seen)
    return element("div", join([element("header", join(head)), view]), class_="wb-original-shown",
                   data_original=original.ref, data_state=original.state.value)  # fmt: skip
