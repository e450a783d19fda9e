"""A first sync of many pages against bare httpx fetching the same pages, one at a time.

The vendor is a process of its own that answers with pages that were made before, so that what is
measured is ours: the transport, the decoding, the cleaning, the journal on disk and the queue.
"""

import asyncio
import json
import multiprocessing
import re
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tui.cli.arguments import Options
from tui.cli.bootstrap import compose
from tui.cli.configured import load_configuration

PAGES = 1_000
PAGE_SIZE = 100
_PAGE = re.compile(rb"[?&]page=(\d+)")
_CONFIGURATION = """\
poll_interval = 0

[[workspaces]]
name = "bench"
vendor = "questionpro"
workspace_id = "1"
base_url = "http://127.0.0.1:{port}"
credential = {{ command = ["echo", "bench-key"] }}
call_budget = {{ calls = 100000000, days = 1 }}
"""


def main() -> None:
    """Print the seconds of both, and their ratio. Latency in milliseconds is the argument."""
    latency_s = float(sys.argv[1]) / 1e3 if len(sys.argv) > 1 else 0.0
    ours, bare = measure(latency_s)
    print(f"{ours:.2f} {bare:.2f} {ours / bare:.2f}")


def measure(latency_s: float, pages: int = PAGES) -> tuple[float, float]:
    """Return the seconds of our sync and of bare httpx."""
    ready: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(ready, latency_s, pages), daemon=True)
    server.start()
    try:
        port = ready.get(timeout=60)
        bare = asyncio.run(_fetch_bare(port, pages))
        return _sync(port), bare
    finally:
        server.terminate()


async def _fetch_bare(port: int, pages: int) -> float:
    async with httpx.AsyncClient(headers={"Accept-Encoding": "gzip"}) as client:
        start = time.perf_counter()
        for number in range(1, pages + 1):
            answer = await client.get(f"http://127.0.0.1:{port}/?page={number}&perPage=100")
            assert answer.status_code == 200
        return time.perf_counter() - start


def _sync(port: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        path.write_text(_CONFIGURATION.format(port=port), encoding="utf-8")
        path.chmod(0o600)
        options = Options(config_file=str(path), workspaces=[], observe=False)
        deck = compose(
            load_configuration(path), options, folder=Path(folder, "state"), has_rate_limits=False
        )
        deck.service.start()
        start = time.perf_counter()
        health = deck.service.sweep("bench").result()
        took = time.perf_counter() - start
        assert health.error is None, health.error
        deck.service.stop()
        return took


def _serve(ready: "multiprocessing.Queue[int]", latency_s: float, pages: int) -> None:
    bodies = [_page(number, pages) for number in range(pages)]
    asyncio.run(_answer(ready, bodies, latency_s))


def _page(number: int, pages: int) -> bytes:
    first = number * PAGE_SIZE
    data = [_ticket(first + each) for each in range(PAGE_SIZE)]
    pager = {"page": number + 1, "perPage": PAGE_SIZE, "totalCount": pages * PAGE_SIZE}
    body = json.dumps({"data": data, "pagerOptions": pager}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def _ticket(number: int) -> dict[str, object]:
    return {
        "id": 100_000 + number,
        "createdAt": "2026-02-04T08:59:51.863Z",
        "updatedAt": "2026-02-04T08:59:52.000Z",
        "deletedAt": None,
        "feedbackId": 25739,
        "priority": "HIGH" if number % 7 == 0 else "LOW",
        "status": "NEW",
        "type": "MANUAL TICKET",
        "description": f"Till {number} does not print\nSince noon no receipt leaves it.",
        "customerName": f"Customer {number}",
        "customerEmail": f"c{number}@customer.example",
        "originSegment": {"id": 188602, "code": "S1", "name": "Main Segment"},
        "assignedUser": {"name": "Manager 1", "email": "m1@customer.example"},
    }


async def _answer(
    ready: "multiprocessing.Queue[int]", bodies: list[bytes], latency_s: float
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                found = _PAGE.search(head)
                number = int(found[1]) - 1 if found else 0
                if latency_s:
                    await asyncio.sleep(latency_s)
                writer.write(bodies[min(number, len(bodies) - 1)])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    ready.put(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    main()
