"""The supervisor's pages: what is late or will be, and the queue."""

from flask import Blueprint

from server.supervisor import late, queue

blueprint = Blueprint("supervisor", __name__)
late.register(blueprint)
queue.register(blueprint)
