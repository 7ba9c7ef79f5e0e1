#!/usr/bin/env python3
"""The example of docs/CLIENTS.md: python3 example.py HOST PORT NAME"""

import asyncio
import sys

from tavern_client import Client, ConnectionLost, Refused, goods


def show(message):
    match message.WhichOneof("body"):
        case "chat":
            print(f"{message.chat.player}: {message.chat.text}")
        case "trade_result":
            print("the trade has ended")


async def play(host, port, name):
    client = Client([(host, port)], name, show)
    await client.connect()
    staying = asyncio.create_task(client.run())  # resumes whenever the connection is lost
    try:
        joined = await client.join("hall")
        print(f"{len(client.room.entities)} in {joined.room}")
        me = client.room.self
        client.move(me.x + 8, me.y)  # half a unit
        await client.chat("good evening")
        await client.offer(client.new_trade_id(), name, goods({"gold": 1}), goods())
    except Refused as refused:
        print(f"no: {refused}")  # TRADE_BAD_PARTNER: nobody trades with himself
    except ConnectionLost:
        print("nobody can say whether that was done")
    await client.bye()
    await staying


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
