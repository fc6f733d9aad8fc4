"""What a clerk asks of the worklist: the page's address read, and written again.

An address carries everything: it can be sent to a colleague, kept, and gone back to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request

from server import words
from server.context import caller
from server.i18n import lazy_gettext
from workflows.model import Role, TaskState
from workflows.worklist import WorklistQuery

VARIABLE = "v."  # v.child.name=Айша asks for a search variable of the procedure
FREE = "free"  # nobody has the task
_ = lazy_gettext

VIEWS: words.Words = {
    "mine": _("My tasks"),
    "groups": _("My groups' tasks"),
    "all": _("All that I may see"),
    "done": _("Completed"),
}
# As on the page of what is late, what is overdue is asked for by itself: the days to
# come do not have it, and say so.
DUE: words.Words = {
    "overdue": _("Overdue"),
    "today": _("Still due today"),
    "three_days": _("Within three days, not overdue"),
    "week": _("Within a week, not overdue"),
    "none": _("Without a deadline"),
}


@dataclass(frozen=True)
class Filter:
    """What of a view is shown; an empty text restricts nothing."""

    process: str = ""
    element: str = ""
    office: str = ""
    due: str = ""
    who: str = ""  # FREE or a login
    is_breached: bool = False
    text: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)  # by path

    def __bool__(self) -> bool:
        return self != Filter()

    def arguments(self) -> dict[str, str]:
        """As an address carries it."""
        told = {
            "process": self.process,
            "element": self.element,
            "office": self.office,
            "due": self.due,
            "who": self.who,
            "breached": "1" if self.is_breached else "",
            "q": self.text,
            **{f"{VARIABLE}{path}": text for path, text in self.variables.items()},
        }
        return {name: each for name, each in told.items() if each}

    def query(self, view: str) -> WorklistQuery:
        """As the worklist is asked."""
        is_done = view == "done"
        return WorklistQuery(
            view="all" if is_done else view,
            state=TaskState.COMPLETED if is_done else None,
            process_key=self.process or None,
            element_id=self.element or None,
            office=self.office or None,
            due=self.due or None,
            breached=self.is_breached,
            free=self.who == FREE,
            assignee=None if self.who in ("", FREE) else self.who,
            text=self.text or None,
            search=dict(self.variables),
            sort="-ended_at" if is_done else "deadline_at",
        )


def read(arguments: Mapping[str, str]) -> Filter:
    """A filter from an address; what we do not know in it is left aside."""

    def told(name: str) -> str:
        return arguments.get(name, "").strip()

    process = told("process")
    return Filter(
        process=process,
        element=told("element") if process else "",
        office=told("office"),
        due=told("due") if told("due") in DUE else "",
        who=told("who"),
        is_breached=told("breached") == "1",
        text=told("q"),
        variables={
            name.removeprefix(VARIABLE): text.strip()
            for name, text in arguments.items()
            if process and name.startswith(VARIABLE) and text.strip()
        },
    )


def of_query(query: WorklistQuery) -> tuple[str, Filter]:
    """The view and the filter that a saved query stands for."""
    view = "done" if query.state == TaskState.COMPLETED else query.view
    return view, Filter(
        process=query.process_key or "",
        element=query.element_id or "",
        office=query.office or "",
        due=query.due or "",
        who=FREE if query.free else query.assignee or "",
        is_breached=query.breached,
        text=query.text or "",
        variables=dict(query.search),
    )


def asked() -> tuple[str, Filter]:
    """The view and the filter that the page's address names."""
    usual = "groups" if caller().has(Role.CLERK) else "all"
    view = request.args.get("view", usual)
    return view if view in VIEWS else usual, read(request.args)


def address(view: str, wanted: Filter) -> dict[str, Any]:
    """The arguments that lead back to a list, its order among them."""
    sort = request.args.get("sort")
    return {"view": view, **({"sort": sort} if sort else {}), **wanted.arguments()}
