"""Many texts parsed at once are what each is by itself."""

from workflows.feel import FeelSyntaxError, Parser

TEXTS = [
    ("a + 1", False, frozenset[str]()),
    ("> 5, [1..3]", True, frozenset[str]()),
    ("income or loss * 2", False, frozenset({"income or loss"})),
    ("x instance of range<number>", False, frozenset[str]()),
    ("1 +", False, frozenset[str]()),
    ("(" * 200 + "1" + ")" * 200, False, frozenset[str]()),
    ("x" * 30_000, False, frozenset[str]()),
    ("", True, frozenset[str]()),
    ("Ә𝒳 = 1", False, frozenset[str]()),
]


def alone(parser: Parser, text: str, unary: bool, names: frozenset[str]) -> object:
    try:
        return parser.parse(text, unary=unary, known_names=names)
    except FeelSyntaxError as error:
        return str(error)


def test_many_give_what_each_gives_alone() -> None:
    with Parser() as parser:
        found = parser.parse_many(TEXTS * 20)

        told = [str(one) if isinstance(one, FeelSyntaxError) else one for one in found]
        assert isinstance(found[3], dict)
        assert told == [alone(parser, *asked) for asked in TEXTS] * 20
