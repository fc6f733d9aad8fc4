"""What a form of people, roles, absence or tokens says of a wrong answer, and where."""

import re
import uuid
from html import unescape

import pytest

from tests.integration.sign_in.conftest import PASSWORD, post, sign_in
from workflows import people
from workflows.model import Role
from workflows.ports import SystemClock

LANGUAGES = ("kk", "ru", "en")
DAYS = {"from_on": "2099-01-01", "to_on": "2099-01-02"}
PERSON = {"name": "Жаңа", "login": "zhana", "role": "clerk", "office": "school"}
AT = {"role": "clerk", "office": "school"}
TOKEN = {"label": "Registry", "days": "30"}
NEW, ROLES, ABSENCE = "/people/new", "/people/{id}/roles", "/account/absence"
TOKENS = "/account/tokens"
NO_OFFICE = "None of your offices has this code: choose one of the list."
NOBODY = "Nobody of these offices has this user name: choose one of the list."
ONE_WORD = "Type a user name of one word, at most 100 letters, without spaces."
OVER = "The first day is over: choose today or a later one."
TAKEN_DAYS = (
    "Some of these days have a substitute already: choose other days, or end that one "
    "first."
)
A_YEAR = "The last day is at most a year after the first one: choose an earlier one."
USED = "Somebody has this user name already: choose another."
LONG = "The full name is too long: at most 200 letters."
# The form, what is sent wrong, the field that is named, and the sentence.
WRONG = [
    (NEW, PERSON | {"name": " "}, "name", "Type the full name of the person."),
    (NEW, PERSON | {"name": "ә" * 201}, "name", LONG),
    (NEW, PERSON | {"login": "two words"}, "login", ONE_WORD),
    (NEW, PERSON | {"login": "{login}"}, "login", USED),
    (NEW, PERSON | {"role": ""}, "role", "Choose a role."),
    (NEW, PERSON | {"office": ""}, "office", NO_OFFICE),
    (NEW, PERSON | {"office": "west"}, "office", NO_OFFICE),
    (ROLES, AT | {"role": "king"}, "role", "Choose a role."),
    (ROLES, AT | {"office": "nowhere"}, "office", NO_OFFICE),
    (
        ROLES,
        AT,
        "role",
        "The person has this role there already: choose another one.",
    ),
    (
        ABSENCE,
        DAYS | {"substitute": ""},
        "substitute",
        "Type the user name of the substitute.",
    ),
    (ABSENCE, DAYS | {"substitute": "nobody-here"}, "substitute", NOBODY),
    (ABSENCE, DAYS | {"from_on": ""}, "from_on", "Choose the first day."),
    (ABSENCE, DAYS | {"to_on": "soon"}, "to_on", "Choose the last day."),
    (ABSENCE, {"from_on": "2001-01-01", "to_on": "2001-01-02"}, "from_on", OVER),
    (
        ABSENCE,
        DAYS | {"to_on": "2098-12-31"},
        "to_on",
        "The last day is before the first one: choose a later one.",
    ),
    (ABSENCE, DAYS | {"to_on": "2101-01-01"}, "to_on", A_YEAR),
    (ABSENCE, {"from_on": "2099-06-01", "to_on": "2099-06-03"}, "from_on", TAKEN_DAYS),
    (
        TOKENS,
        TOKEN | {"label": ""},
        "label",
        "Say what the token is for, in 100 letters at most.",
    ),
    (TOKENS, TOKEN | {"days": "0"}, "days", "Choose how long it works."),
]


@pytest.fixture(scope="module")
def clerk(store):
    """(login, id) of a clerk who somebody stands in for on the second of June."""
    login = f"asel-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        user_id = people.add_user(
            tx, SystemClock(), login=login, name="Әсел", password=PASSWORD
        )
        people.add_membership(tx, login=login, role=Role.CLERK, office="school")
    return login, user_id


@pytest.fixture(scope="module")
def browsers(app, store, clerk):
    """Those who fill the forms: an administrator, and a clerk with a substitute."""
    boss, colleague = (f"{who}-{uuid.uuid4().hex[:8]}" for who in ("boss", "marat"))
    with store.transaction() as tx:
        for login, role, office in (
            (boss, Role.ADMINISTRATOR, "east"),
            (colleague, Role.CLERK, "school"),
        ):
            people.add_user(tx, SystemClock(), login=login, name="М", password=PASSWORD)
            people.add_membership(tx, login=login, role=role, office=office)
    found = {"boss": app.test_client(), "clerk": app.test_client()}
    for client, login in ((found["boss"], boss), (found["clerk"], clerk[0])):
        assert sign_in(client, login).status_code == 303
    day = {"from_on": "2099-06-02", "to_on": "2099-06-02"}
    named = post(found["clerk"], ABSENCE, substitute=colleague, **day)
    assert named.status_code == 303
    return found | {"colleague": colleague}


@pytest.mark.parametrize(
    ("path", "sent", "field", "sentence"),
    WRONG,
    ids=lambda told: None if isinstance(told, dict) else str(told)[:40],
)
def test_a_wrong_answer_is_named_at_its_field_with_what_to_do(
    browsers, clerk, path, sent, field, sentence
):
    login, user_id = clerk
    client = browsers["boss" if path.startswith("/people") else "clerk"]
    address = path.format(id=user_id)
    page = address.removesuffix("/roles")
    fields = {name: told.format(login=login) for name, told in sent.items()}
    if path == ABSENCE:
        fields = {"substitute": browsers["colleague"]} | fields

    said = {}
    for language in LANGUAGES:
        page_told = f"{page}?lang={language}"
        answer = post(client, f"{address}?lang={language}", page_told, **fields)
        assert answer.status_code == 422
        said[language] = unescape(answer.text)

    told = {language: sentence_at(field, said[language]) for language in LANGUAGES}
    assert told["en"] == sentence
    assert len(set(told.values())) == len(LANGUAGES), "it is said in each language"
    for language, text in said.items():
        # The summary above leads to the field, and the field keeps what was typed.
        assert f'<a href="#{field}">{told[language]}</a>' in text
        assert re.search(
            rf'id="{field}"[^>]*aria-describedby="[^"]*{field}-error', text
        )
        assert told[language].endswith(".")
        kept = next(iter(each for each in fields if each != field))
        assert fields[kept] in text


def sentence_at(field, page):
    """What stands in the error of a field, without the word that it begins with."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.S)
    assert found, f"nothing is said at {field}"
    return re.sub(r"<span.*?</span>", "", found[1]).strip()
