"""What a browser must not say while a person works: page errors, console errors, refused or failed requests.

Used by the `people` fixture for every page. A test that provokes a refusal announces it with `allow`; any other
refusal, and one that was announced but never came, fails the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page, Response

# Chromium's own line about an answer of 400 or more; the answer itself is judged, with its address.
_NETWORK_LINE = "Failed to load resource"


@dataclass
class Watch:
    """Everything that went wrong on the pages of one test."""

    troubles: list[str] = field(default_factory=list)
    allowed: dict[tuple[int, str], int] = field(default_factory=dict)

    def allow(self, status: int, path: str) -> None:
        """Let answers of this status pass where the address holds `path`; at least one must come."""
        self.allowed[(status, path)] = 0

    def follow(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("pageerror", self._page_error)
        page.on("console", self._console)
        page.on("response", self._response)

    def verdict(self) -> str:
        """What there is to complain of; an empty text when there is nothing."""
        missing = [
            f"an answer {status} of {path} was expected and never came"
            for (status, path), seen in self.allowed.items()
            if seen == 0
        ]
        return "\n".join([*self.troubles, *missing])

    def _page_error(self, error: Error) -> None:
        self.troubles.append(f"error in the page: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NETWORK_LINE):
            self.troubles.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status < 400:
            return
        for status, path in self.allowed:
            if response.status == status and path in response.url:
                self.allowed[(status, path)] += 1
                return
        self.troubles.append(f"{response.request.method} {response.url} was answered with {response.status}")
