"""Many pages at one lab: latency, months a second and memory (`python -m scripts.lab_load`).

Starts a lab of its own and lets each page play as a browser does: a request, a wait until the next
picture is due, now and then a lever. `--one` measures one page instead, as fast as it goes.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PICTURE = 0.1


class Page:
    """One browser, as far as the lab can tell."""

    def __init__(self, port: int, citizens: int, years: int) -> None:
        self.port, self.cookie = port, ""
        self.asking = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.ask("GET", "/")
        self.do("open", scenarios=["gov1", "gov2", "gov3"], citizens=citizens, years=years)

    def ask(self, method: str, path: str, body: Any = None) -> bytes:
        headers = {"content-type": "application/json", "cookie": self.cookie}
        text = None if body is None else json.dumps(body)
        self.asking.request(method, path, text, headers)
        came = self.asking.getresponse()
        content = came.read()
        kept = came.getheader("set-cookie")
        self.cookie = kept.partition(";")[0] if kept else self.cookie
        if came.status != 200:
            raise SystemExit(f"{path}: {came.status} {content[:200]!r}")
        return content

    def do(self, action: str, **asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("POST", f"/do/{action}", asked))
        return found


def started(citizens: int, pages: int) -> tuple[subprocess.Popen[str], int]:
    """A lab in a process of its own, and its port."""
    lab = subprocess.Popen(
        [sys.executable, str(ROOT / "run_sim.py"), "lab", "--port", "0", "--citizens",
         str(citizens), "--pages", str(pages)], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert lab.stdout is not None
    found = re.search(r":(\d+)/", lab.stdout.readline())
    if found is None:
        raise SystemExit("the lab did not start")
    return lab, int(found.group(1))


def memory_of(process: int) -> float:
    """Resident memory of a process in MiB; nan where the system does not say."""
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return float("nan")
    found = re.search(r"VmRSS:\s+(\d+)", text)
    return int(found.group(1)) / 1024 if found else float("nan")


def play(page: Page, speed: float, end: float, times: list[float], months: list[int]) -> None:
    """Play at a speed in months a second until the end, starting again when it is over."""
    each = max(_PICTURE, 1 / speed)
    step = max(1, round(speed * each))
    count = 0
    while time.monotonic() < end:
        begin = time.monotonic()
        frame = page.do("advance", months=step)
        times.append(time.monotonic() - begin)
        months.append(step)
        count += 1
        if frame["over"]:
            page.do("restart")
        elif count % 40 == 0:
            page.do("lever", name="government.budget", value=1.0 - 0.001 * (count % 300),
                    government=count % 3)  # fmt: skip
        time.sleep(max(0.0, each - (time.monotonic() - begin)))


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pages", type=int, default=30)
    asked.add_argument("--citizens", type=int, default=2000)
    asked.add_argument("--years", type=int, default=20)
    asked.add_argument("--minutes", type=float, default=5.0)
    asked.add_argument("--speed", type=float, default=2.0, help="months a second of each page")
    asked.add_argument("--one", action="store_true", help="one page, as fast as it goes")
    given = asked.parse_args()
    pages = 1 if given.one else given.pages
    lab, port = started(max(given.citizens, 2000), pages + 1)
    try:
        measure(given, pages, lab.pid, port)
    finally:
        lab.terminate()
        lab.wait(20)


def measure(given: argparse.Namespace, pages: int, process: int, port: int) -> None:
    """Let all pages play at once."""
    before = memory_of(process)
    opened = [Page(port, given.citizens, given.years) for _ in range(pages)]
    opened[0].do("advance", months=1)
    times: list[float] = []
    months: list[int] = []
    speed = 1e9 if given.one else given.speed
    begin = time.monotonic()
    end = begin + 60 * given.minutes
    if given.one:
        while time.monotonic() < end:
            start = time.monotonic()
            frame = opened[0].do("advance", months=1)
            times.append(time.monotonic() - start)
            months.append(1)
            if frame["over"]:
                opened[0].do("restart")
    else:
        threads = [threading.Thread(target=play, args=(page, speed, end, times, months))
                   for page in opened]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    seconds = time.monotonic() - begin
    ordered = sorted(times)
    print(
        f"{pages} pages of {given.citizens:,} citizens under three governments, {seconds:.0f} s:\n"
        f"  {sum(months) / seconds:.1f} months a second in all, "
        f"{len(times) / seconds:.1f} pictures a second\n"
        f"  latency: median {1000 * statistics.median(ordered):.0f} ms, "
        f"19 of 20 within {1000 * ordered[int(0.95 * len(ordered))]:.0f} ms, "
        f"slowest {1000 * ordered[-1]:.0f} ms\n"
        f"  memory: {before:.0f} MiB before, {memory_of(process):.0f} MiB after"
    )


if __name__ == "__main__":
    main()
