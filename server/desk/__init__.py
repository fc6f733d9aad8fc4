"""The clerk's desk: worklist, task, cases and a case."""

from flask import Blueprint

from server.desk import bulk, case, cases, home, interventions, keys, task, worklist

blueprint = Blueprint("desk", __name__)
for module in (home, worklist, bulk, task, cases, case, interventions, keys):
    module.register(blueprint)
