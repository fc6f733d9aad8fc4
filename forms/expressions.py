"""Every FEEL text of a form, and the component that it stands in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from forms.model import (
    TODAY,
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


@dataclass(frozen=True)
class Located:
    """One FEEL text, the component that it stands in, and what it sees of a list.

    `of_list` is the path of the list whose items it is evaluated in, for which `this`,
    `parent` and `i` are known: `children`; empty outside of lists. A condition must
    give true or false.
    """

    component_id: str
    text: str
    of_list: str = ""
    is_condition: bool = False


def expressions(form: Form) -> set[str]:
    """Every FEEL text of the form, so that a release parses them all."""
    return {each.text for each in located(form)}


def located(form: Form) -> Iterator[Located]:
    """Every FEEL text at its place, in the order of the page; conditions of a group
    once, at the group."""
    if form.check is not None:
        yield Located(form.id, form.check.feel, is_condition=True)
    yield from _within(form.components, "", 0)


def _within(
    components: Iterable[Component], of_list: str, inherited: int
) -> Iterator[Located]:
    for component in components:
        for text in component.hide[inherited:]:
            yield Located(component.id, text, of_list, is_condition=True)
        for text, is_condition in _of(component):
            yield Located(component.id, text, of_list, is_condition)
        if isinstance(component, Group):
            yield from _within(component.components, of_list, len(component.hide))
        elif isinstance(component, DynamicList):
            path, check = component.path, component.check
            if check is not None:
                yield Located(component.id, check.feel, path, is_condition=True)
            yield from _within(component.components, path, len(component.hide))


def _of(component: Component) -> Iterator[tuple[str, bool]]:
    """(FEEL text, whether it is a condition) of one component, but its `hide`."""
    match component:
        case Field():
            yield from _of_field(component)
        case Computed():
            yield component.feel, False
        case Paragraph():
            for parts in component.parts.values():
                yield from ((part.text, False) for part in parts if part.is_expression)
        case Table():
            yield component.source, False
            if component.columns_feel is not None:
                yield component.columns_feel, False
        case Image() if component.feel is not None:
            yield component.feel, False
        case Group() if component.check is not None:
            yield component.check.feel, True


def _of_field(field: Field) -> Iterator[tuple[str, bool]]:
    if isinstance(field.readonly, str):
        yield field.readonly, True
    if field.check is not None:
        yield field.check.feel, True
    if field.limits.from_today:
        yield TODAY, False
    if field.default_feel is not None:
        yield field.default_feel, False
    for text in field.limits.feel.values():
        yield text, False
    if field.options_from is not None:
        if field.options_from.feel is not None:
            yield field.options_from.feel, False
        for text in field.options_from.params.values():
            yield text, False
