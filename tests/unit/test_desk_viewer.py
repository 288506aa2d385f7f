"""Who sits at the desk: what the server says, never what a browser says; and what a run adds."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders
from tornado.web import HTTPError

from tests.browser.review_desk import ROUND, UNIT, WANG, ZHOU, make_round
from workbench.dashboards.server_viewer import name_viewer, own_kernel, sent_by
from workbench.desk.opening import who
from workbench.desk.session import DeskSession
from workbench.review.refusals import Refused
from workbench.terms import UsageError

HEADER = "X-Remote-User"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKBENCH_VIEWER", "WORKBENCH_VIEWER_FROM", "WORKBENCH_USER", "WORKBENCH_RUNS",
                 "VOILA_BASE_URL", "JUPYTERHUB_USER", "HTTP_X_REMOTE_USER"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


def served(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    """As a kernel of our server finds it."""
    for name, value in {"WORKBENCH_RUNS": "out", "VOILA_BASE_URL": "/", **environment}.items():
        monkeypatch.setenv(name, value)


def test_one_person_is_named_by_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    served(monkeypatch, WORKBENCH_USER="li")
    assert who("sun") == "li"  # under a server what the notebook asks for counts for nothing
    name_viewer("wang", None)
    assert who() == "wang"
    name_viewer(None, None)
    assert who() == "li"


def test_a_proxy_names_many_people(monkeypatch: pytest.MonkeyPatch) -> None:
    served(monkeypatch, WORKBENCH_USER="li")
    name_viewer(None, HEADER)
    with pytest.raises(Refused):  # nobody named: not the system's user instead
        who()
    monkeypatch.setenv("HTTP_X_REMOTE_USER", "王敏".encode().decode("latin-1"))
    assert who() == "王敏"
    with pytest.raises(UsageError, match="not both"):
        name_viewer("wang", HEADER)
    with pytest.raises(UsageError, match="no name of a header"):
        name_viewer(None, "X Remote\r\n")


def asked(headers: dict[str, str] | HTTPHeaders, cookie: bytes | None = None) -> Any:
    """A request for the socket of Wang's kernel `k`."""
    kernel = SimpleNamespace(_launch_args={"env": {"HTTP_X_REMOTE_USER": "wang"}})
    kernels = type("Kernels", (), {"__contains__": lambda self, k: k == "k",
                                   "get_kernel": lambda self, k: kernel})()  # fmt: skip
    return SimpleNamespace(
        request=SimpleNamespace(headers=HTTPHeaders(headers)), kernel_manager=kernels,
        settings={"workbench": SimpleNamespace(trust_header=HEADER)},
        get_signed_cookie=lambda _: cookie,
    )  # fmt: skip


def test_a_kernel_is_for_the_person_it_was_started_for() -> None:
    assert own_kernel(asked({HEADER: "wang"}), "k")
    assert own_kernel(asked({}, b"wang"), "k")
    assert not own_kernel(asked({HEADER: "li"}), "k")
    assert not own_kernel(asked({HEADER: "li"}, b"wang"), "k")  # the header comes first
    assert not own_kernel(asked({}), "k")
    assert not own_kernel(asked({}, b"li"), "k")
    assert not own_kernel(asked({HEADER: "wang"}), "other")


def test_a_header_that_comes_twice_names_nobody() -> None:
    twice = HTTPHeaders()
    twice.add(HEADER, "wang")
    twice.add(HEADER, "li")
    for headers in (twice, HTTPHeaders(), HTTPHeaders({HEADER: " "})):
        with pytest.raises(HTTPError) as refused:
            sent_by(SimpleNamespace(request=SimpleNamespace(headers=headers)), HEADER)
        assert refused.value.status_code == 403


def test_the_case_stands_beside_the_form(sample_folder: Path, tmp_path: Path) -> None:
    store = tmp_path / "review.sqlite"
    make_round(sample_folder, store)
    wang = DeskSession(sample_folder.parent, store, WANG)
    case = f"#round={ROUND}&view=case&case=9902-2025-00210"
    html = str(wang.page(case).html)
    assert "wb-case-findings" in html
    assert "审结 0 次" in html  # in the finding, and beside the proposal in the form
    assert 'value="documents/' in html  # what can be picked as evidence
    papers = wang.left(f"{case}&pane=files")
    assert "应当归档而卷内没有的文书" in papers["pane"]
    assert "data-criterion" not in papers["pane"]
    wang.prepare(case)
    zhou = str(DeskSession(sample_folder.parent, store, ZHOU).page(case).html)
    assert "wb-case-findings" not in zhou  # a unit reads its feedback, not the desk's case
    assert UNIT not in zhou
