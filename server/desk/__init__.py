"""The clerk's desk: worklist, task, cases and a case."""

from flask import Blueprint

from server.desk import (
    bulk,
    case,
    cases,
    commenting,
    documents,
    drafting,
    guide,
    handing,
    home,
    interventions,
    kept_filters,
    keys,
    task,
    worklist,
)

blueprint = Blueprint("desk", __name__)
for module in (
    home,
    worklist,
    bulk,
    task,
    cases,
    case,
    interventions,
    kept_filters,
    keys,
    guide,
    commenting,
    documents,
    drafting,
    handing,
):
    module.register(blueprint)
