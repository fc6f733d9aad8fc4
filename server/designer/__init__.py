"""The designer's pages: which procedures run, in which version, on which norms."""

from flask import Blueprint

from server.designer import procedures

blueprint = Blueprint("designer", __name__)
procedures.register(blueprint)
