"""The designer's pages: which procedures run, in which version, on which norms."""

from flask import Blueprint

from server.designer import checking, decisions, procedures

blueprint = Blueprint("designer", __name__)
checking.register(blueprint)
decisions.register(blueprint)
procedures.register(blueprint)
