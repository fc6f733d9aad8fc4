"""The API's blueprints, one a noun, all read by the same parser."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask_smorest import (  # type: ignore[import-untyped]  # it has no annotations
    Blueprint as SmorestBlueprint,
)
from marshmallow import Schema

from server.api.reading import Parser
from workflows.model import Role

PREFIX = "/api/v1"
# What a view says of itself for the document, beside its schemas; `document` reads it.
REFUSES, ROLES, STORES_NOTHING = "x-refuses", "x-roles", "x-stores-nothing"
KNOWN_ROLES = tuple(role for role in Role if role is not Role.APPLICANT)

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(SmorestBlueprint):  # type: ignore[misc]  # as above
    """smorest's, annotated, with our reading of requests."""

    ARGUMENTS_PARSER = Parser()

    def get(self, path: str) -> Callable[[View], View]:
        route: Callable[[View], View] = self.route(path, methods=["GET"])
        return route

    def post(self, path: str) -> Callable[[View], View]:
        route: Callable[[View], View] = self.route(path, methods=["POST"])
        return route

    def delete(self, path: str) -> Callable[[View], View]:
        route: Callable[[View], View] = self.route(path, methods=["DELETE"])
        return route

    def arguments(self, schema: Schema, **told: Any) -> Callable[[View], View]:
        read: Callable[[View], View] = super().arguments(schema, **told)
        return read

    def response(
        self, status: int, schema: Schema | dict[str, Any] | None = None, **told: Any
    ) -> Callable[[View], View]:
        write: Callable[[View], View] = super().response(status, schema, **told)
        return write

    def says(
        self,
        *,
        roles: Iterable[Role] = (),
        refuses: Iterable[int] = (),
        stores_nothing: bool = False,
    ) -> Callable[[View], View]:
        """What a view's rule and schemas do not tell of it.

        `roles`: those that the use case asks for at the office; `refuses`: statuses
        that it answers for reasons of its own; `stores_nothing`: it takes no key.
        """
        said = {
            ROLES: [str(role) for role in roles],
            REFUSES: list(refuses),
            STORES_NOTHING: stores_nothing,
        }
        mark: Callable[[View], View] = self.doc(**said)
        return mark


def _noun(name: str, path: str, description: str) -> Blueprint:
    return Blueprint(
        f"api_{name}",
        f"server.api.{name}",
        url_prefix=PREFIX + path,
        description=description,
    )


deployments = _noun("deployments", "/deployments", "Files become a release")
lint = _noun("lint", "/lint", "Files are checked, nothing is stored")
definitions = _noun("definitions", "/definitions", "What was released")
decisions = _noun("decisions", "/decisions", "Tables of rules, evaluated")
instances = _noun("instances", "/instances", "Cases")
tasks = _noun("tasks", "/tasks", "Work for people")
documents = _noun("documents", "/documents", "Files of cases")
messages = _noun("messages", "/messages", "News for cases that wait")
signals = _noun("signals", "/signals", "News for all who wait")
jobs = _noun("jobs", "/jobs", "Automatic work")
queue = _noun("queue", "/queue", "Automatic work as a whole, and who does it")
incidents = _noun("incidents", "/incidents", "Steps that wait for help")
webhooks = _noun("webhooks", "/webhooks", "Programs that are told of events")
feel = _noun("feel", "/feel", "Expressions, tried out")
clock = _noun("clock", "/clock", "The manual clock of tests")

ALL = (
    deployments,
    lint,
    definitions,
    decisions,
    instances,
    tasks,
    documents,
    messages,
    signals,
    jobs,
    queue,
    incidents,
    webhooks,
    feel,
    clock,
)
