"""The saved case: scopes and live tokens as JSON; never the drawing, never the past.

case:  {"v": version, "top": scope, "over": bool, "by": ended_by}
scope: {"d": variables, "t": [token, ...], "r": token of a root that has not run,
        "c": what can be undone, "w": names that a called process has written,
        "i": {position of a body: its items that only wait, one a line}}
token: [id, element, state, position of its host, kept, scope inside]
item:  id, state and kept, one after the other (see `sleeping`)
"""

from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from workflows import feel
from workflows.engine.definitions import Definition
from workflows.engine.errors import SavedByOther
from workflows.engine.evaluation import Evaluator
from workflows.engine.events import Listener
from workflows.engine.joins import InclusiveGateway, Join
from workflows.engine.running import RunningProcess, Scope
from workflows.engine.tokens import INCIDENT, Token

# What a scope or a token does not have is left out: so the saves of earlier programs,
# which had less, read the same. Everything is a FEEL value (a position is a string, and
# "" where there is no host): one pass of `feel.dumps` writes the whole. SpiffWorkflow's
# serializer would write the specification, and each token with its name spelt out.
#
# Version 1 had no "i", and nothing in it meant something else: it is read as version 2.
VERSION = "2"
READ = frozenset({"1", VERSION})

STATES = {TaskState.WAITING: "w", TaskState.READY: "r", TaskState.STARTED: "s"}
BY_LETTER = {letter: state for state, letter in STATES.items()}

VIA = "via"  # kept: the flow on which a token came to the join where it waits
ENTERED = "in"  # kept: a ready token was reported as entered

ID_LENGTH = 32  # of the hexadecimal id of a token

# A root that has run has no say any more: it needs no id of its own.
ROOT = UUID(int=0)


def save(process: RunningProcess) -> str:
    saved: dict[str, Any] = {"v": VERSION, "top": _saved_scope(process)}
    if process.completed:
        saved["over"] = True
        saved["by"] = process.ended_by
    return feel.dumps(saved)


def restore(
    definition: Definition, saved: str, environment: feel.Environment
) -> RunningProcess:
    """The case as it was saved; SavedByOther when its format is not ours."""
    found = feel.loads(saved)
    if not isinstance(found, dict) or found.get("v") not in READ:
        version = found.get("v") if isinstance(found, dict) else None
        raise SavedByOther(version=version, reason="unknown format")
    process = RunningProcess(definition, Evaluator(environment))
    _fill(process, found["top"])
    process.completed = bool(found.get("over", False))
    process.ended_by = found.get("by")
    return process


def saved_variables(saved: str) -> dict[str, Any]:
    """The variables of the case itself, read without restoring it."""
    found: dict[str, Any] = feel.loads(saved)["top"].get("d", {}) if saved else {}
    return found


def _saved_scope(scope: Scope) -> dict[str, Any]:
    root = scope.task_tree
    saved: dict[str, Any] = {}
    if scope.data:
        saved["d"] = scope.data
    if scope.completed_here:
        saved["c"] = scope.completed_here
    if scope.written:
        saved["w"] = list(scope.written)
    if not root.finished:
        saved["r"] = _saved_token(root, "")
    return {**saved, **_saved_tokens(scope)}


def _saved_tokens(scope: Scope) -> dict[str, Any]:
    """All but the root: what waits by itself, and the items that wait for a body."""
    root = scope.task_tree
    tokens: list[Token] = []
    items = {
        body.id: list(lines.values()) for body, lines in scope.tasks.asleep.items()
    }
    for token in scope.tasks.awake():
        if _may_sleep(token):
            items.setdefault(token._parent, []).append(_line(token))
        elif token is not root:
            tokens.append(token)
    positions = {one.id: str(position) for position, one in enumerate(tokens)}
    positions[root.id] = ""
    saved: dict[str, Any] = {}
    if tokens:
        saved["t"] = [_saved_token(one, positions[one._parent]) for one in tokens]
    if items:
        saved["i"] = {positions[one]: "\n".join(lines) for one, lines in items.items()}
    return saved


def _may_sleep(token: Token) -> bool:
    """Whether it is an item that only waits, with nothing inside or beside it."""
    if not token.is_item or not token.waits or token._children:
        return False
    return token.id not in token.workflow.top_workflow.subprocesses


def _line(item: Token) -> str:
    """One line: JSON has its line breaks escaped."""
    kept = feel.dumps(item.internal_data)
    return f"{item.id.hex}{STATES[item._state]}{kept}"


def _saved_token(token: Token, host: str) -> list[Any]:
    kept = dict(token.internal_data)
    if token.via is not None and token._state == TaskState.WAITING:
        if isinstance(token.task_spec, Join):
            kept[VIA] = token.via
    if token.entered and token._state == TaskState.READY:
        kept[ENTERED] = True
    inside = token.workflow.top_workflow.subprocesses.get(token.id)
    saved = [
        token.id.hex,
        token.task_spec.name,
        STATES[token._state],
        host,
        kept or None,
        _saved_scope(inside) if inside is not None else None,
    ]
    while not saved[-1]:
        saved.pop()
    return saved


def _fill(scope: Any, saved: dict[str, Any]) -> None:
    scope.data = saved.get("d", {})
    scope.completed_here = saved.get("c", [])
    scope.written = dict.fromkeys(saved.get("w", ()))
    if "r" in saved:
        scope.task_tree = _restored(scope, saved["r"], None)
    else:
        scope.task_tree = Token(
            scope, scope.spec.start, None, state=TaskState.COMPLETED, id=ROOT
        )
    tokens: list[Token] = []
    for one in saved.get("t", ()):
        host = one[3] if len(one) > 3 else ""
        parent = tokens[int(host)] if host else scope.task_tree
        tokens.append(_restored(scope, one, parent))
    for position, text in saved.get("i", {}).items():
        lines = {line[:ID_LENGTH]: line for line in text.split("\n")}
        scope.tasks.lay_down(tokens[int(position)], lines, _wake)


def _wake(body: Token, line: str) -> None:
    hex_id, letter, kept = line[:ID_LENGTH], line[ID_LENGTH], line[ID_LENGTH + 1 :]
    saved = [hex_id, body.task_spec.name, letter, "", feel.loads(kept)]
    _restored(body.workflow, saved, body)


def _restored(scope: Any, saved: list[Any], parent: Token | None) -> Token:
    hex_id, name, letter, _, kept, inside = saved + [None] * (6 - len(saved))
    spec = scope.spec.task_specs[name]
    state = BY_LETTER[letter]
    token = Token(scope, spec, parent, state=state, id=UUID(hex_id))
    kept = kept or {}
    token.via = kept.pop(VIA, None)
    token.entered = kept.pop(ENTERED, False)
    token.internal_data = kept
    if state == TaskState.READY:
        if INCIDENT not in kept:
            scope.top_workflow.ready_queue.append(token)
    elif isinstance(spec, Listener):
        token.triggered = True
        if spec.of_scope:
            scope.listeners[token.id] = token
    elif token.via is not None:
        scope.joins.setdefault(name, {}).setdefault(token.via, []).append(token)
        if isinstance(spec, InclusiveGateway):
            scope.blocking[name] = None
    else:
        token.entered = not (token.is_item or token.is_arm)
    if inside is not None:
        _fill(spec.set_up(token), inside)
    return token
