"""Every refusal has its status and its type; a fault of ours tells nothing."""

import pytest

from server import auth, errors
from server.api.idempotency import KeyReused
from workflows import feel, model

REFUSALS = {
    auth.NotSignedIn: 401,
    auth.FormRefused: 403,
    KeyReused: 422,
    model.NotAllowed: 403,
    model.NotFound: 404,
    model.MoveRefused: 409,
    model.AnswersRefused: 422,
    model.DeploymentRefused: 422,
    model.InputRefused: 422,
    model.DatabaseUnavailable: 503,
    feel.UnknownName: 422,
    feel.NotAValue: 422,
}


@pytest.mark.parametrize(("error", "status"), REFUSALS.items())
def test_a_refusal_has_its_status(error, status):
    made = error.__new__(error)

    assert errors.kind_of(made).status == status


def test_every_error_of_the_model_is_in_the_table():
    told = {
        kind
        for kind in vars(model).values()
        if isinstance(kind, type) and issubclass(kind, model.RasimError)
    }

    assert told - set(errors.TABLE) == set()


def test_a_problem_type_has_one_status_and_one_title():
    kinds = set(errors.TABLE.values())

    assert len(kinds) == len({kind.slug for kind in kinds})


def test_an_error_that_nobody_foresaw_is_a_fault_of_ours():
    class Unforeseen(model.RasimError):
        """Something new."""

    assert errors.kind_of(Unforeseen()).status == 500
