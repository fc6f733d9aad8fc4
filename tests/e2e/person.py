"""Somebody at a browser: signs in, opens pages, and notes what a page does wrong."""

import re

from tests.e2e.service import PASSWORD


class Person:
    """One page of one browser; `faults` is what its scripts and files did wrong."""

    def __init__(self, page):
        self.page = page
        self.faults = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)
        page.on("response", self._see)

    def sign_in(self, login, password=PASSWORD):
        self.page.goto("/sign-in")
        self.page.get_by_label("Пайдаланушы аты").fill(login)
        self.page.get_by_label("Құпиясөз").fill(password)
        self.page.get_by_role("button", name="Кіру").click()
        self.page.wait_for_url(re.compile(r"/(?!sign-in)\w+"))

    def open(self, path):
        """Go to a page of ours; gives the answer's status."""
        return self.page.goto(path).status

    def let_pass(self, seconds):
        """Time goes by in the browser, all at once: what a page asks for comes."""
        self.page.clock.fast_forward(seconds * 1000)

    def heading(self, text):
        return self.page.get_by_role("heading", level=1, name=text)

    def notice(self):
        """What the page says was just done; other regions speak later."""
        return self.page.locator(".r-notice[role=status]")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name):
        return self.page.get_by_role("link", name=name, exact=True)

    def row(self, number):
        """The row of a list that is about an application."""
        return self.page.get_by_role("row").filter(has_text=number)

    def tab(self, name):
        return self.page.get_by_role("tab", name=name)

    def _hear(self, message):
        # An answer with an error status is seen by _see, where we know what asked.
        is_status = message.text.startswith("Failed to load resource")
        # A question asked again is called off by a button; a true failure says more.
        is_called_off = message.text.startswith(("htmx:afterRequest", "htmx:sendAbort"))
        if message.type == "error" and not is_status and not is_called_off:
            self.faults.append(message.text)

    def _see(self, response):
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults.append(f"{response.status} {response.url}")
