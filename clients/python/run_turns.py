#!/usr/bin/env python3
"""Two players of the game `pot`, in which everybody puts in one and all are told how much there is.

    python3 run_turns.py HOST PORT SEED TURNS

Each puts in TURNS times, over connections that are cut all the time; the server may be killed and started again meanwhile.
Fails if a turn is missed or done twice, or is told out of order. Prints "half" in the middle, and how much there is in the end.
"""

import asyncio
import random
import sys

from google.protobuf.wrappers_pb2 import StringValue
from run_cuts import CuttingProxy, check
from tavern_client import Client, ConnectionLost

PATIENCE_SECONDS = 60


class Putter:
    def __init__(self, name, address):
        self.client = Client([address], name, self.hear)
        self.client.pause_seconds = 0.05
        self.pot = 0

    def hear(self, message):
        match message.WhichOneof("body"):
            case "joined":
                pot = self.value(message.joined.view)
                check(pot >= self.pot, f"there were {self.pot}, and now there are {pot}")
                self.pot = pot
            case "custom":
                pot = self.value(message.custom.payload)
                check(pot == self.pot + 1, f"there were {self.pot}, and now there are {pot}")
                self.pot = pot

    @staticmethod
    def value(payload):
        return int(StringValue.FromString(payload).value.removeprefix("old edition: "))

    async def enter(self):
        while True:
            await self.client.until_live()
            try:
                return await self.client.join("pot", type="pots")
            except ConnectionLost:
                pass

    async def put_in(self, turns):
        await self.enter()
        for turn in range(turns):
            if turn == turns // 2 and self.client.player == "ann":
                print("half", flush=True)
            await self.client.say(StringValue(value="one").SerializeToString())


async def main():
    server, seed, turns = (sys.argv[1], int(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4])
    proxy = CuttingProxy(server, random.Random(seed))
    proxy.is_cutting = True
    address = await proxy.start()
    players = [Putter("ann", address), Putter("bob", address)]
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        for player in players:
            tasks.create_task(player.client.run())
        await asyncio.gather(*(player.put_in(turns) for player in players))
        proxy.is_cutting = False
        while any(player.pot < turns * len(players) for player in players):
            await asyncio.sleep(0.01)
        for player in players:
            await player.client.bye()
    check(proxy.cuts > 0, "nothing was cut")
    print(players[0].pot)


if __name__ == "__main__":
    asyncio.run(main())
