"""A form that fails while somebody fills it: where, and what its designer must mend."""

from collections.abc import Iterator
from contextlib import contextmanager

import forms
from workflows import feel, lookups
from workflows.model import RasimError


class FormFailed(RasimError):
    """The form {form} does not work: its part {component} has a fault. Tell the
    administrator or the designer of the procedure, who mends the form."""

    form: str  # id
    component: str  # id; where no one component is at fault, the path of the question
    reason: str  # in English, for the designer


@contextmanager
def named(form: forms.Form) -> Iterator[None]:
    """What of a form's own FEEL and lists fails in the block is FormFailed."""
    try:
        yield
    except (forms.ValueUnclear, forms.ConditionUnclear) as error:
        component = _component(form, error.expression) or error.path
        raise _failed(form, component, error) from error
    except forms.ConditionsUnsettled as error:
        raise _failed(form, ", ".join(error.paths), error) from error
    except feel.FeelError as error:
        component = _component(form, error.expression) or form.id
        raise _failed(form, component, error) from error
    except (lookups.TooManyOptions, lookups.UnknownList) as error:
        component = _asking(form, str(error.data["name"])) or form.id
        raise _failed(form, component, error) from error


def _failed(form: forms.Form, component: str, error: Exception) -> FormFailed:
    return FormFailed(form=form.id, component=component, reason=str(error))


def _component(form: forms.Form, expression: str) -> str:
    """The component that has this FEEL; empty where none or several have it."""
    found = {
        each.component_id
        for each in forms.located(form)
        if _bare(each.text) == _bare(expression)
    }
    return found.pop() if len(found) == 1 else ""


def _asking(form: forms.Form, name: str) -> str:
    """The components that offer the list `name`."""
    found = [
        field.id
        for field in form.fields
        if field.options_from is not None and field.options_from.lookup == name
    ]
    return ", ".join(found)


def _bare(expression: str) -> str:
    return expression.removeprefix("=").strip()
