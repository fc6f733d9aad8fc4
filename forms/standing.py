"""Whether the parts of a form stand together: places of answers, names of siblings."""

from collections.abc import Iterable

from forms.model import (
    Check,
    Component,
    Computed,
    DynamicList,
    Field,
    Form,
    Group,
    Kind,
)
from forms.notebook import Notebook


def refuse(form: Form, notes: Notebook) -> None:
    """Refuse answers that live in one place, and names of questions that are not."""
    keyed = [c for c in form.walk() if isinstance(c, Field | Computed | DynamicList)]
    leaves = {c.path for c in keyed if not isinstance(c, DynamicList)}
    lists = {c.path for c in keyed if isinstance(c, DynamicList)}
    seen: set[str] = set()
    for component in keyed:
        path = component.path
        if path in seen:
            message = f"the key `{path}` is used twice: rename one"
            notes.refuse(component.id, "key-twice", message)
        seen.add(path)
        for above in _above(path):
            bare = above.removesuffix("[]")
            if bare in leaves or (bare == above and bare in lists):
                message = f"`{bare}` is an answer, so `{path}` cannot live in it"
                notes.refuse(component.id, "key-clash", message)
    _refuse_siblings(form, notes)
    _refuse_moving(form, notes)


def _refuse_moving(form: Form, notes: Notebook) -> None:
    """What the case knows has its place in a list by number: items must not move."""
    lists = (c for c in form.walk() if isinstance(c, DynamicList) and c.may_change)
    moving = {field.id: field for each in lists for field in questions(each)}
    for field in moving.values():
        if field.readonly is not False:
            message = "read-only in a list needs `allowAddRemove`: false at the list"
            notes.refuse(field.id, "readonly", message)


def _above(path: str) -> Iterable[str]:
    segments = path.split(".")
    return (".".join(segments[:end]) for end in range(1, len(segments)))


def _refuse_siblings(form: Form, notes: Notebook) -> None:
    fields = {field.path: field for field in form.fields}
    for field in fields.values():
        if field.cross is None:
            continue
        wanted = {field.cross.birth_date: Kind.DATE, field.cross.sex: None}
        for path, kind in wanted.items():
            if path is None:
                continue
            found = fields.get(path)
            if found is None or (kind is not None and found.kind is not kind):
                what = "a question that asks for a date" if kind else "a question"
                notes.refuse(field.id, "key", f"`{path}` is not {what} of this form")
    for component in (form, *form.walk()):
        check = getattr(component, "check", None)
        if isinstance(check, Check) and check.at is not None:
            if _at(component, check.at) is None:
                message = f"`check.at` names `{check.at}`, which is not asked in it"
                notes.refuse(component.id, "check", message)


def _at(component: Form | Component, key: str) -> Field | None:
    """The question of a component that has the key, at the end of its path."""
    held = component.fields if isinstance(component, Form) else questions(component)
    return next((f for f in held if f.path == key or f.path.endswith(f".{key}")), None)


def questions(component: Component) -> tuple[Field, ...]:
    """The questions of a component and of all that it holds."""
    if isinstance(component, Field):
        return (component,)
    if isinstance(component, Group | DynamicList):
        return tuple(f for held in component.components for f in questions(held))
    return ()
