"""A proxy that delays what goes to the platform, each piece by a random time; answers pass at once.

Prints the port it listens on:  python -m tests.bench.quota_proxy TARGET_PORT JITTER_MS
"""

from __future__ import annotations

import asyncio
import random
import sys

PIECE = 65_536


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, jitter_s: float) -> None:
    try:
        while piece := await reader.read(PIECE):
            await asyncio.sleep(random.uniform(0, jitter_s))
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(target_port: int, jitter_s: float) -> None:
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", target_port)
        await asyncio.gather(pump(reader, to_writer, jitter_s), pump(to_reader, writer, 0))

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
