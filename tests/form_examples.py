"""One example of every component: its JSON, answers to it, and what becomes of them.

`docs/forms.md` shows them, and the tests run them.
"""

from dataclasses import dataclass, field
from typing import Any

DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8"
    "z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)
IIN = "150317600121"


@dataclass(frozen=True)
class Example:
    """A component of a form whose case has `variables`.

    `result` is what `answers` become; where they are wrong, `told` has the code of the
    problem by the path of the question instead.
    """

    type: str
    component: dict[str, Any]
    answers: dict[str, Any]
    result: dict[str, Any] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)


def _words(ru: str, en: str, **more: Any) -> dict[str, Any]:
    return {"label.ru": ru, "label.en": en, **more}


def _option(value: Any, kk: str, ru: str, en: str) -> dict[str, Any]:
    return {"label": kk, "value": value, "properties": _words(ru, en)}


EXAMPLES = (
    Example(
        "textfield",
        {
            "type": "textfield", "id": "passport", "key": "passport",
            "label": "Төлқұжат нөмірі",
            "validate": {
                "required": True, "pattern": "^N[0-9]{8}$",
                "patternErrorMessage": "N әрпі мен сегіз цифр жазыңыз",
            },
            "properties": _words(
                "Номер паспорта", "Passport number",
                **{
                    "patternErrorMessage.ru": "Укажите букву N и восемь цифр",
                    "patternErrorMessage.en": "Write the letter N and eight digits",
                },
            ),
        },
        {"passport": "12345678"},
        told={"passport": "pattern"},
    ),
    Example(
        "textarea",
        {
            "type": "textarea", "id": "note", "key": "note", "label": "Түсініктеме",
            "validate": {"maxLength": 2000},
            "properties": _words("Комментарий", "Comment"),
        },
        {"note": "бір\r\nекі"},
        {"note": "бір\nекі"},
    ),
    Example(
        "number",
        {
            "type": "number", "id": "places", "key": "places", "label": "Орын саны",
            "decimalDigits": 0, "validate": {"min": 1, "max": "=school.capacity"},
            "appearance": {"suffixAdorner": "орын"},
            "properties": _words(
                "Количество мест", "Number of places",
                **{"suffix.ru": "мест", "suffix.en": "places"},
            ),
        },
        {"places": 31},
        told={"places": "too_large"},
        variables={"school": {"capacity": 30}},
    ),
    Example(
        "checkbox",
        {
            "type": "checkbox", "id": "agreed", "key": "agreed", "label": "Келісемін",
            "validate": {"required": True},
            "properties": _words("Согласен", "I agree"),
        },
        {"agreed": False},
        told={"agreed": "must_be_ticked"},
    ),
    Example(
        "radio",
        {
            "type": "radio", "id": "accepted", "key": "decision.accepted",
            "label": "Нәтиже", "validate": {"required": True},
            "values": [
                _option(True, "Қабылданды", "Принято", "Accepted"),
                _option(False, "Бас тарту", "Отказ", "Refused"),
            ],
            "properties": _words("Результат", "Result", norm="ADM-2.6"),
        },
        {"decision": {"accepted": False}},
        {"decision": {"accepted": False}},
    ),
    Example(
        "select",
        {
            "type": "select", "id": "teacher", "key": "teacher", "label": "Мұғалім",
            "valuesExpression": "=for t in teachers return "
            "{label: t.name, value: t.id}",
            "properties": _words("Учитель", "Teacher"),
        },
        {"teacher": "t-3"},
        told={"teacher": "not_an_option"},
        variables={"teachers": [{"id": "t-1", "name": "А. Серік"}]},
    ),
    Example(
        "checklist",
        {
            "type": "checklist", "id": "circles", "key": "circles",
            "label": "Үйірмелер",
            "values": [
                _option("chess", "Шахмат", "Шахматы", "Chess"),
                _option("dance", "Би", "Танцы", "Dance"),
            ],
            "properties": _words("Кружки", "Circles"),
        },
        {"circles": ["dance", "chess"]},
        {"circles": ["chess", "dance"]},
    ),
    Example(
        "taglist",
        {
            "type": "taglist", "id": "near", "key": "near",
            "label": "Жақын аудандар", "valuesKey": "districts",
            "properties": _words("Соседние районы", "Districts nearby"),
        },
        {"near": []},
        {"near": []},
        variables={"districts": ["Алматы", "Есіл"]},
    ),
    Example(
        "datetime",
        {
            "type": "datetime", "id": "visit", "key": "visit", "subtype": "datetime",
            "dateLabel": "Келу күні", "timeLabel": "Уақыты", "timeInterval": 15,
            "use24h": True, "timeSerializingFormat": "no_timezone",
            "disallowPassedDates": True,
            "properties": _words(
                "Дата визита", "Day of the visit",
                **{"timeLabel.ru": "Время", "timeLabel.en": "Time"},
            ),
        },
        {"visit": "2026-05-01T09:20"},
        told={"visit": "not_an_interval"},
    ),
    Example(
        "filepicker",
        {
            "type": "filepicker", "id": "papers", "key": "papers",
            "label": "Туу туралы куәлік", "multiple": True,
            "validate": {"required": True},
            "properties": _words(
                "Свидетельство о рождении", "Birth certificate",
                rasim="document", document="birth_certificate", most="3", largest="5",
            ),
        },
        {"papers": ["d-1"]},
        {
            "papers": [
                {"id": "d-1", "name": "Куәлік.pdf", "type": "application/pdf",
                 "size": 700_000}
            ]
        },
    ),
    Example(
        "expression",
        {
            "type": "expression", "id": "total", "key": "total",
            "expression": "=count(children) * allowance", "computeOn": "change",
        },
        {"total": 1},
        {"total": 6000},
        variables={"children": [1, 2], "allowance": 3000},
    ),
    Example(
        "text",
        {
            "type": "text", "id": "greeting", "text": "Сәлеметсіз бе, {{child.name}}!",
            "properties": {
                "text.ru": "Здравствуйте, {{child.name}}!",
                "text.en": "Hello, {{child.name}}!",
            },
        },
        {},
        variables={"child": {"name": "Әсел"}},
    ),
    Example(
        "table",
        {
            "type": "table", "id": "queue", "label": "Кезек", "dataSource": "=queue",
            "rowCount": 10,
            "columns": [
                {"key": "child.name", "label": "Аты",
                 "properties": _words("Имя", "Name")},
                {"key": "since", "label": "Күні", "properties": _words("Дата", "Date")},
            ],
            "properties": _words("Очередь", "Queue"),
        },
        {},
        variables={"queue": [{"child": {"name": "Әсел"}, "since": "2026-04-01"}]},
    ),
    Example(
        "image",
        {
            "type": "image", "id": "seal", "source": DOT, "alt": "Мектеп мөрі",
            "properties": {"alt.ru": "Печать школы", "alt.en": "Seal of the school"},
        },
        {},
    ),
    Example(
        "group",
        {
            "type": "group", "id": "child", "path": "child", "label": "Бала",
            "components": [],
            "properties": _words(
                "Ребёнок", "Child", rasim="person", omit="patronymic sex"
            ),
        },
        {
            "child": {"iin": IIN, "family_name": "Серікова", "given_name": "Әсел",
                      "birth_date": "2015-03-18"}
        },
        told={"child.iin": "iin_other_birth_date"},
    ),
    Example(
        "dynamiclist",
        {
            "type": "dynamiclist", "id": "children", "path": "children",
            "label": "Балалар", "defaultRepetitions": 1, "allowAddRemove": True,
            "components": [
                {
                    "type": "textfield", "id": "name", "key": "name", "label": "Аты",
                    "validate": {"required": True},
                    "properties": _words("Имя", "Name"),
                },
                {
                    "type": "number", "id": "age", "key": "age", "label": "Жасы",
                    "conditional": {"hide": '=this.name = null or i[1] > 5'},
                    "properties": _words("Возраст", "Age"),
                },
            ],
            "properties": _words("Дети", "Children", least="1", most="10"),
        },
        {"children": [{"name": "Әсел", "age": 7}, {"name": ""}]},
        told={"children[1].name": "required"},
    ),
    Example("separator", {"type": "separator", "id": "line"}, {}),
    Example("spacer", {"type": "spacer", "id": "room", "height": 30}, {}),
    Example(
        "button",
        {"type": "button", "id": "send", "label": "Жіберу", "action": "submit",
         "properties": _words("Отправить", "Send")},
        {},
    ),
)  # fmt: skip
