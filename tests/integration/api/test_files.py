"""Documents over the API and on pages: added, listed, downloaded, and by whom."""

import io
import uuid
from dataclasses import replace

import pytest
from werkzeug.datastructures import FileStorage

from server.context import services
from tests import document_files as files
from tests.integration.api.test_tasks import ACCEPTED, TASKS, task, work
from workflows.depot import DocumentTooLarge, receive

__all__ = ["task", "work"]
PDF = files.pdf("Anyqtama", "Two")
PROBLEM = "/api/v1/docs#problem-"


def add(caller, task_id, content=PDF, name="Анықтама.pdf", key=None, **fields):
    sent = {"file": (io.BytesIO(content), name), **fields}
    return caller.post(f"{TASKS}/{task_id}/documents", data=sent, key=key)


@pytest.fixture
def document(task, callers):
    answer = add(callers["clerk"], task["id"])
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture
def limited(app, monkeypatch):
    """Changes what the depot is told, for one test."""

    def limited(**changes):
        services = app.extensions["rasim"]
        depot = replace(services.depot, **changes)
        monkeypatch.setitem(app.extensions, "rasim", replace(services, depot=depot))

    return limited


def listed(caller, task):
    path = f"/api/v1/instances/{task['instance_id']}/documents"
    return caller.get(path).json


def events(callers, task, type_):
    path = f"/api/v1/instances/{task['instance_id']}/history"
    items = callers["clerk"].get(path, limit=200).json["items"]
    return [one for one in items if one["type"] == type_]


def test_a_document_of_a_task_is_listed_with_its_case(task, document, callers):
    page = listed(callers["clerk"], task)

    assert page["items"] == [document]
    assert page["total"] == 1
    assert document["kind"] == "attachment"
    assert document["media_type"] == "application/pdf"
    assert document["size"] == len(PDF)
    assert document["uploaded_by"] == "clerk"
    assert document["scan"] == "unscanned"
    (added,) = events(callers, task, "document.added")
    assert added["element_id"] == "decide"
    assert added["detail"]["name"] == "Анықтама.pdf"


def test_a_download_is_a_file_to_save_and_never_a_page(document, callers):
    answer = callers["clerk"].get(f"/api/v1/documents/{document['id']}")

    assert answer.status_code == 200
    assert answer.data == PDF
    answer.close()
    assert answer.mimetype == "application/pdf"
    assert answer.content_length == len(PDF)
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment;")
    assert "filename*=UTF-8''%D0%90%D0%BD" in told
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith(
        "sandbox; default-src 'none'"
    )
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_of_another_school_is_not_there(task, document, callers):
    stranger = callers["stranger"]

    assert stranger.get(f"/api/v1/documents/{document['id']}").status_code == 404
    assert add(stranger, task["id"]).status_code == 404
    path = f"/api/v1/instances/{task['instance_id']}/documents"
    assert stranger.get(path).status_code == 404
    unknown = callers["clerk"].get(f"/api/v1/documents/{uuid.uuid4()}")
    theirs = stranger.get(f"/api/v1/documents/{document['id']}")
    assert unknown.json["title"] == theirs.json["title"]


def test_nobody_adds_to_a_task_that_is_done(task, document, callers):
    clerk = callers["clerk"]
    assert clerk.post(f"{TASKS}/{task['id']}/complete", ACCEPTED).status_code == 200

    answer = add(clerk, task["id"])

    assert answer.status_code == 409
    assert listed(clerk, task)["total"] == 1


def test_who_may_not_work_on_a_task_adds_nothing_to_it(task, callers):
    assert add(callers["designer"], task["id"]).status_code == 403


def test_a_repeat_under_one_key_adds_one_document(task, callers):
    key = str(uuid.uuid4())

    first = add(callers["clerk"], task["id"], key=key)
    again = add(callers["clerk"], task["id"], key=key)

    assert first.json == again.json
    assert listed(callers["clerk"], task)["total"] == 1


def test_a_repeat_gives_the_first_answer_when_the_task_is_done_since(task, callers):
    clerk, key = callers["clerk"], str(uuid.uuid4())
    first = add(clerk, task["id"], key=key)
    done = clerk.post(f"{TASKS}/{task['id']}/complete", ACCEPTED)

    again = add(clerk, task["id"], key=key)
    new = add(clerk, task["id"], key=str(uuid.uuid4()))

    assert (done.status_code, again.status_code) == (200, 201)
    assert again.json == first.json
    assert new.status_code == 409


@pytest.mark.parametrize(
    ("content", "name", "status", "slug"),
    [
        (b"", "empty.pdf", 422, "document-refused"),
        (files.SVG, "drawing.svg", 422, "document-refused"),
        (files.HTML, "page.pdf", 422, "document-refused"),
        (PDF + files.packed({"a": b"b"}), "two.pdf", 422, "document-refused"),
        (files.bomb_docx(), "bomb.docx", 422, "document-refused"),
    ],
)
def test_what_is_no_document_is_refused(task, callers, content, name, status, slug):
    answer = add(callers["clerk"], task["id"], content, name)

    assert answer.status_code == status
    assert answer.json["type"] == PROBLEM + slug
    assert listed(callers["clerk"], task)["total"] == 0


def test_a_name_leads_nowhere_and_tells_the_truth(task, callers):
    answer = add(callers["clerk"], task["id"], name="../../../etc/cron.d/x.exe")

    assert answer.json["name"] == "x.exe.pdf"


def test_a_request_without_a_file_or_with_more_is_refused(task, callers):
    clerk, path = callers["clerk"], f"{TASKS}/{task['id']}/documents"

    assert clerk.post(path, {}).status_code == 415
    form = {"data": {"file": "text"}, "content_type": "multipart/form-data"}
    assert clerk.post(path, **form).status_code == 422
    more = {"file": (io.BytesIO(PDF), "a.pdf"), "id": "1"}
    assert clerk.post(path, data=more).status_code == 422


class Endless(io.RawIOBase):
    """A file that never ends; it counts what was read of it."""

    def __init__(self):
        self.taken = 0

    def read(self, size=-1):
        assert size > 0, "a file of any size is not read at once"
        self.taken += size
        return b"a" * size


def test_a_file_over_the_limit_is_read_to_the_limit_and_no_further(app, task, callers):
    endless = Endless()
    with app.test_request_context(), pytest.raises(DocumentTooLarge):
        receive(
            services().store,
            services().depot,
            services().clock,
            FileStorage(endless).stream,
            "a.txt",
        )

    with app.test_request_context():
        assert endless.taken < services().depot.most_bytes + (1 << 20)


@pytest.mark.parametrize("over", [1, 300_000])
def test_a_file_over_the_limit_is_refused(task, callers, limited, over):
    limited(most_bytes=100_000)
    clerk = callers["clerk"]

    kept = add(clerk, task["id"], b"a" * 100_000, "fits.txt")
    answer = add(clerk, task["id"], b"a" * (100_000 + over), "large.txt")

    assert kept.status_code == 201
    assert answer.status_code == 413
    assert listed(clerk, task)["total"] == 1


def test_a_case_takes_so_many_documents_and_no_more(task, callers, limited):
    limited(most_per_case=2)

    answers = [add(callers["clerk"], task["id"]).status_code for _ in range(3)]

    assert answers == [201, 201, 422]


def test_equal_files_share_their_bytes(app, task, callers):
    clerk = callers["clerk"]

    one, two = (add(clerk, task["id"], name=name).json for name in ("a.pdf", "b.pdf"))

    assert one["id"] != two["id"]
    assert one["sha256"] == two["sha256"]
    folder = app.extensions["rasim"].depot.files.folder
    assert len(list(folder.rglob(one["sha256"]))) == 1
