"""A norm's words: the article a step rests on, as a page and as a dialog's part."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Blueprint, render_template

from server import i18n, rendering
from server.auth import require
from server.context import services
from server.i18n import gettext
from server.sections import STAFF
from workflows.model import Role
from workflows.norms import Norm

blueprint = Blueprint("norms_pages", __name__)

# How the register, which is Kazakh, names the part of an act: 4-тармақ, 1-абзац.
_SUBITEM = re.compile(r"(\d+)-тармақ ([\dа-я]+\))")
_ITEM = re.compile(r"(\d+(?:\.\d+)*)-тармақ")
_PARAGRAPH = re.compile(r"(\d+)-абзац")
_ATTACHMENT = re.compile(r"(\d+)-қосымша")


@dataclass(frozen=True)
class NormLink:
    """What a page shows of a norm before it is opened."""

    id: str
    item: str


@dataclass
class NormGroup:
    """The norms of one act, the act said once."""

    act: str
    links: list[NormLink] = field(default_factory=list)


def links(norm_ids: Iterable[str]) -> list[NormGroup]:
    """The norms of these ids by act, each once; an unknown id shows as it is."""
    norms = services().norms
    groups: dict[str, NormGroup] = {}
    for norm_id in dict.fromkeys(norm_ids):
        if norm_id in norms:
            norm = norms.get(norm_id)
            act, link = i18n.name_in(norm.act.short), NormLink(norm_id, item(norm))
        else:
            act, link = "", NormLink(norm_id, norm_id)
        groups.setdefault(act, NormGroup(act)).links.append(link)
    return list(groups.values())


def item(norm: Norm) -> str:
    """The part of the act, in the reader's language where the register allows it."""
    said = i18n.name_in(norm.item)
    for pattern, template in (
        (_SUBITEM, gettext("item %(n)s, sub-item %(m)s", n=r"\1", m=r"\2")),
        (_ITEM, gettext("item %(n)s", n=r"\1")),
        (_PARAGRAPH, gettext("paragraph %(n)s", n=r"\1")),
        (_ATTACHMENT, gettext("attachment %(n)s", n=r"\1")),
    ):
        said = pattern.sub(template, said)
    return said


@blueprint.get("/norms/<norm_id>")
@require(*STAFF, Role.APPLICANT)
def show(norm_id: str) -> str:
    """The whole page, or the part that the dialog of another page shows."""
    norm = services().norms.get(norm_id)
    inside = rendering.is_fragment()
    template = "norms/_norm.html" if inside else "norms/norm.html"
    return render_template(
        template, item=item(norm), norm=norm, own=norm.say(i18n.locale())
    )
