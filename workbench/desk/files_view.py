"""One original as it is shown: its state first, then the file, or what there is in its place."""

from __future__ import annotations

import base64
from collections.abc import Callable

from workbench.desk.files_words import size_of, title_of, w
from workbench.display import Html, Language, element, join, paragraph
from workbench.originals.address import original_address
from workbench.originals.integrity import State
from workbench.originals.volume import Original
from workbench.originals.words import evidence_lines, said

MOST_INLINE = 8 << 20  # bytes that a notebook without our server is given in its page
PDF_VIEW = "#navpanes=0&view=FitH"  # the page in its full width, no pictures of pages beside it
ZOOMS = ("fit", "2", "4")


def server_addresses(
    base: str, run_id: str, language: Language = "zh"
) -> Callable[[Original, bool], str | None]:
    """Where our server hands out the originals of a run; `base` is `session.server_base()`."""

    def address(original: Original, seen: bool) -> str | None:
        return original_address(base, run_id, original, seen=seen, language=language)

    return address


def inline_address(original: Original, seen: bool) -> str | None:
    """The file itself as an address, in a notebook without our server; None if it is too large."""
    if original.path is None or (original.size or 0) > MOST_INLINE:
        return None
    try:
        content = original.path.read_bytes()
    except OSError:
        return None
    return f"data:{original.media.type};base64,{base64.b64encode(content).decode('ascii')}"


def chosen_view(
    original: Original, language: Language, *, link: Callable[[str, bool], str],
    address: Callable[[Original, bool], str | None], seen: bool,
) -> Html:  # fmt: skip
    """State, warnings and the file."""
    state = original.state
    parts = [_state(original, language, seen)]
    if state is State.altered and not seen:
        parts.append(element("p", element("a", w("open_anyway", language), id="wb-original-open",
                                          href=link(original.ref, True))))  # fmt: skip
    elif state.there:
        parts.append(_file(original, language, address(original, seen)))
    return join(parts)


def _state(original: Original, language: Language, seen: bool) -> Html:
    alarm = original.state in (State.altered, State.missing, State.unreadable)
    lines = [element("strong", said(f"state_{original.state.value}", language))]
    if original.state is State.altered and seen:
        lines.append(element("strong", w("opened_altered", language)))
    lines += [element("span", line) for line in evidence_lines(original, language)]
    return element("p", join(lines, " "), role="alert" if alarm else "status",
                   class_=f"wb-original-state wb-state-{original.state.value}")  # fmt: skip


def _file(original: Original, language: Language, address: str | None) -> Html:
    """The file in the element that its kind is shown in, and the way to save it."""
    if address is None:
        size = original.size or 0
        text = w("too_large", language, size=size_of(size)) if size > MOST_INLINE else w(
            "served_only", language)  # fmt: skip
        return paragraph(text, "wb-none")
    title = w("frame", language, title=title_of(original, language))
    return join([_shown(original, language, address, title), _ways(original, language, address)])


def _shown(original: Original, language: Language, address: str, title: str) -> Html:
    way = original.media.way
    if way == "pdf":
        # A browser shows PDFs in a viewer of its own, which does not start in a sandbox.
        return element("iframe", src=address + PDF_VIEW, title=title, class_="wb-original-page")
    if way == "text":
        return element("iframe", src=address, title=title, class_="wb-original-page", sandbox="")
    if way == "image":
        return _image(language, address, title)
    if way in ("audio", "video"):
        return element(way, src=address, controls="", preload="metadata", aria_label=title,
                       class_="wb-original-media")  # fmt: skip
    return paragraph(w("save_only", language), "wb-none")


def _image(language: Language, address: str, title: str) -> Html:
    """A picture in three sizes; the arrow keys change the size, and the picture scrolls."""
    choices = []
    for zoom in ZOOMS:
        name = f"wb-zoom-{zoom}"
        choices += [
            element("input", type="radio", name="wb-zoom", id=name, class_=name,
                    checked="" if zoom == "fit" else None),
            element("label", w(f"zoom_{zoom}", language), for_=name),
        ]  # fmt: skip
    picture = element("div", element("img", src=address, alt=title), class_="wb-original-picture",
                      tabindex="0")  # fmt: skip
    legend = element("legend", w("zoom", language))
    return element("fieldset", join([legend, *choices, picture]), class_="wb-original-zoom")


def _ways(original: Original, language: Language, address: str) -> Html:
    size = size_of(original.size) if original.size is not None else ""
    if address.startswith("data:"):
        name = f"{original.id}{original.suffix}"
        links = [element("a", w("save", language), href=address, download=name)]
    else:
        more = "&" if "?" in address else "?"
        links = [element("a", w("save", language), href=f"{address}{more}save=1", download="",
                         id="wb-original-save")]  # fmt: skip
        if original.media.way != "save":
            links.append(element("a", w("own_tab", language), href=address, target="_blank",
                                 rel="noopener"))  # fmt: skip
    hint = w("pdf_hint", language) if original.media.way == "pdf" else ""
    return element("p", join([*links, element("span", size), element("span", hint)], " "),
                   class_="wb-original-ways")  # fmt: skip
