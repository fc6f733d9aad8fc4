"""The findings that reading a form collects."""

from forms.problems import Finding


class Notebook:
    """Errors refuse the form; warnings come along with it. Ids are kept unique here."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []
        self.ids: set[str] = set()
        self.is_full = False  # whether it was said that the form is too large

    def refuse(self, element_id: str | None, rule: str, message: str) -> None:
        self.errors.append(Finding(self.file, element_id, rule, "error", message))

    def warn(self, element_id: str | None, rule: str, message: str) -> None:
        self.warnings.append(Finding(self.file, element_id, rule, "warning", message))
