"""What each version of the saved format may hold: frozen, for rows of it are out there.

Another key, or another meaning of one, is another version: see
`docs/upgrading-spiffworkflow.md`.
"""

import json

V1 = {
    "case": {"v", "top", "over", "by"},
    "scope": {"d", "t", "r", "c", "w"},
    "state": {"w", "r", "s"},
    "kept": set(
        """via in done body item index arm start handler incident local key cycle
        called left""".split()
    ),
    "body": {"n", "started", "done", "left", "out"},
    "cycle": {"due", "every", "left"},
}
FROZEN = {
    "1": V1,
    "2": {
        **V1,
        "scope": V1["scope"] | {"i"},
        "kept": V1["kept"] | {"came", "name"},
    },
}


def keys_of(saved):
    """The keys that a saved case has, in the places that `FROZEN` names."""
    found = {place: set() for place in V1}
    case = json.loads(saved)
    found["case"] |= set(case)
    _scope(case["top"], found)
    return found


def _scope(scope, found):
    found["scope"] |= set(scope)
    tokens = list(scope.get("t", ()))
    tokens += [scope["r"]] if "r" in scope else []
    for token in tokens:
        assert 3 <= len(token) <= 6
        _token(token[2], token[4] if len(token) > 4 else None, found)
        if len(token) > 5:
            _scope(token[5], found)
    for text in scope.get("i", {}).values():
        for line in text.split("\n"):
            _token(line[32], json.loads(line[33:]), found)


def _token(letter, kept, found):
    found["state"].add(letter)
    found["kept"] |= set(kept or ())
    for key in ("body", "cycle"):
        found[key] |= set((kept or {}).get(key, ()))


def assert_frozen(saved):
    allowed = FROZEN[json.loads(saved)["v"]]
    for place, keys in keys_of(saved).items():
        assert keys <= allowed[place], f"new in the format: {keys - allowed[place]}"
