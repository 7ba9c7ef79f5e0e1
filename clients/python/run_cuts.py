#!/usr/bin/env python3
"""Two players chat, trade and move on a server, one of them over connections that are cut all the time.

    python3 run_cuts.py HOST PORT SEED

Fails if an event is missed, comes twice or out of order, if a trade is done twice, or if the two do not see the same in
the end. Then it prints what they see as one line of JSON, and they stay until the input ends.
"""

import asyncio
import json
import random
import sys
from collections import Counter

from tavern.v1 import server_pb2
from tavern_client import Client, ConnectionLost, Refused, goods

LINES = 60
TRADES = 15
PRICE = 5
RESUMES_MIN = 10
LAST_WORDS = "that is all"
PATIENCE_SECONDS = 60


class CuttingProxy:
    """Passes bytes on, and cuts each connection after some bytes of either direction, wherever in a frame that is."""

    def __init__(self, server, chance):
        self.server = server
        self.chance = chance
        self.cuts = 0
        self.is_cutting = False

    async def start(self):
        self.listening = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self.listening.sockets[0].getsockname()

    async def serve(self, reader, writer):
        try:
            there, back = await asyncio.open_connection(*self.server)
        except OSError:
            writer.close()  # the server is being started
            return
        left = self.chance.randint(100, 1200)

        async def pump(source, sink):
            nonlocal left
            while data := await source.read(4096):
                if self.is_cutting and left < len(data):
                    sink.write(data[:left])
                    self.cuts += 1
                    return
                left -= len(data)
                sink.write(data)

        pumps = [asyncio.create_task(pump(reader, back)), asyncio.create_task(pump(there, writer))]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.wait(pumps)
        for side in (writer, back):
            side.close()


class Player:
    def __init__(self, name, address, chance):
        self.client = Client([address], name, self.hear)
        self.client.pause_seconds = 0.05
        self.chance = chance
        self.lines = []
        self.whispers = []
        self.offers = asyncio.Queue()
        self.results = []
        self.sessions = 0
        self.resumed = 0

    def hear(self, message):
        match message.WhichOneof("body"):
            case "welcome":
                self.resumed += message.welcome.resumed
                self.sessions += not message.welcome.resumed
            case "chat":
                self.lines.append((message.chat.player, message.chat.text))
            case "whisper":
                self.whispers.append(message.whisper.text)
            case "trade_offered":
                self.offers.put_nowait(message.trade_offered)
            case "trade_result":
                self.results.append(message.trade_result)

    async def again(self, ask):
        """Asks until there is an answer: only for what is not done twice."""
        while True:
            try:
                await self.client.until_live()
                return await ask()
            except ConnectionLost:
                pass
            except Refused as refused:
                if refused.family != 6:
                    raise
                await asyncio.sleep(max(refused.retry_after_ms, 20) / 1000)

    async def talk(self, to):
        """Returns the lines and whispers that were certainly sent."""
        lines, whispers = [], []
        for number in range(LINES):
            await self.client.until_live()
            for ask, sent, text in (
                (self.client.chat, lines, f"{self.client.player} {number}"),
                (lambda text: self.client.whisper(to.client.player, text), whispers, f"psst {number}"),
            ):
                try:
                    await ask(text)
                    sent.append(text)
                except ConnectionLost:
                    pass  # it was heard, or it was not
            await asyncio.sleep(0.01)
        return lines, whispers

    async def sell(self, to):
        """Gold for potions, each offer repeated with its id until there is an answer."""
        for _ in range(TRADES):
            trade_id = self.client.new_trade_id()
            offer = lambda: self.client.offer(trade_id, to.client.player, goods({"gold": PRICE}), goods({"potion": 1}))
            await self.again(offer)
            # The outcome comes as an event, once; the offer again gets it too.
            while not any(result.trade_id == trade_id for result in self.results):
                await asyncio.sleep(0.01)

    async def buy(self):
        for _ in range(TRADES):
            offered = await self.offers.get()
            await self.again(lambda: self.client.accept(getattr(offered, "from"), offered.trade_id))

    async def walk(self):
        step = 12  # in 1/16 of a unit, twenty times a second, is slower than a player may be
        while True:
            entity = self.client.room and self.client.room.self
            if entity is not None:
                joined = self.client.room.joined
                x = entity.x + self.chance.choice((-step, 0, step)) // 2
                y = entity.y + self.chance.choice((-step, 0, step)) // 2
                self.client.move(min(max(x, 0), joined.map_width), min(max(y, 0), joined.map_height))
            await asyncio.sleep(0.05)

    async def stand(self):
        """Makes a last move and waits until it has counted: none that was made before can come after it."""
        here = self.client.room.self
        while True:
            seq = self.client.move(here.x, here.y)
            until = asyncio.get_running_loop().time() + 1
            while asyncio.get_running_loop().time() < until:
                here = self.client.room.self
                if seq and here.seq == seq:
                    return
                await asyncio.sleep(0.01)

    def potions(self):
        return self.client.inventory.stacks.get("potion", 0)

    def gold(self):
        return self.client.inventory.stacks.get("gold", 0)

    def places(self):
        return {entity.player: [entity.x, entity.y] for entity in self.client.room.entities.values()}


def check(holds, what):
    if not holds:
        raise AssertionError(what)


async def play(ann, bob, proxy, seed):
    for player in (ann, bob):
        await player.again(lambda: player.client.join(f"cuts-{seed}"))
    while not (ann.client.inventory.complete and bob.client.inventory.complete):
        await asyncio.sleep(0.01)
    before = [(player.gold(), player.potions()) for player in (ann, bob)]

    proxy.is_cutting = True
    walks = [asyncio.create_task(player.walk()) for player in (ann, bob)]
    (annsaid, annwhispered), (bobsaid, bobwhispered), *_ = await asyncio.gather(
        ann.talk(bob), bob.talk(ann), ann.sell(bob), bob.buy()
    )
    while ann.resumed < RESUMES_MIN:
        await bob.client.chat("once more")
    for walk in walks:
        walk.cancel()
    proxy.is_cutting = False
    await bob.client.chat(LAST_WORDS)
    while not (ann.lines and ann.lines[-1][1] == LAST_WORDS and ann.client.is_live):
        await asyncio.sleep(0.01)
    await asyncio.gather(ann.stand(), bob.stand())
    # Events of the room and personal ones have no order between them.
    while len(ann.whispers) < len(bobwhispered) or ann.places() != bob.places() or not ann.client.inventory.complete:
        await asyncio.sleep(0.01)

    check(ann.sessions == bob.sessions == 1, f"sessions were lost: {ann.sessions - 1}, {bob.sessions - 1}")
    check(ann.lines == bob.lines[-len(ann.lines) :], "the room's events are not the same for both")
    spoken = Counter(text for _, text in ann.lines)
    for text in annsaid + bobsaid:
        check(spoken[text] == 1, f"{text!r} was heard {spoken[text]} times")
    check(ann.whispers == bobwhispered, "ann has not heard all whispers, once and in order")
    heard = Counter(bob.whispers)
    for text in annwhispered:
        check(heard[text] == 1, f"{text!r} was heard {heard[text]} times")
    check(all(result.outcome == server_pb2.COMMITTED for result in ann.results), "not all trades were committed")
    check(len({result.trade_id for result in ann.results}) == TRADES, "not as many trades as offers")
    (ann_gold, ann_potions), (bob_gold, bob_potions) = before
    check(ann.gold() == ann_gold - PRICE * TRADES and bob.gold() == bob_gold + PRICE * TRADES, "gold was lost or made")


async def main():
    server, seed = (sys.argv[1], int(sys.argv[2])), int(sys.argv[3])
    chance = random.Random(seed)
    proxy = CuttingProxy(server, chance)
    ann, bob = Player("ann", await proxy.start(), chance), Player("bob", server, chance)
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
        for player in (ann, bob):
            tasks.create_task(player.client.run())
        await play(ann, bob, proxy, seed)
        report(ann, bob, proxy)
        await asyncio.to_thread(sys.stdin.read)
        for player in (ann, bob):
            await player.client.bye()


def report(ann, bob, proxy):
    print(
        json.dumps(
            {
                "cuts": proxy.cuts,
                "resumed": ann.resumed,
                "places": ann.places(),
                "gold": {"ann": ann.gold(), "bob": bob.gold()},
                "versions": {"ann": ann.client.inventory.version, "bob": bob.client.inventory.version},
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main())
