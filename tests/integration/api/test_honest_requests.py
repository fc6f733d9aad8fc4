"""What honest people and programs send over HTTP, and what once was taken amiss."""

import io
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest

from server.api.examples import APPLICATION
from tests import document_files as files
from tests.integration.api.test_cases import start
from tests.integration.api.test_tasks import work

ROOT = Path(__file__).resolve().parents[3]
HEIC = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + bytes(99)
MAC = unicodedata.normalize("NFD", "Туу туралы куәлік й.pdf")


@pytest.fixture
def task(app, callers, released):
    """A decision that a clerk is to take now."""
    return opened(app, callers)["id"]


def opened(app, callers, number=None):
    now = callers["program"].get("/api/v1/clock").json["now"]
    application = APPLICATION["application"] | {"filed_at": now}
    told = APPLICATION | {"application": application}
    case = start(callers["program"], business_key=number, variables=told).json["id"]
    work(app, callers, case)
    (found,) = callers["clerk"].get("/api/v1/tasks", instance_id=case).json["items"]
    return found


def sent(caller, task_id, content, name):
    file = (io.BytesIO(content), name)
    return caller.post(f"/api/v1/tasks/{task_id}/documents", data={"file": file})


def named(answer):
    told = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]
    return unquote(told)


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        (MAC, files.pdf(), "Туу туралы куәлік й.pdf"),
        ("ӘҒҚҢӨҰҮҺІ.JPG", files.picture("JPEG"), "ӘҒҚҢӨҰҮҺІ.JPG"),
        ("сурет.jpeg", files.picture("JPEG"), "сурет.jpeg"),
        ("скан №1 (көшірме).tiff", files.picture("TIFF"), "скан №1 (көшірме).tiff"),
        ("анықтама", files.pdf(), "анықтама.pdf"),
        ("банк.pdf", b"\r\n" + files.pdf(), "банк.pdf"),
        ("=?UTF-8?B?0prQsNGA0YLQsC5wZGY=?=", files.pdf(), "Қарта.pdf"),  # of Java
        ("=?UTF-8?Q?=D2=9A=D0=B0=D1=80=D1=82=D0=B0.csv?=", b"a;b\n", "Қарта.csv"),
        ("ә=?b?c?=.pdf", files.pdf(), "ә= b c =.pdf"),
        ("кесте.csv", "\ufeffАты;ЖСН\r\n".encode(), "кесте.csv"),
        ("кесте.txt", "Аты\tЖСН\r\n".encode("utf-16"), "кесте.txt"),
        ("ә" * 120 + ".pdf", files.pdf(), "ә" * 120 + ".pdf"),  # 244 bytes
    ],
)
def test_a_file_of_a_parent_comes_back_under_its_name(
    callers,
    task,
    name,
    content,
    kept,
):
    added = sent(callers["clerk"], task, content, name)

    assert added.status_code == 201, added.text
    assert added.json["name"] == kept
    with callers["clerk"].get(f"/api/v1/documents/{added.json['id']}") as back:
        assert back.data == content
        assert named(back) == kept


def test_a_photo_of_an_iphone_is_refused_with_the_way_to_mend_it(
    callers,
    task,
):
    answer = sent(callers["clerk"], task, HEIC, "IMG_0001.HEIC")

    assert answer.status_code == 422
    assert answer.json["type"].endswith("document-refused")
    assert "JPEG" in answer.json["detail"]


@pytest.mark.parametrize("version", [1, 1.0])
def test_a_whole_number_may_be_written_1_0(released, callers, version):
    """As JSON Schema has it, and as programs without whole numbers write it."""
    assert start(
        callers["program"], version=version, business_key=None
    ).status_code in (
        200,
        201,
    )


@pytest.mark.parametrize("version", [1.5, "1", True, 1e300])
def test_what_is_no_whole_number_is_none(released, callers, version):
    answer = start(callers["program"], version=version)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"version"}


@pytest.mark.parametrize("typed", ["2026-кк-1", "2026-КК-1", "\u200e2026-kk-1 "])
def test_a_case_is_found_by_its_number_in_letters_that_look_alike(
    released, callers, app, typed
):
    found = opened(app, callers, number="2026-KK-1")

    listed = callers["clerk"].get("/api/v1/tasks", text=typed, state="any").json

    assert found["id"] in {one["id"] for one in listed["items"]}


def test_the_file_of_a_drawing_may_have_a_no_break_space_in_its_name(callers):
    drawing = (
        ROOT / "bpmn/first_grade_admission/first_grade_admission.bpmn"
    ).read_bytes()

    found = callers["designer"].post_files(
        "/api/v1/lint", {"бірінші\xa0сынып.bpmn": drawing}
    )

    assert found.status_code == 200, found.text
