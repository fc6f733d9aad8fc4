"""The first page: everyone is led to where their day begins."""

from flask import Blueprint, redirect
from werkzeug import Response

from server import sections
from server.auth import require
from server.context import caller
from workflows.model import Role


def register(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/", "home", home)


@require(*Role)
def home() -> Response:
    return redirect(sections.home(caller()))
