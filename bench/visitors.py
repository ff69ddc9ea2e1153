"""The respondents of bench/journey.py: a process of its own, with an HTTP client that costs little beside the pages.

It reads one JSON line with what to do from its standard input and writes one with what it measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

FIELD = re.compile(rb'name="(q-[^"]+)"')
HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PLACE = re.compile(rb"\r\nlocation: *([^\r\n#]+)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)
MOST_REQUESTS = 200


@dataclass
class Seen:
    """What the respondents saw. Seconds of whole pages: of a form sent and of the page that came after it."""

    pages: list[float] = field(default_factory=list)
    journeys: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)


@dataclass
class Browser:
    """One keep-alive connection with its cookies."""

    port: int
    cookies: dict[bytes, bytes] = field(default_factory=dict)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """(status, head, body); once more on a new connection when the server has closed the old one."""
        try:
            return await self._ask(method, path, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            return await self._ask(method, path, body)

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.streams
        writer.write(self._head(method, path, len(body)) + body)
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        content = await reader.readexactly(int(length[1])) if length else b""
        self.cookies |= dict(COOKIE.findall(head))
        if b"\r\nconnection: close" in head.lower():
            self.close()
        return int(head[9:12]), head, content

    def _head(self, method: str, path: str, length: int) -> bytes:
        cookies = b"; ".join(name + b"=" + value for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: 127.0.0.1", b"Sec-Fetch-Site: same-origin"]
        lines += [b"Cookie: " + cookies] if cookies else []
        if method == "POST":
            lines += [
                b"Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {length}".encode(),
            ]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
        self.streams = None


async def follow(browser: Browser, answer: tuple[int, bytes, bytes], path: str) -> tuple[int, str, bytes]:
    """(status, path, content) behind every redirect."""
    status, head, content = answer
    while status in {302, 303}:
        place = PLACE.search(head)
        assert place is not None
        path = place[1].decode()
        status, head, content = await browser.ask("GET", path)
    return status, path, content


async def journey(
    browser: Browser, link: str, answers: dict[str, list[str]], pause: float, seen: Seen
) -> None:
    """From the link to the receipt."""
    _status, path, content = await follow(browser, await browser.ask("GET", link), link)
    sends_to = "/answer/begin"
    for _request in range(MOST_REQUESTS):
        fields = form_fields(path, content, answers)
        if pause:
            await asyncio.sleep(pause)
        began = time.perf_counter()
        answer = await browser.ask("POST", sends_to, urlencode(fields, doseq=True).encode())
        status, path, content = await follow(browser, answer, sends_to)
        seen.pages.append(time.perf_counter() - began)
        if status != 200:
            seen.errors.append(f"{status} {path}")
            return
        if sends_to == "/answer/send":
            seen.journeys += 1
            return
        sends_to = "/answer/send" if path.startswith("/answer/check") else path
    seen.errors.append(f"no end: {path}")


def form_fields(path: str, content: bytes, answers: dict[str, list[str]]) -> dict[str, list[str]]:
    fields = {name.decode(): [value.decode()] for name, value in HIDDEN.findall(content)}
    names = dict.fromkeys(name.decode() for name in FIELD.findall(content))
    fields |= {name: answers[name] for name in names if name in answers}
    return fields | {"action": ["continue"], **({} if "/step/" in path else {"consent_given": ["yes"]})}


async def journeys(task: dict[str, Any], seen: Seen) -> None:
    """`task`: port, concurrency, seconds of pause, links, and the answers by the name of their field."""
    links = iter(task["links"])

    async def respondent(number: int) -> None:
        # Respondents do not press their buttons at one moment.
        await asyncio.sleep(task["pause"] * number / task["concurrency"])
        for link in links:
            browser = Browser(task["port"])
            await journey(browser, link, task["answers"], task["pause"], seen)
            browser.close()

    await asyncio.gather(*(respondent(number) for number in range(task["concurrency"])))


async def questions(task: dict[str, Any], seen: Seen) -> None:
    """The pages of questions alone: everybody has agreed to answer before the clock starts, and nobody sends."""
    begun = []
    for link in task["links"]:
        browser = Browser(task["port"])
        _status, path, content = await follow(browser, await browser.ask("GET", link), link)
        fields = urlencode(form_fields(path, content, {}), doseq=True).encode()
        begun.append(
            (browser, *await follow(browser, await browser.ask("POST", "/answer/begin", fields), path))
        )
        browser.close()
    waiting = iter(begun)
    began = time.perf_counter()

    async def respondent() -> None:
        for browser, _status, path, content in waiting:
            while "/answer/step/" in path:
                sent = time.perf_counter()
                fields = urlencode(form_fields(path, content, task["answers"]), doseq=True).encode()
                status, path, content = await follow(browser, await browser.ask("POST", path, fields), path)
                seen.pages.append(time.perf_counter() - sent)
                seen.errors += [f"{status} {path}"] if status != 200 else []
            browser.close()

    await asyncio.gather(*(respondent() for _ in range(task["concurrency"])))
    seen.seconds = time.perf_counter() - began


async def floor(task: dict[str, Any], seen: Seen) -> None:
    """One address, asked again and again for some seconds."""
    end = time.perf_counter() + task["seconds"]

    async def asker() -> None:
        browser = Browser(task["port"])
        while (began := time.perf_counter()) < end:
            status, _head, _content = await browser.ask("GET", task["path"])
            seen.pages.append(time.perf_counter() - began)
            if status != 200:
                seen.errors.append(str(status))
        browser.close()

    await asyncio.gather(*(asker() for _ in range(task["concurrency"])))


WORK: dict[str, Callable[[dict[str, Any], Seen], Awaitable[None]]] = {
    "journeys": journeys,
    "questions": questions,
    "floor": floor,
}


def main() -> None:
    task = json.loads(sys.stdin.readline())
    seen = Seen()
    began = time.perf_counter()
    used = time.process_time()
    asyncio.run(WORK[task["work"]](task, seen))
    seen.seconds = seen.seconds or time.perf_counter() - began
    result = {"own": time.process_time() - used, **vars(seen)}
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
