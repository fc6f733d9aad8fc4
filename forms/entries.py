"""One raw component of a schema, with the place for what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms import palette, templates
from forms.model import Check
from forms.notebook import Notebook
from forms.palette import LANGUAGES
from forms.texts import Texts

KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
LONGEST_KEY = 200
LONGEST_FEEL = 10_000


@dataclass(frozen=True)
class Surroundings:
    """What the groups and lists around a component give it."""

    path: str = ""
    hide: tuple[str, ...] = ()
    groups: int = 0  # how many are around
    lists: int = 0


class Entry:
    """One raw component, with the place for what is wrong with it."""

    def __init__(
        self,
        raw: dict[str, Any],
        notes: Notebook,
        around: Surroundings | None = None,
    ) -> None:
        self.raw = raw
        self.notes = notes
        self.around = around or Surroundings()
        told = raw.get("id") or raw.get("key")
        self.id = told if isinstance(told, str) else f"component_{len(notes.ids) + 1}"
        if self.id in notes.ids:
            self.refuse("id-twice", "two components have this id: rename one")
        notes.ids.add(self.id)
        self.properties: dict[str, Any] = self.mapping("properties")

    def refuse(self, rule: str, message: str) -> None:
        self.notes.refuse(self.id, rule, message)

    def is_known(self) -> bool:
        """Whether the table names the type; what it does not name is refused."""
        kind = self.raw.get("type")
        if not isinstance(kind, str) or kind not in palette.KNOWN:
            mend = palette.REFUSED.get(str(kind))
            if mend is None:
                mend = f"what runs: {', '.join(sorted(palette.KNOWN))}"
            self.refuse("component-not-run", f"`{kind}` does not run; {mend}")
            return False
        runs = palette.KNOWN[kind]
        for name in sorted(self.raw.keys() - runs.properties):
            self.refuse("unknown-property", f"`{name}` does not run here: remove it")
        for name, only in palette.ONLY.items():
            if self.raw.get(name, only) is not only:
                self.refuse("property-value", f"`{name}` may only be {only!r} here")
        for name in sorted(self.properties.keys() - runs.own - {"rasim"}):
            self.refuse("unknown-property", f"properties `{name}` is not known here")
        rasim = self.properties.get("rasim")
        if rasim is not None and rasim not in runs.rasim:
            names = ", ".join(sorted(runs.rasim)) or "none"
            self.refuse("rasim", f"properties `rasim`: what runs here is {names}")
        return True

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.raw.get(name, {})
        if isinstance(value, dict):
            return value
        self.refuse("property-value", f"`{name}` must be an object")
        return {}

    def text(self, name: str) -> str:
        value = self.raw.get(name, "")
        if isinstance(value, str):
            return value.strip()
        self.refuse("property-value", f"`{name}` must be text")
        return ""

    def own(self, name: str) -> str:
        """One of `properties`, which a modeler writes as text alone."""
        value = self.properties.get(name, "")
        if isinstance(value, str):
            return value.strip()
        self.refuse("property-value", f"properties `{name}` must be text")
        return ""

    def truth(self, name: str, default: bool) -> bool:
        value = self.raw.get(name, default)
        if isinstance(value, bool):
            return value
        self.refuse("property-value", f"`{name}` must be true or false")
        return default

    def count(self, name: str, default: int, most: int) -> int:
        """A whole number of 0 to `most`, of the component or, as text, of its own."""
        value = self.raw.get(name, self.properties.get(name, default))
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value.strip()):
            value = int(value)
        if type(value) is int and 0 <= value <= most:
            return value
        self.refuse("property-value", f"`{name}` must be a whole number up to {most}")
        return default

    def hide(self) -> tuple[str, ...]:
        """Conditions under which it is hidden, those of its groups first."""
        conditional = self.mapping("conditional")
        for name in sorted(conditional.keys() - {"hide"}):
            self.refuse("unknown-property", f"conditional `{name}` does not run")
        told = conditional.get("hide")
        if told is None or told == "":
            return self.around.hide
        return (*self.around.hide, *self.feel("conditional.hide", told))

    def feel(self, name: str, told: object) -> tuple[str, ...]:
        """The FEEL source without its `=`, in a tuple; empty when it is refused."""
        if isinstance(told, str) and told.startswith("=") and told[1:].strip():
            if len(told) <= LONGEST_FEEL:
                return (told[1:].strip(),)
            self.refuse("expression", f"`{name}` is over {LONGEST_FEEL} characters")
            return ()
        self.refuse("expression", f"`{name}` must be FEEL that begins with `=`")
        return ()

    def own_feel(self, name: str) -> str | None:
        told = self.own(name)
        return next(iter(self.feel(f"properties {name}", told)), None) if told else None

    def key(self, name: str = "key") -> str:
        """The path of its answer, groups and lists before it."""
        key = self.text(name)
        if not KEY.match(key) or len(key) > LONGEST_KEY:
            self.refuse(
                "key", f"`{name}` must be names joined by dots: `decision.reason`"
            )
        return self.around.path + key

    def inside(self) -> Surroundings:
        """What a group gives to what it holds."""
        path = self.text("path")
        around = self.around
        inner = around.path
        if path:
            inner = f"{self.key('path')}."
        return Surroundings(inner, self.hide(), around.groups + 1, around.lists)

    def heading(self) -> Texts | None:
        label = self.text("label")
        return self.texts("label", label) if label else None

    def texts(
        self,
        name: str,
        kazakh: str,
        more: Mapping[str, Any] | None = None,
        is_owed: bool = True,
    ) -> Texts:
        """The text in three languages; a language that is missing is a warning."""
        properties = self.properties if more is None else more
        if templates.has_expression(kazakh):
            self.refuse(
                "expression", f"`{name}` is plain text here: no FEEL, no {{{{ }}}}"
            )
        others: dict[str, str] = {}
        for lang in LANGUAGES:
            told = properties.get(f"{name}.{lang}")
            if isinstance(told, str) and told.strip():
                others[lang] = told.strip()
            elif told is not None:
                self.refuse(
                    "property-value", f"properties `{name}.{lang}` must be text"
                )
            elif is_owed:
                self.notes.warn(
                    self.id, "translation", f"`{name}.{lang}` is missing in properties"
                )
        return Texts(kazakh, others.get("ru"), others.get("en"))

    def check(self) -> Check | None:
        """FEEL of its own that must be true of the answers, with what is said."""
        feel, message = self.own_feel("check"), self.own("check.message")
        if feel is None:
            for name in sorted(self.properties):
                if name.startswith("check."):
                    self.refuse("check", f"properties `{name}` needs a `check`")
            return None
        if not message:
            self.refuse("check", "`check` needs a `check.message`, in Kazakh")
        return Check(
            feel, self.texts("check.message", message), self.own("check.at") or None
        )
