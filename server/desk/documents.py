"""Documents of a case: listed, added, taken away, downloaded, looked at by page."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server import i18n, previews, rendering, uploads
from server.auth import keeps, require
from server.context import caller, services, transaction, world
from server.desk import answering, safekeeping
from server.edge import body_limit
from server.forms_html.documents import size
from server.previews import PreviewRefused, Sheet
from server.sections import STAFF
from workflows import documents, instances
from workflows.depot import DocumentWaits
from workflows.documents import DocumentRow
from workflows.media_types import ENDINGS, DocumentRefused
from workflows.model import InputRefused, NotAllowed, NotFound, RasimError
from workflows.model import MoveRefused as Moved

BESIDE = "-task"  # of a button beside answers to a form: no question is named so
# What is said beside the list instead of on a page of its own.
SAID_HERE = (DocumentRefused, InputRefused, NotAllowed, Moved)


@dataclass(frozen=True)
class Panel:
    """What `_documents.html` shows; `add` is the address that takes a file, if any."""

    rows: list[DocumentRow]
    instance_id: uuid.UUID
    task_id: uuid.UUID | None
    add: str
    megabytes: int
    is_scanned: bool
    problem: str = ""
    said: str = ""

    def waits(self, row: DocumentRow) -> bool:
        return not services().depot.is_readable(row.scan) and not self.is_bad(row)

    def is_bad(self, row: DocumentRow) -> bool:
        return row.threat is not None

    def is_shown(self, row: DocumentRow) -> bool:
        return previews.is_shown(row.media_type) and not self.is_bad(row)


@dataclass(frozen=True)
class Look:
    """One page of a document on a page of ours, or why there is none."""

    row: DocumentRow
    page: int
    zoom: int
    sheet: Sheet | None
    refused: str = ""

    def address(self, page: int | None = None, zoom: int | None = None) -> str:
        page = self.page if page is None else page
        zoom = self.zoom if zoom is None else zoom
        return url_for("desk.preview", document_id=self.row.id, page=page, zoom=zoom)

    @property
    def picture(self) -> str:
        return url_for(
            "desk.document_page",
            document_id=self.row.id,
            page=self.page,
            zoom=self.zoom,
        )


def register(blueprint: Blueprint) -> None:
    for rule, name, view, method in (
        ("/documents/<uuid:document_id>", "document", download, "GET"),
        ("/documents/<uuid:document_id>/preview", "preview", preview, "GET"),
        ("/documents/<uuid:document_id>/page.webp", "document_page", picture, "GET"),
        ("/documents/<uuid:document_id>/remove", "document_remove", remove, "POST"),
        ("/cases/<uuid:instance_id>/documents", "documents", of_case, "GET"),
        ("/cases/<uuid:instance_id>/documents", "case_add", add_to_case, "POST"),
        ("/tasks/<uuid:task_id>/documents", "task_add", add_to_task, "POST"),
    ):
        blueprint.add_url_rule(rule, name, view, methods=[method])
    blueprint.add_app_template_filter(size, "bytes")
    blueprint.add_app_template_filter(_ending, "ending")


def panel(
    tx: sa.Connection,
    instance_id: uuid.UUID,
    task_id: uuid.UUID | None = None,
    *,
    problem: str = "",
    said: str = "",
) -> Panel:
    """The documents of a case that the caller sees, for the page of it or of a task."""
    depot = services().depot
    return Panel(
        rows=documents.of_case(tx, caller(), instance_id).items,
        instance_id=instance_id,
        task_id=task_id,
        add=_address(tx, instance_id, task_id),
        megabytes=depot.most_bytes >> 20,
        is_scanned=depot.scanner is not None,
        problem=problem,
        said=said or request.args.get("document", ""),
    )


@require(*STAFF)
def of_case(instance_id: uuid.UUID) -> ResponseReturnValue:
    """A page of its own, for those whose scripts do not run."""
    return _page(instance_id, None)


@keeps(safekeeping.beside)
@body_limit(uploads.some_files)
@require(*STAFF)
def add_to_task(task_id: uuid.UUID) -> ResponseReturnValue:
    """Add a file; answers that come with it, as they do without scripts, are kept."""
    with transaction() as tx:
        instance_id = documents.check_task(tx, world(), caller(), task_id)
    try:
        if uploads.FILE_BESIDE in request.files and not rendering.is_fragment():
            safekeeping.keep_beside(task_id, answering.sent(task_id).posted)
        uploads.add_to_task(task_id, uploads.sent())
    except SAID_HERE as error:
        return _refused(instance_id, task_id, error)
    return _done(instance_id, task_id, "added")


@body_limit(uploads.one_file)
@require(*STAFF)
def add_to_case(instance_id: uuid.UUID) -> ResponseReturnValue:
    try:
        uploads.add_to_case(instance_id, uploads.sent())
    except SAID_HERE as error:
        return _refused(instance_id, None, error)
    return _done(instance_id, None, "added")


@body_limit(uploads.some_files)
@require(*STAFF)
def remove(document_id: uuid.UUID) -> ResponseReturnValue:
    """Take it away; answers that come along, as they do without scripts, are kept."""
    task_id = _task_shown()
    with transaction() as tx:
        documents.get(tx, caller(), document_id)
    if task_id is not None and BESIDE in request.form:
        _keep_answers(task_id)
    with transaction() as tx:
        row = documents.remove(tx, world(), caller(), document_id)
    return _done(row.instance_id, task_id, "removed")


def _keep_answers(task_id: uuid.UUID) -> None:
    if rendering.is_fragment():
        return
    try:
        safekeeping.keep_beside(task_id, answering.sent(task_id).posted)
    except (NotFound, NotAllowed):
        return  # it is no task of theirs, or none any more: nothing to keep it for


@require(*STAFF)
def download(document_id: uuid.UUID) -> Response:
    return uploads.download(document_id)


@require(*STAFF)
def preview(document_id: uuid.UUID) -> ResponseReturnValue:
    """A page of a document, on a page of ours or (htmx) in a part of one."""
    with transaction() as tx:
        row = documents.get(tx, caller(), document_id)
    page, zoom = _asked()
    sheet, refused = None, ""
    try:
        sheet = previews.sheet(row, page, previews.WIDTHS[zoom])
    except (PreviewRefused, DocumentRefused, DocumentWaits) as error:
        refused = i18n.say(error)
    look = Look(row, page, zoom, sheet, refused)
    if rendering.is_fragment():
        return render_template("desk/_preview.html", look=look)
    return render_template("desk/preview.html", look=look, section="cases")


@require(*STAFF)
def picture(document_id: uuid.UUID) -> Response:
    """The picture of a page that `preview` shows; NotFound where there is none."""
    with transaction() as tx:
        row = documents.get(tx, caller(), document_id)
    page, zoom = _asked()
    try:
        sheet = previews.sheet(row, page, previews.WIDTHS[zoom])
    except (PreviewRefused, DocumentRefused, DocumentWaits) as error:
        raise NotFound(kind="document", key=document_id) from error
    response = Response(sheet.picture, mimetype="image/webp")
    response.headers.update(uploads.APART)
    return response


def _asked() -> tuple[int, int]:
    """The page and the zoom of the address; what is no number is the first."""
    page = request.args.get("page", 1, int)
    zoom = request.args.get("zoom", 0, int)
    return page, zoom if 0 <= zoom < len(previews.WIDTHS) else 0


def _address(
    tx: sa.Connection, instance_id: uuid.UUID, task_id: uuid.UUID | None
) -> str:
    """Where a file goes; empty where the caller may not add one."""
    try:
        if task_id is not None:
            documents.check_task(tx, world(), caller(), task_id)
            return url_for("desk.task_add", task_id=task_id)
        documents.check_case(tx, caller(), instance_id)
    except RasimError:
        return ""
    return url_for("desk.case_add", instance_id=instance_id)


def _task_shown() -> uuid.UUID | None:
    """The task on whose page the list stood, as its form says."""
    try:
        return uuid.UUID(request.form.get(BESIDE) or request.form.get("task", ""))
    except ValueError:
        return None


def _done(
    instance_id: uuid.UUID, task_id: uuid.UUID | None, said: str
) -> ResponseReturnValue:
    if rendering.is_fragment():
        return _page(instance_id, task_id, said=said)
    if task_id is not None:
        address = url_for("desk.task", task_id=task_id, document=said)
    else:
        address = url_for("desk.case", instance_id=instance_id, document=said)
    return redirect(f"{address}#documents", 303)


def _refused(
    instance_id: uuid.UUID, task_id: uuid.UUID | None, error: RasimError
) -> ResponseReturnValue:
    """The list with what is wrong; to htmx, which shows no error's body, as usual."""
    said = _page(instance_id, task_id, problem=_say(error))
    return said, 200 if rendering.is_fragment() else 422


def _page(
    instance_id: uuid.UUID,
    task_id: uuid.UUID | None,
    *,
    problem: str = "",
    said: str = "",
) -> str:
    with transaction() as tx:
        instance = instances.get(tx, caller(), instance_id)
        shown = panel(tx, instance_id, task_id, problem=problem, said=said)
    if rendering.is_fragment():
        return render_template("desk/_documents.html", documents=shown)
    return render_template(
        "desk/documents.html", documents=shown, instance=instance, section="cases"
    )


def _ending(media_type: str) -> str:
    """A type as its files are called: PDF, DOCX."""
    return ENDINGS[media_type][0].removeprefix(".").upper()


def _say(error: RasimError) -> str:
    if isinstance(error, InputRefused):
        return i18n.gettext("Choose a file first.")
    return i18n.say(error)
