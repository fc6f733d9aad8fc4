"""Laying a form out for a page: what is shown now, every question at its place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from forms import files, offers
from forms.model import (
    Column,
    DynamicList,
    Field,
    Form,
    Group,
    Image,
    Paragraph,
    Separator,
    Spacer,
    Table,
)
from forms.page import (
    Grid,
    Item,
    Line,
    Page,
    Picture,
    Question,
    Row,
    Rows,
    Section,
    Space,
    Words,
)
from forms.places import Keys, Spot, get, path_of
from forms.problems import ValueUnclear
from forms.settling import Evaluate, Moment
from forms.sources import Sources
from forms.texts import Texts
from forms.validation import moment_of

MOST_ROWS = 1_000  # of a table: a page is no report
MOST_COLUMNS = 30


def lay_out(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
    sources: Sources | None = None,
) -> Page:
    """The form as a page shows it with these answers, right or wrong.

    Raises ConditionUnclear, ConditionsUnsettled, ValueUnclear where the form's own FEEL
    does not give what its place takes; the evaluator's errors pass through.
    """
    sources = sources or Sources()
    moment = moment_of(form, answers, variables, evaluate, sources)
    return _Laying(moment, answers, sources).page()


class _Laying:
    def __init__(
        self, moment: Moment, answers: Mapping[str, Any], sources: Sources
    ) -> None:
        self.moment = moment
        self.answers = answers
        self.sources = sources
        self.held: dict[int, list[Spot]] = {}
        for spot in moment.spots:
            if moment.is_shown(spot):
                self.held.setdefault(id(spot.parent), []).append(spot)

    def page(self) -> Page:
        return Page(self._items(None), dict(self.moment.computed))

    def _items(self, parent: Spot | None) -> tuple[Item, ...]:
        found = (self._item(spot) for spot in self.held.get(id(parent), []))
        return tuple(item for item in found if item is not None)

    def _item(self, spot: Spot) -> Item | None:
        match spot.component:
            case Field():
                return self._question(spot, spot.component)
            case Paragraph():
                return Words(spot.component, self.moment.context(spot.rows))
            case Separator():
                return Line(spot.name)
            case Spacer():
                return Space(spot.name, spot.component.height)
            case Image():
                return self._picture(spot, spot.component)
            case Table():
                return self._grid(spot, spot.component)
            case Group():
                return Section(spot.component, spot.name, self._items(spot))
            case DynamicList():
                return self._rows(spot, spot.component)
        return None

    def _question(self, spot: Spot, field: Field) -> Question:
        moment = self.moment
        is_fixed = moment.is_fixed(spot)
        value = moment.known(spot) if is_fixed else moment.value(spot)
        if value is None and not is_fixed:
            value = get(self.answers, spot.keys)
        context = moment.context(spot.rows)
        evaluate = moment.evaluate
        return Question(
            field,
            spot.name,
            offers.limits(field, spot.name, context, evaluate),
            offers.options(field, spot.name, context, evaluate, self.sources),
            is_fixed,
            value,
            files.of_answer(value) if field.files is not None else (),
        )

    def _rows(self, spot: Spot, told: DynamicList) -> Rows:
        rows: list[Row] = []
        by_row: dict[Keys, list[Item]] = {}
        for inner in self.held.get(id(spot), []):
            item = self._item(inner)
            if item is not None:
                by_row.setdefault(inner.rows[-1], []).append(item)
        may_remove = told.may_change and spot.count > told.least
        for index in range(spot.count):
            keys = (*spot.keys, index)
            rows.append(Row(path_of(keys), tuple(by_row.get(keys, ())), may_remove))
        may_add = told.may_change and spot.count < told.most
        return Rows(told, spot.name, tuple(rows), may_add)

    def _picture(self, spot: Spot, image: Image) -> Item | None:
        if image.feel is None:
            return Picture(image, data=image.data)
        value = self.moment.evaluate(image.feel, self.moment.context(spot.rows))
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, Mapping):
            value = value.get("id")
        if value is None:
            return None
        if not isinstance(value, str) or not _is_id(value):
            raise ValueUnclear(spot.name, image.feel, value, "a document of the case")
        return Picture(image, document=value)

    def _grid(self, spot: Spot, table: Table) -> Grid:
        context = self.moment.context(spot.rows)
        value = self.moment.evaluate(table.source, context)
        if value is not None and not isinstance(value, list):
            raise ValueUnclear(spot.name, table.source, value, "a list of contexts")
        columns = table.columns or self._columns(spot, table, context)
        rows = tuple(
            tuple(get(row, column.key.split(".")) for column in columns)
            for row in (value or [])[:MOST_ROWS]
        )
        return Grid(table, columns, rows)

    def _columns(
        self, spot: Spot, table: Table, context: Mapping[str, Any]
    ) -> tuple[Column, ...]:
        feel = table.columns_feel or "null"
        value = self.moment.evaluate(feel, context)
        if value is None:
            return ()
        found = [_column(one) for one in value] if isinstance(value, list) else [None]
        known = tuple(column for column in found if column is not None)
        if len(known) < len(found) or len(found) > MOST_COLUMNS:
            raise ValueUnclear(spot.name, feel, value, "a list of {key, label}")
        return known


def _column(told: Any) -> Column | None:
    key, label = get(told, ("key",)), get(told, ("label",))
    if not isinstance(key, str) or not key:
        return None
    if isinstance(label, Mapping) and isinstance(label.get("kk"), str):
        return Column(key, Texts(label["kk"], label.get("ru"), label.get("en")))
    return Column(key, Texts(label)) if isinstance(label, str) else None


def _is_id(told: str) -> bool:
    try:
        UUID(told)
    except ValueError:
        return False
    return True
