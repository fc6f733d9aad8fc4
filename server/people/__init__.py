"""The administrator's pages: the people of their offices, and the offices."""

from flask import Blueprint

from server.people import care, listed, session_care, tree

blueprint = Blueprint("people", __name__)
for part in (listed, care, session_care, tree):
    part.register(blueprint)
