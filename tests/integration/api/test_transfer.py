"""How answers travel: which headers they have, how small they are, how long kept."""

import gzip
import re

import pytest

from server.headers import HEADERS
from server.rendering import BUNDLE, asset

PAGES = ["/sign-in", "/nowhere", "/api/v1/docs"]


def named(app, name):
    with app.test_request_context():
        return asset(name)


def fetch(client, url, **headers):
    """A static file; its own file is closed."""
    answer = client.get(
        url, headers={name.replace("_", "-"): told for name, told in headers.items()}
    )
    assert answer.data is not None
    answer.close()
    return answer


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/api/v1/instances"])
def test_every_answer_has_the_headers_that_hold_a_browser_back(client, path):
    answer = client.get(path)

    for name in HEADERS:
        assert answer.headers[name]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_only_scripts_that_carry_its_own_word(client, path):
    first, second = client.get(path), client.get(path)
    policies = [each.headers["Content-Security-Policy"] for each in (first, second)]
    words = [re.search(r"'nonce-([\w-]+)'", policy)[1] for policy in policies]

    assert words[0] != words[1]
    assert f'nonce="{words[0]}"' in first.text
    for policy in policies:
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy  # no other host


def test_a_page_is_compressed_for_who_reads_gzip(client):
    plain = client.get("/sign-in")
    small = client.get("/sign-in", headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2
    assert "<h1" in gzip.decompress(small.data).decode()


def test_the_length_of_a_page_tells_nothing_of_what_is_in_it(client):
    headers = {"Accept-Encoding": "gzip"}
    lengths = {len(client.get("/sign-in", headers=headers).data) for _ in range(20)}

    assert max(lengths) - min(lengths) > 10


@pytest.mark.parametrize("refused", ["identity", "gzip;q=0", "deflate"])
def test_who_does_not_read_gzip_gets_the_page_as_it_is(client, refused):
    answer = client.get("/sign-in", headers={"Accept-Encoding": refused})

    assert "Content-Encoding" not in answer.headers
    assert "<h1" in answer.text


@pytest.mark.parametrize("name", ["app.js", "app.css"])
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0", None), ("", None)],
)
def test_a_built_file_comes_as_small_as_it_was_built(
    app, client, name, accepted, coding
):
    url = named(app, name)
    answer = fetch(client, url, Accept_Encoding=accepted)

    ending = {"br": ".br", "gzip": ".gz", None: ""}[coding]
    assert answer.data == (BUNDLE / (url.rpartition("/")[2] + ending)).read_bytes()
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.mimetype == (
        "text/css" if name.endswith("css") else "text/javascript"
    )
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_built_file_is_kept_for_ever_and_has_a_tag_for_each_form(app, client):
    url = named(app, "app.css")
    plain = fetch(client, url)
    small = fetch(client, url, Accept_Encoding="br")
    again = fetch(
        client, url, Accept_Encoding="br", If_None_Match=small.headers["ETag"]
    )
    unnamed = fetch(client, "/static/mark.svg")

    for answer in (plain, small):
        assert "immutable" in answer.headers["Cache-Control"]
        assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert plain.headers["ETag"] != small.headers["ETag"]
    assert again.status_code == 304
    assert "immutable" not in unnamed.headers["Cache-Control"]


def test_the_fonts_weigh_at_most_100_kilobytes_and_are_kept_for_ever(app, client):
    fonts = sorted(BUNDLE.glob("*.woff2"))
    answers = [fetch(client, f"/static/bundle/{font.name}") for font in fonts]

    assert len(fonts) == 4
    assert sum(len(answer.data) for answer in answers) <= 100_000
    for answer in answers:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    style = (BUNDLE / named(app, "app.css").rpartition("/")[2]).read_text("utf-8")
    assert style.count("font-display:swap") == style.count("@font-face")
