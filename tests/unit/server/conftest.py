"""What tests of forms as HTML share: the form of every component, at a moment."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from lxml import html
from werkzeug.datastructures import MultiDict

import forms
from server import forms_html, i18n, rendering
from tests import every_component as every
from tests.unit.server.forms_pages import PAPER, Show
from workflows import feel
from workflows.ports import FixedClock

NOON = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def parser() -> Iterator[feel.Parser]:
    with feel.Parser() as opened:
        yield opened


@pytest.fixture(scope="session")
def evaluate(parser: feel.Parser) -> forms.Evaluate:
    environment = feel.Environment(clock=FixedClock(NOON))

    def run(text: str, context: Mapping[str, Any]) -> object:
        expression = feel.compile_tree(parser.parse(text), text)
        return expression.evaluate(context, environment)

    return run


@pytest.fixture(scope="session")
def forms_app() -> Flask:
    made = Flask("server")
    i18n.init_app(made, lambda: None)
    rendering.init_app(made, FixedClock(NOON))
    return made


@pytest.fixture
def filling(evaluate: forms.Evaluate) -> Callable[..., forms_html.Filling]:
    """`filling(posted, errors=["name"])`: the form of every component at a moment."""
    form = forms.read(every.form(), "every.form.json")
    sources = forms.Sources(documents={PAPER.id: PAPER}.get)
    variables: Any = feel.from_plain(every.VARIABLES)

    def filling(
        posted: Mapping[str, Any] | None = None,
        *,
        errors: tuple[str, ...] = (),
        **more: Any,
    ) -> forms_html.Filling:
        return forms_html.Filling(
            form,
            variables,
            evaluate,
            None if posted is None else MultiDict(posted),
            {path: [forms.Problem("required")] for path in errors},
            sources,
            "/tasks/1/fields",
            address_of=lambda document_id: f"/documents/{document_id}",
            **more,
        )

    return filling


@pytest.fixture
def show(forms_app: Flask, filling: Callable[..., forms_html.Filling]) -> Show:
    def show(posted: Any = None, *, lang: str = "kk", **more: Any) -> Any:
        with forms_app.test_request_context(f"/?lang={lang}"):
            fields = forms_html.fields(filling(posted, **more))
        return html.fromstring(f"<form>{fields}</form>")

    return show
