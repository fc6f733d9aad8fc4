"""docs/bpmn-support.md is what the matrix says, and its pictures are of its cases."""

import pytest

from .document import DOCUMENT, PICTURES, hash_in, pictures, text
from .pictures import hash_of

MEND = "Run `make docs`, and commit what it writes."
MOST_BYTES = 1_200_000


@pytest.fixture(scope="module")
def drawn():
    return pictures()


def test_the_document_is_generated_from_the_matrix(parser, drawn):
    assert DOCUMENT.read_text() == text(parser, drawn[0]), MEND


def test_every_picture_is_of_the_drawing_that_is_tested(drawn):
    wanted = {name: hash_of(picture[0]) for name, picture in drawn[1].items()}
    found = {path.stem: hash_in(path.read_text()) for path in PICTURES.glob("*.svg")}

    assert found == wanted, MEND


def test_pictures_are_small_and_name_no_place():
    texts = [path.read_text() for path in PICTURES.iterdir()]

    assert sum(map(len, texts)) < MOST_BYTES
    assert all(one.count("://") == 1 and "http://www.w3.org" in one for one in texts)
