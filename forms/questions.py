"""Reading one question of a form: what it asks, in which words, within which limits."""

import re
from dataclasses import replace
from decimal import Decimal

from marshmallow import ValidationError

from forms import choices, documents, limits
from forms.answers import answer_field
from forms.entries import KEY, Entry
from forms.model import (
    CHOICES,
    SEVERAL,
    CrossCheck,
    Default,
    Field,
    Files,
    Kind,
    Scalar,
)
from forms.texts import Texts

OWN_KINDS = {"iin": Kind.IIN, "bin": Kind.BIN, "phone": Kind.PHONE}
TYPED = {"email": Kind.EMAIL, "phone": Kind.TELEPHONE}  # of `validationType`
SUBTYPES = {"date": Kind.DATE, "time": Kind.TIME, "datetime": Kind.DATETIME}
MOST_FILES = 50
LARGEST_MEGABYTES = 100
_MEDIA_TYPE = re.compile(r"[a-z]+/([a-z0-9.+-]+|\*)\Z")


def read(entry: Entry) -> Field:
    """The question of an entry whose type is known; refusals are at the entry."""
    kind = _kind(entry)
    label = _label(entry, kind)
    description = entry.text("description")
    source = choices.source(entry) if kind in CHOICES else None
    field = Field(
        id=entry.id,
        path=entry.key(),
        kind=kind,
        label=label,
        description=entry.texts("description", description) if description else None,
        limits=limits.read(entry, kind),
        options=choices.listed(entry) if kind in CHOICES and source is None else (),
        options_from=source,
        default_feel=entry.own_feel("default"),
        readonly=_readonly(entry),
        hide=entry.hide(),
        norms=_norms(entry),
        files=_files(entry) if kind is Kind.FILES else None,
        check=entry.check(),
        cross=_cross(entry, kind),
        time_label=_time_label(entry) if kind is Kind.DATETIME else None,
        prefix=_adorner(entry, "prefix"),
        suffix=_adorner(entry, "suffix"),
    )
    return replace(field, default=_default(entry, field))


def _kind(entry: Entry) -> Kind:
    type_, own = entry.raw["type"], entry.properties.get("rasim")
    if type_ == "textfield" and own in OWN_KINDS:
        return OWN_KINDS[own]
    if type_ == "textfield":
        told = entry.mapping("validate").get("validationType", "custom")
        if told in TYPED:
            return TYPED[told]
        if told not in ("", "custom"):
            names = ", ".join(("custom", *TYPED))
            entry.refuse("validate", f"`validationType` is one of {names}")
        return Kind.TEXT
    if type_ == "datetime":
        told = entry.raw.get("subtype", "date")
        if told in SUBTYPES:
            return SUBTYPES[told]
        entry.refuse("property-value", f"`subtype` is one of {', '.join(SUBTYPES)}")
        return Kind.DATE
    return Kind(type_)


def _label(entry: Entry, kind: Kind) -> Texts:
    name = {Kind.DATE: "dateLabel", Kind.DATETIME: "dateLabel", Kind.TIME: "timeLabel"}
    label = entry.text(name.get(kind, "label"))
    if not label:
        entry.refuse("label", "a question needs a label, in Kazakh")
    if kind in (Kind.TIME, Kind.DATETIME):
        _refuse_zones(entry)
    return entry.texts("label", label)


def _refuse_zones(entry: Entry) -> None:
    told = entry.raw.get("timeSerializingFormat", "no_timezone")
    if told != "no_timezone":
        message = "`timeSerializingFormat` must be `no_timezone`: one zone is the law's"
        entry.refuse("property-value", message)
    entry.truth("use24h", True)


def _time_label(entry: Entry) -> Texts | None:
    told = entry.text("timeLabel")
    return entry.texts("timeLabel", told) if told else None


def _readonly(entry: Entry) -> bool | str:
    if entry.truth("disabled", False):
        return True
    told = entry.raw.get("readonly", False)
    if isinstance(told, bool):
        return told
    return next(iter(entry.feel("readonly", told)), True)


def _norms(entry: Entry) -> tuple[str, ...]:
    told = entry.properties.get("norm", "")
    if not isinstance(told, str):
        entry.refuse("property-value", "properties `norm` must be ids, as text")
        return ()
    return tuple(told.replace(",", " ").split())


def _adorner(entry: Entry, name: str) -> Texts | None:
    appearance = entry.mapping("appearance")
    if name == "prefix":
        for other in sorted(appearance.keys() - {"prefixAdorner", "suffixAdorner"}):
            entry.refuse("unknown-property", f"appearance `{other}` is not known here")
    told = appearance.get(f"{name}Adorner", "")
    if not isinstance(told, str):
        entry.refuse("property-value", f"`{name}Adorner` must be text")
        return None
    if not told.strip():
        return None
    return entry.texts(name, told.strip(), is_owed=False)


def _cross(entry: Entry, kind: Kind) -> CrossCheck | None:
    """The questions that an IIN agrees with, named by their keys beside it."""
    names = {name: entry.own(name) for name in ("birth_date", "sex")}
    if not any(names.values()):
        return None
    if kind is not Kind.IIN:
        entry.refuse("rasim", "`birth_date` and `sex` are of `rasim` iin alone")
        return None
    for name, key in names.items():
        if key and not KEY.match(key):
            entry.refuse("key", f"properties `{name}` must be a key: `{name}`")
    before = entry.around.path
    paths = {name: f"{before}{key}" if key else None for name, key in names.items()}
    return CrossCheck(paths["birth_date"], paths["sex"])


def _files(entry: Entry) -> Files:
    kind = entry.own("document") or None
    if (kind is not None) != (entry.properties.get("rasim") == "document"):
        entry.refuse("rasim", "`rasim` document and `document` go together")
    if kind is not None and kind not in documents.kinds():
        names = ", ".join(sorted(documents.kinds()))
        entry.refuse("document", f"`document` is one of {names}")
    accept = _accept(entry)
    if not accept:
        known = documents.kinds().get(kind or "")
        accept = known.accept if known is not None else documents.ACCEPTED
    multiple = entry.truth("multiple", False)
    most = entry.count("most", 10 if multiple else 1, MOST_FILES) or 1
    if most > 1 and not multiple:
        entry.refuse("property-value", "`most` above 1 needs `multiple`")
    megabytes = entry.count("largest", 10, LARGEST_MEGABYTES) or 1
    return Files(accept, most, megabytes * 1024 * 1024, kind)


def _accept(entry: Entry) -> tuple[str, ...]:
    """Media types of form-js's `accept`, its file endings made into them."""
    told = entry.text("accept")
    found: dict[str, None] = {}
    for each in told.lower().replace(",", " ").split():
        media_types = documents.ENDINGS.get(each)
        if media_types is None and _MEDIA_TYPE.match(each):
            media_types = tuple(
                one for one in documents.ACCEPTED if documents.is_of(one, each)
            )
        if not media_types:
            names = ", ".join(documents.ENDINGS)
            entry.refuse("accept", f"`{each}` is not taken here; what is: {names}")
            continue
        found.update(dict.fromkeys(media_types))
    return tuple(found)


def _default(entry: Entry, field: Field) -> Default | None:
    told = entry.raw.get("defaultValue")
    if told is None or told == "" or told == []:
        return None
    if field.default_feel is not None:
        entry.refuse(
            "default", "write `defaultValue` or properties `default`, not both"
        )
    found: Default | None
    if field.kind in SEVERAL:
        found = _default_several(field, told)
    elif field.options or field.options_from is not None:
        found = _default_choice(field, told)
    else:
        value = choices.scalar(told)
        wanted = {Kind.NUMBER: Decimal, Kind.CHECKBOX: bool}.get(field.kind, str)
        found = value if type(value) is wanted else None
    if found is None or not _fits(field, found):
        entry.refuse("default", "`defaultValue` is not an answer to this question")
        return None
    return found


def _fits(field: Field, told: Default) -> bool:
    """Whether validation would take it."""
    try:
        answer_field(field).deserialize(told)
    except ValidationError:
        return False
    return True


def _default_choice(field: Field, told: object) -> Scalar | None:
    value = choices.scalar(told)
    if field.options_from is not None:
        return value
    option = choices.chosen(field.options, value)
    return option.value if option is not None else None


def _default_several(field: Field, told: object) -> Default | None:
    if not isinstance(told, list):
        return None
    found = [_default_choice(field, each) for each in told]
    known = tuple(value for value in found if value is not None)
    return known if len(known) == len(found) else None
