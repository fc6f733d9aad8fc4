"""What a page weighs on its way: HTML, CSS and JavaScript at most 70 KB, for everybody.

Designers' pages with bpmn-js are left aside; fonts are counted in
tests/integration/api/test_transfer.py.
"""

import re

import pytest

from tests.e2e import places

MOST_BYTES = 70_000
LINKED = re.compile(r'(?:src|href)="(/static/bundle/[^"]+\.(?:js|css))"')
ASIDE = {"designer.check"}
READ = {200, 403, 404}


def weight_of(answer):
    """The bytes that came, as they were sent."""
    return int(answer.headers["content-length"])


@pytest.mark.parametrize("role", places.PEOPLE)
def test_no_page_weighs_more_than_70_kilobytes(role, enter, addresses, capsys):
    asked = enter(places.PEOPLE[role]).page.request
    files, heavy, table = {}, {}, []
    for place in places.PLACES:
        answer = asked.get(place.path.format_map(addresses))
        assert answer.status in READ, f"{place.name}: {answer.status}"
        for url in set(LINKED.findall(answer.text())) - files.keys():
            files[url] = weight_of(asked.get(url))
        html = weight_of(answer)
        linked = sum(files[url] for url in set(LINKED.findall(answer.text())))
        table.append((html + linked, html, linked, answer.status, place.name))
        if html + linked > MOST_BYTES and place.endpoint not in ASIDE:
            heavy[place.name] = html + linked
    with capsys.disabled():
        print(f"\n{role}: bytes in all, of HTML, of CSS and JavaScript")  # noqa: T201 - a report
        for row in sorted(table, reverse=True)[:8]:
            print("{:8,} {:8,} {:8,}  {} {}".format(*row))  # noqa: T201 - a report

    assert heavy == {}
