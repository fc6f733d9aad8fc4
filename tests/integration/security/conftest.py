"""The desks of the task page's tests: an application, and people at browsers."""

from tests.integration.task_page.conftest import desks

__all__ = ["desks"]
