"""Every FEEL text of a form, and the component that it stands in."""

from collections.abc import Iterator

from forms.model import (
    TODAY,
    Check,
    Component,
    Computed,
    DynamicList,
    Field,
    Form,
    Group,
    Image,
    Paragraph,
    Table,
)


def expressions(form: Form) -> set[str]:
    """Every FEEL text of the form, so that a release parses them all."""
    return {text for _, text in located(form)}


def located(form: Form) -> Iterator[tuple[str, str]]:
    """(id of the component, FEEL text), in the order of the page; some come twice."""
    for text in _of_check(form.check):
        yield form.id, text
    for component in form.walk():
        for text in _of(component):
            yield component.id, text


def _of(component: Component) -> Iterator[str]:
    yield from component.hide
    match component:
        case Field():
            yield from _of_field(component)
        case Computed():
            yield component.feel
        case Paragraph():
            for parts in component.parts.values():
                yield from (part.text for part in parts if part.is_expression)
        case Table():
            yield component.source
            if component.columns_feel is not None:
                yield component.columns_feel
        case Image() if component.feel is not None:
            yield component.feel
        case Group() | DynamicList():
            yield from _of_check(component.check)


def _of_field(field: Field) -> Iterator[str]:
    if isinstance(field.readonly, str):
        yield field.readonly
    if field.limits.from_today:
        yield TODAY
    if field.default_feel is not None:
        yield field.default_feel
    yield from field.limits.feel.values()
    yield from _of_check(field.check)
    if field.options_from is not None:
        if field.options_from.feel is not None:
            yield field.options_from.feel
        yield from field.options_from.params.values()


def _of_check(check: Check | None) -> Iterator[str]:
    if check is not None:
        yield check.feel
