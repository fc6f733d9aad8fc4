"""The administrator's pages: the people of their offices, and the offices."""

from flask import Blueprint

from server.people import care, listed, tree

blueprint = Blueprint("people", __name__)
for part in (listed, care, tree):
    part.register(blueprint)
