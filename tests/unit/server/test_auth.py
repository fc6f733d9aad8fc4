"""The rules of routes, and where one may be sent after signing in."""

import pytest
from flask import Flask

from server import auth
from workflows.model import Role


@pytest.mark.parametrize("target", ["/", "/tasks?state=any", "/cases/1#history"])
def test_a_path_of_this_site_is_gone_to(target):
    assert auth.safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "tasks",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\n/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
    ],
)
def test_another_site_is_never_gone_to(target):
    assert auth.safe_next(target) is None


def test_a_rule_stays_with_its_view():
    app = Flask(__name__)

    @app.get("/a")
    @auth.require(Role.CLERK, Role.SUPERVISOR)
    def only_some() -> str:
        return ""

    @app.get("/b")
    @auth.public
    def everybody() -> str:
        return ""

    @app.get("/c")
    @auth.authenticated
    def known() -> str:
        return ""

    assert auth.rule_of(app, "only_some").roles == {Role.CLERK, Role.SUPERVISOR}
    assert auth.rule_of(app, "everybody").is_public
    assert auth.rule_of(app, "known") == auth.Rule()


def test_a_rule_that_names_no_role_is_refused():
    with pytest.raises(ValueError, match="name a role"):
        auth.require()
