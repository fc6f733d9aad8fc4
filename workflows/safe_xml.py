"""XML from outside: read without entities, without the network, within bounds."""

from dataclasses import dataclass, field
from xml.parsers import expat

from lxml import etree

from workflows.model import Finding, RasimError

# A drawing of 10,000 elements with its diagram has about 8 MB.
LARGEST_BYTES = 16 * 1024 * 1024
DEEPEST = 100
# Some sixteen bytes make an element that takes two hundred in memory.
MOST_ELEMENTS = 400_000
MOST_ATTRIBUTES = 1_000  # of one element
LONGEST_ATTRIBUTE = 100_000  # characters; the longest expression has 20,000


class XmlRefused(RasimError):
    """The file {file} cannot be read as XML."""

    finding: Finding

    def __init__(self, finding: Finding) -> None:
        super().__init__(file=finding.file)
        self.finding = finding


def open_xml(xml: bytes, file: str) -> etree._Element:
    """The root element of a file; XmlRefused when it is malformed or unsafe.

    expat goes first, because it tells of a DOCTYPE before anything in it is expanded:
    lxml would expand the entities of an attribute while it parses.
    """
    if len(xml) > LARGEST_BYTES:
        raise _refused(
            file,
            "xml-too-large",
            f"The file has {len(xml)} bytes, and {LARGEST_BYTES} are allowed. "
            "Split it into several files.",
        )
    _Guard(file).read(xml)
    try:
        return parse_xml(xml)
    except etree.XMLSyntaxError as error:  # expat does not look at namespaces
        raise _refused(
            file,
            "xml-malformed",
            f"The file is not well-formed XML ({error.msg}). "
            "Save it again from the editor that drew it.",
        ) from error


def parse_xml(xml: bytes) -> etree._Element:
    """The root element of a file that `open_xml` has accepted before."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(xml, parser)


@dataclass
class _Guard:
    """Refuses what must not reach the parser that builds the tree."""

    file: str
    depth: int = 0
    elements: int = 0
    parser: expat.XMLParserType = field(init=False)

    def read(self, xml: bytes) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        try:
            self.parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise _refused(
                self.file,
                "xml-malformed",
                f"Line {error.lineno}, column {error.offset + 1}: the file is not "
                f"well-formed XML ({expat.ErrorString(error.code)}). "
                "Save it again from the editor that drew it.",
            ) from error
        except (LookupError, ValueError) as error:
            raise _refused(
                self.file,
                "xml-malformed",
                f"The file cannot be read as XML ({error}). Save it as UTF-8.",
            ) from error

    def _doctype(self, *_: object) -> None:
        raise _refused(
            self.file,
            "xml-doctype",
            f"Line {self.parser.CurrentLineNumber}: a DOCTYPE is not allowed, for it "
            "can define entities. Remove it.",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise _refused(
                self.file,
                "xml-too-large",
                f"The file has more than {MOST_ELEMENTS} elements. "
                "Split it into several files.",
            )
        self._check_attributes(name, attributes)
        if self.depth > DEEPEST:
            raise _refused(
                self.file,
                "xml-too-deep",
                f"Line {self.parser.CurrentLineNumber}: elements are nested deeper "
                f"than {DEEPEST} levels. Nest fewer of them.",
            )

    def _check_attributes(self, name: str, attributes: dict[str, str]) -> None:
        told = f"Line {self.parser.CurrentLineNumber}: "
        if len(attributes) > MOST_ATTRIBUTES:
            reason = f"{name[:80]} has more than {MOST_ATTRIBUTES} attributes. "
            raise _refused(self.file, "xml-too-long", f"{told}{reason}Remove some.")
        for attribute, value in attributes.items():
            if len(attribute) + len(value) > LONGEST_ATTRIBUTE:
                reason = (
                    f"the attribute {attribute[:80]} has more than "
                    f"{LONGEST_ATTRIBUTE} letters. "
                )
                raise _refused(self.file, "xml-too-long", f"{told}{reason}Shorten it.")

    def _end(self, _name: str) -> None:
        self.depth -= 1


def _refused(file: str, rule: str, message: str) -> XmlRefused:
    return XmlRefused(Finding(file, None, rule, "error", message))
