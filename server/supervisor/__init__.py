"""The supervisor's pages: what is late or will be."""

from flask import Blueprint

from server.supervisor import late

blueprint = Blueprint("supervisor", __name__)
late.register(blueprint)
