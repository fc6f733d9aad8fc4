"""A form that has every component, in three languages, for tests of how it is shown."""

import json
from typing import Any

FORM_ID = "every_component"
# One red point: the smallest picture that a browser shows.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8"
    "z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)


def words(name: str, kk: str, ru: str, en: str) -> dict[str, str]:
    """A text of `properties` in its two other languages; Kazakh is the schema's own."""
    assert kk
    return {f"{name}.ru": ru, f"{name}.en": en}


def ask(
    kind: str,
    key: str,
    label: tuple[str, str, str],
    *,
    required: bool = False,
    hint: tuple[str, str, str] | None = None,
    label_is: str = "label",
    own: dict[str, Any] | None = None,
    validate: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A question; `own` are its properties, `more` is what its kind takes besides."""
    properties = words("label", *label) | (own or {})
    asked: dict[str, Any] = {"type": kind, "id": key, "key": key, label_is: label[0]}
    if hint:
        asked["description"] = hint[0]
        properties |= words("description", *hint)
    rules = (validate or {}) | ({"required": True} if required else {})
    if rules:
        asked["validate"] = rules
    return asked | {"properties": properties} | more


def option(value: Any, kk: str, ru: str, en: str) -> dict[str, Any]:
    return {"value": value, "label": kk, "properties": words("label", kk, ru, en)}


LANGUAGES = [
    option("kk", "Қазақ тілі", "Казахский язык", "Kazakh"),
    option("ru", "Орыс тілі", "Русский язык", "Russian"),
]
CIRCLES = [
    option("chess", "Шахмат", "Шахматы", "Chess"),
    option("dance", "Би", "Танцы", "Dance"),
    option("robots", "Робототехника", "Робототехника", "Robotics"),
]
DISTRICTS = [
    option(f"d{n}", f"{n}-аудан", f"Район {n}", f"District {n}") for n in range(1, 21)
]

TEXTS: list[dict[str, Any]] = [
    {
        "type": "text",
        "id": "told",
        "text": "Бала: {{child.name}}",
        "properties": {
            "text.ru": "Ребёнок: {{child.name}}",
            "text.en": "Child: {{child.name}}",
        },
    },
    {
        "type": "text",
        "id": "kazakh_only",
        "text": "Бұл мәтін тек қазақша жазылған.",
    },
    {"type": "separator", "id": "line"},
    {"type": "spacer", "id": "room", "height": 40},
    {
        "type": "image",
        "id": "plan",
        "source": PICTURE,
        "alt": "Мектептің жоспары",
        "properties": words("alt", "-", "План школы", "Plan of the school"),
    },
]
WRITTEN: list[dict[str, Any]] = [
    ask(
        "textfield",
        "name",
        ("Аты-жөні", "Фамилия, имя", "Full name"),
        required=True,
        hint=("Құжаттағыдай", "Как в документе", "As in the document"),
        validate={"minLength": 2, "maxLength": 40},
    ),
    ask(
        "textfield",
        "iin",
        ("ЖСН", "ИИН", "IIN"),
        required=True,
        own={"rasim": "iin"},
    ),
    ask("textfield", "bin", ("БСН", "БИН", "BIN"), own={"rasim": "bin"}),
    ask(
        "textfield",
        "phone",
        ("Ұялы телефон", "Мобильный телефон", "Mobile phone"),
        own={"rasim": "phone"},
    ),
    ask(
        "textfield",
        "email",
        ("Электрондық пошта", "Электронная почта", "Email"),
        validate={"validationType": "email"},
    ),
    ask(
        "number",
        "income",
        ("Отбасының табысы", "Доход семьи", "Income of the family"),
        required=True,
        validate={"min": 0, "max": 9000000},
        appearance={"suffixAdorner": "₸"},
    ),
    ask(
        "textarea",
        "note",
        ("Түсініктеме", "Пояснение", "Note"),
        required=True,
        validate={"maxLength": 50},
    ),
]
CHOSEN = [
    ask("checkbox", "agreed", ("Келісемін", "Я согласен", "I agree"), required=True),
    ask(
        "radio",
        "language",
        ("Оқыту тілі", "Язык обучения", "Language of teaching"),
        required=True,
        values=LANGUAGES,
    ),
    ask(
        "textfield",
        "why_russian",
        ("Неліктен орыс тілі?", "Почему русский язык?", "Why Russian?"),
        required=True,
        conditional={"hide": '=language != "ru"'},
    ),
    ask(
        "select",
        "district",
        ("Аудан", "Район", "District"),
        required=True,
        values=DISTRICTS,
    ),
    ask(
        "select",
        "teacher",
        ("Мұғалім", "Учитель", "Teacher"),
        valuesExpression="=teachers",
    ),
    ask(
        "checklist",
        "circles",
        ("Үйірмелер", "Кружки", "Clubs"),
        required=True,
        values=CIRCLES,
    ),
    ask(
        "taglist",
        "near",
        ("Жақын аудандар", "Соседние районы", "Districts nearby"),
        required=True,
        values=DISTRICTS,
    ),
]
TIMED = [
    ask(
        "datetime",
        "born",
        ("Туған күні", "Дата рождения", "Date of birth"),
        required=True,
        label_is="dateLabel",
        subtype="date",
    ),
    ask(
        "datetime",
        "call_at",
        ("Қоңырау уақыты", "Время звонка", "Time of the call"),
        required=True,
        label_is="timeLabel",
        subtype="time",
    ),
    ask(
        "datetime",
        "visit",
        ("Келу күні мен уақыты", "Дата и время визита", "Date and time of the visit"),
        required=True,
        label_is="dateLabel",
        subtype="datetime",
        timeLabel="Уақыты",
        own=words("timeLabel", "Уақыты", "Время", "Time"),
    ),
]
HELD: list[dict[str, Any]] = [
    ask(
        "filepicker",
        "papers",
        ("Құжаттар", "Документы", "Documents"),
        required=True,
        multiple=True,
        accept=".pdf,.png",
        own={"most": "3", "largest": "1"},
    ),
    {
        "type": "dynamiclist",
        "id": "children_list",
        "path": "children",
        "label": "Балалар",
        "properties": words("label", "-", "Дети", "Children")
        | {"least": "1", "most": "3"},
        "defaultRepetitions": 1,
        "allowAddRemove": True,
        "components": [
            ask(
                "textfield",
                "first_name",
                ("Баланың аты", "Имя ребёнка", "Name of the child"),
                required=True,
            ),
            ask(
                "checkbox",
                "is_twin",
                ("Егіз", "Близнец", "A twin"),
            ),
        ],
    },
    {
        "type": "table",
        "id": "marks",
        "label": "Бағалар",
        "properties": words("label", "-", "Оценки", "Marks"),
        "dataSource": "=marks",
        "rowCount": 2,
        "columns": [
            {"key": "subject", "label": "Пән"},
            {"key": "mark", "label": "Баға"},
        ],
    },
    {
        "type": "table",
        "id": "absences",
        "label": "Сабақ босату",
        "properties": words("label", "-", "Пропуски", "Absences"),
        "dataSource": "=absences",
        "columns": [{"key": "day", "label": "Күні"}],
    },
    {
        "type": "expression",
        "id": "count_of_children",
        "key": "number_of_children",
        "expression": "=count(children)",
    },
    {
        "type": "group",
        "id": "address_group",
        "label": "Мекенжай",
        "properties": words("label", "-", "Адрес", "Address"),
        "path": "address",
        "components": [
            ask(
                "textfield",
                "street",
                ("Көше", "Улица", "Street"),
                required=True,
            ),
            ask(
                "textfield",
                "town",
                ("Қала", "Город", "Town"),
                readonly=True,
            ),
        ],
    },
]
VARIABLES: dict[str, Any] = {
    "child": {"name": "Әли Ерланұлы"},
    "teachers": [
        {"label": "Б. Сапарова", "value": "sapar"},
        {"label": "А. Оспанов", "value": "ospan"},
    ],
    "marks": [
        {"subject": "Математика", "mark": 5},
        {"subject": "Қазақ тілі", "mark": 4},
        {"subject": "Музыка", "mark": 5},
    ],
    "absences": [],
    "address": {"town": "Талдықорған"},
}


def components() -> list[dict[str, Any]]:
    return [*TEXTS, *WRITTEN, *CHOSEN, *TIMED, *HELD]


def form(form_id: str = FORM_ID) -> bytes:
    schema = {
        "type": "default",
        "id": form_id,
        "schemaVersion": 19,
        "components": components(),
    }
    return json.dumps(schema, ensure_ascii=False).encode()
