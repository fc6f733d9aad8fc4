"""A norm's words: the article a step rests on, as a page and as a dialog's part."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template

from server import i18n, rendering
from server.auth import require
from server.context import services
from server.sections import STAFF
from workflows.model import Role

blueprint = Blueprint("norms_pages", __name__)


@dataclass(frozen=True)
class NormLink:
    """What a page shows of a norm before it is opened: the item and the act, short."""

    id: str
    short: str


def links(norm_ids: Iterable[str]) -> list[NormLink]:
    """The norms of these ids, each once; an id the register lacks shows as it is."""
    norms = services().norms
    found = []
    for norm_id in dict.fromkeys(norm_ids):
        if norm_id not in norms:
            found.append(NormLink(norm_id, norm_id))
            continue
        norm = norms.get(norm_id)
        short = f"{i18n.name_in(norm.item)}, {i18n.name_in(norm.act.short)}"
        found.append(NormLink(norm_id, short))
    return found


@blueprint.get("/norms/<norm_id>")
@require(*STAFF, Role.APPLICANT)
def show(norm_id: str) -> str:
    """The whole page, or the part that the dialog of another page shows."""
    norm = services().norms.get(norm_id)
    inside = rendering.is_fragment()
    template = "norms/_norm.html" if inside else "norms/norm.html"
    return render_template(template, norm=norm, own=norm.say(i18n.locale()))
