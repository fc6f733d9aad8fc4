"""Decision models for tests: written in a line, evaluated in a line."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from tests.models import model
from workflows import dmn, feel


@dataclasses.dataclass(frozen=True)
class Bench:
    """Reads, loads and evaluates; variables are plain data."""

    parser: feel.Parser
    environment: feel.Environment

    def read(self, body: str | bytes) -> dmn.Model:
        source = body if isinstance(body, bytes) else model(body)
        return dmn.read(source, "rules.dmn", self.parser)

    def load(self, body: str | bytes) -> dmn.Definitions:
        source = body if isinstance(body, bytes) else model(body)
        read = dmn.read(source, "rules.dmn", self.parser)
        assert not read.errors, read.errors
        return dmn.load(source, read.trees)

    def outcome(
        self,
        body: str | bytes,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        lenient: bool = False,
    ) -> dmn.Outcome:
        environment = dataclasses.replace(self.environment, lenient=lenient)
        given = feel.from_plain(dict(variables or {}))
        return self.load(body).evaluate(key, given, environment)

    def value(
        self,
        body: str | bytes,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        lenient: bool = False,
    ) -> Any:
        """As plain data."""
        outcome = self.outcome(body, key, variables, lenient=lenient)
        return feel.plain(outcome.value)

    def refusal(
        self, body: str | bytes, key: str, variables: Mapping[str, Any] | None = None
    ) -> dmn.DecisionError:
        with pytest.raises(dmn.DecisionError) as refused:
            self.outcome(body, key, variables)
        return refused.value

    def rules(self, body: str | bytes) -> list[tuple[str, str | None]]:
        """What is found in a file: rule and element."""
        return [(one.rule, one.element_id) for one in self.read(body).findings]


def decision(
    logic: str, *needs: str, type_: str | None = None, id_: str = "asked"
) -> str:
    """A decision of any logic; `needs` are `Input=id`, `Decision=id`,
    `Knowledge=id`."""
    required = "".join(
        f"<{'knowledge' if kind == 'Knowledge' else 'information'}Requirement>"
        f'<required{kind} href="#{href}"/>'
        f"</{'knowledge' if kind == 'Knowledge' else 'information'}Requirement>"
        for kind, href in (one.split("=") for one in needs)
    )
    kept = f' typeRef="{type_}"' if type_ else ""
    return (
        f'<decision id="{id_}" name="{id_}"><variable name="{id_}"{kept}/>'
        f"{required}{logic}</decision>"
    )


def text(expression: str, type_: str | None = None) -> str:
    """A literal expression."""
    written = expression.replace("&", "&amp;").replace("<", "&lt;")
    kept = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{kept}><text>{written}</text></literalExpression>"


def entry(name: str | None, logic: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def function(
    parameters: Mapping[str, str], logic: str, tag: str = "functionDefinition"
) -> str:
    formal = "".join(
        f'<formalParameter name="{name}" typeRef="{kind}"/>'
        for name, kind in parameters.items()
    )
    return f"<{tag}>{formal}{logic}</{tag}>"


def knowledge(
    id_: str,
    parameters: Mapping[str, str],
    logic: str,
    *needs: str,
    type_: str = "Any",
) -> str:
    """A business knowledge model."""
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{href}"/>'
        "</knowledgeRequirement>"
        for href in needs
    )
    return (
        f'<businessKnowledgeModel id="{id_}" name="{id_}">'
        f'<variable name="{id_}" typeRef="{type_}"/>'
        f"{function(parameters, logic, 'encapsulatedLogic')}{required}"
        "</businessKnowledgeModel>"
    )
