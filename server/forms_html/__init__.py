"""A task's form as HTML: our form schema in the design system's components.

The server alone decides what is shown: conditions are FEEL, evaluated here each time an
answer changes, so that the page behaves the same with scripts and without.
"""

from server.forms_html.changing import Changed, changed
from server.forms_html.filling import Filling, Posted, Problems, several
from server.forms_html.page import fields
from server.forms_html.summary import summary

__all__ = [
    "Changed",
    "Filling",
    "Posted",
    "Problems",
    "changed",
    "fields",
    "several",
    "summary",
]
