"""A round on the sample run, and the people who play it: each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import workbench
from tests.browser.desk import LISTEN
from workbench.benchmark.browser import Served
from workbench.review import entries as e
from workbench.review.review import Review
from workbench.rounds import open_round

ROUND = "2026-01"
HEADER = "X-Remote-User"
# Wang and Li rate; Zhao may verify; Chen adjudicates; Zhou speaks for the unit; Sun leads.
WANG, LI, ZHAO, CHEN, ZHOU, SUN = "wang", "li", "zhao", "chen", "zhou", "sun"
# The first two are of Zhou's unit; the second has a veto candidate.
CASES = ("9902-2026-00019", "9902-2025-00210", "9903-2025-00073")
UNIT = "9902-J"
# The page has its answer; the form, where there is one, has kept what was typed.
SETTLED = """(shown) => {
  const root = document.querySelector(".wb-page");
  if (!root || window.wbShown <= shown) return false;
  return !root.classList.contains("wb-waiting") && !root.classList.contains("wb-busy");
}"""
KEPT = """() => {
  const saved = document.querySelector("#wb-form #wb-saved");
  return !saved || saved.dataset.state === undefined || saved.dataset.state === "saved";
}"""


def make_round(run: Path, store: Path, cases: tuple[str, ...] = CASES) -> None:
    """A round on cases of the run, given to Wang and Li, by a calendar of today's year."""
    opened = workbench.open_run(run)
    people = {
        WANG: ("王敏", ("reviewer",), "9911-A", "9911"),
        LI: ("李强", ("reviewer",), "9912-A", "9912"),
        ZHAO: ("赵岩", ("reviewer",), "9913-A", "9913"),
        CHEN: ("陈静", ("adjudicator",), "9901-F", "9901"),
        ZHOU: ("周科", ("unit",), UNIT, "9902"),
        SUN: ("孙组长", ("lead",), "9901-F", "9901"),
    }
    with Review.open(store.with_name("draft.sqlite"), SUN) as draft:
        its = open_round(draft, opened, ROUND, cases, title="年度案卷评查", organ_id="9901")
    year = date.today().year
    days = {f"{at}-01-01": False for at in (year, year + 1, year + 2)}
    with Review.open(store, SUN) as lead:
        lead.open_round(ROUND, replace(its.opened, days=days),
                        {name: case.drawn for name, case in its.cases.items()})  # fmt: skip
        lead.enrol(ROUND, *(
            e.ReviewerEnrolled(reviewer_id=who, name=name, roles=roles, unit_id=unit,
                               organ_id=organ)  # type: ignore[arg-type]
            for who, (name, roles, unit, organ) in people.items()
        ))  # fmt: skip
        for case in cases:
            for who in (WANG, LI):
                lead.assign_to(ROUND, case, who)


class Person:
    """Somebody at the review desk."""

    def __init__(self, page: Any, server: Served, who: str):
        self.page, self.server, self.who = page, server, who
        self.problems: list[str] = []
        self.frames: list[str] = []
        self.pressed = 0
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("websocket", lambda socket: socket.on("framereceived", self._look))

    def _look(self, frame: bytes | str) -> None:
        text = frame.decode("utf-8", "replace") if isinstance(frame, bytes) else frame
        self.frames.append(text)
        if "Traceback" in text:
            self.problems.append(text)

    @property
    def received(self) -> str:
        """All that the server has sent through the socket, its JSON read as text."""
        whole = "\n".join(self.frames)
        return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), whole)

    def open(self, address: str = "") -> Person:
        """Come to the desk."""
        self.page.goto(f"{self.server.address}voila/render/review_desk.ipynb{address}")
        self.page.wait_for_function(SETTLED, arg=0)
        return self

    def act(self, action: Callable[[], object]) -> None:
        """Do something that the server answers; return when the answer is shown."""
        shown = self.page.evaluate("window.wbShown")
        action()
        self.page.wait_for_function(SETTLED, arg=shown)

    def go(self, **state: str) -> None:
        """To a view of the round."""
        given = "".join(f"&{name}={value}" for name, value in state.items())
        wanted = f"#round={ROUND}&lang=zh{given}"
        if self.page.evaluate("location.hash") != wanted:
            self.act(lambda: self.page.evaluate("(hash) => { location.hash = hash; }", wanted))

    def case(self, case: str) -> None:
        """To a case."""
        self.go(view="case", case=case)

    def click(self, path: str) -> None:
        """Press a button that does something."""
        self.act(lambda: self.page.click(path))

    def press(self, *keys: str) -> None:
        """Keys, each counted; what they change is kept before the next one."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
            self.page.wait_for_function(KEPT)

    def type(self, text: str) -> None:
        """A text, letter by letter; every letter is a key."""
        self.page.keyboard.type(text)
        self.pressed += len(text)
        self.page.wait_for_function(KEPT)

    def text(self, path: str = ".wb-page") -> str:
        """What a person can read there."""
        found: str = self.page.locator(path).first.inner_text()
        return found


@contextmanager
def people(browser: Any, server: Served, *names: str) -> Iterator[list[Person]]:
    """Each in a browser of their own; a proxy names them, and nothing else is reached."""
    with ExitStack() as stack:
        found = []
        for who in names:
            context = browser.new_context(
                locale="zh-CN", viewport={"width": 1280, "height": 900},
                extra_http_headers={HEADER: who},
            )  # fmt: skip
            stack.callback(context.close)
            context.set_default_timeout(60_000)
            context.add_init_script(LISTEN)
            context.route(lambda url: not url.startswith((server.address, "blob:", "data:")),
                          lambda route: route.abort())  # fmt: skip
            context.request.get(server.entrance)
            found.append(Person(context.new_page(), server, who))
        yield found
        assert [problem for person in found for problem in person.problems] == []
