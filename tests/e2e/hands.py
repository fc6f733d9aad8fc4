"""How somebody works a page: with a mouse, or with nothing but the keyboard."""

from pathlib import Path

from playwright.sync_api import expect

MOST_STOPS = 250  # a page that has more is nobody's to tab through
MOST_CHOICES = 20
DATES = ("%d%m%Y", "%m%d%Y")  # as a browser asks for them; its own language decides
NOW = """(node, isThere) => {
  const now = document.activeElement;
  return [isThere === "group" ? node.name === now.name : node === now,
    window.inspect.focusNow()];
}"""


class Mouse:
    """Points at what it wants."""

    def __init__(self, page):
        self.page = page

    def press(self, control):
        control.click()

    def write(self, field, text):
        field.fill(text)

    def write_day(self, field, day):
        field.fill(day.isoformat())

    def check(self, control):
        control.check()

    def choose(self, select, value):
        select.select_option(value)

    def tick(self, row):
        row.get_by_role("checkbox").check()


class Keyboard:
    """Gets everywhere by keys, and sees at each stop where it is."""

    def __init__(self, page):
        self.page = page
        page.add_init_script(path=Path(__file__).with_name("inspection.js"))

    def press(self, control):
        self.reach(control)
        self.page.keyboard.press("Enter")

    def write(self, field, text):
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def write_day(self, field, day):
        self.reach(field)
        for pattern in DATES:
            self.page.keyboard.type(day.strftime(pattern))
            if field.input_value() == day.isoformat():
                return
            for _ in ("month or day", "the first"):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"the date came out as {field.input_value()}")

    def check(self, control):
        """A radio's group is one stop: arrows go on from there."""
        self.reach(control, "group")
        self.page.keyboard.press("Space")
        self._arrow_until(control.is_checked)

    def choose(self, select, value):
        """A list may open another page as soon as another line is chosen."""
        self.reach(select)
        self._arrow_until(lambda: select.input_value() == value)

    def tick(self, row):
        """As the sheet of keys has it: j to the next task, x to tick."""
        while self.page.evaluate("document.activeElement.matches('input, select')"):
            self.page.keyboard.press("Tab")  # there letters are what one types
        self.reach(row.get_by_role("link"), key="j")
        self.page.keyboard.press("x")

    def reach(self, control, where="itself", key="Tab"):
        expect(control).to_be_visible()
        for _ in range(MOST_STOPS):
            is_there, wrong = control.evaluate(NOW, where)
            assert wrong == [], wrong
            if is_there:
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} never gets to {control}")

    def _arrow_until(self, is_so):
        for _ in range(MOST_CHOICES):
            if is_so():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("the arrow never gets there")
