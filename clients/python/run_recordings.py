#!/usr/bin/env python3
"""Plays recorded sessions to the client, and compares what it says, knows and has told (docs/CONFORMANCE.md).

    python3 run_recordings.py docs/recordings/*.jsonl
"""

import asyncio
import json
import sys
import time

from google.protobuf.json_format import MessageToDict, ParseDict
from tavern.v1 import client_pb2, common_pb2, server_pb2
from tavern_client import Client, ConnectionLost, Refused, error_name, read_frame

STEP_SECONDS = 10

# The answers of requests whose methods return nothing that says it.
ANSWERS = {
    "leave_room": "left",
    "whisper": "whisper_delivered",
    "get_inventory": "inventory_page",
    "ping": "pong",
}
BODIES = {
    field.message_type.full_name: field.name for field in server_pb2.ServerMessage.DESCRIPTOR.oneofs_by_name["body"].fields
}


class Replay:
    """The server's end of the recorded connections, and the user of the client."""

    def __init__(self, lines):
        self.about = json.loads(lines[0])
        self.steps = [json.loads(line) for line in lines[1:]]
        self.connections = asyncio.Queue()
        self.reader = self.writer = self.connecting = None
        self.order = {}  # seq of a request -> how many messages had come when it was answered
        self.heard = 0
        self.requests = set()
        self.forget()

    def forget(self):
        self.answers, self.lost, self.events = [], [], []

    async def play(self):
        server = await asyncio.start_server(lambda *streams: self.connections.put_nowait(streams), "127.0.0.1", 0)
        self.client = Client([server.sockets[0].getsockname()], self.about["player"], self.hear)
        try:
            for number, step in enumerate(self.steps, start=2):
                try:
                    await asyncio.wait_for(self.step(step), STEP_SECONDS)
                except Exception as e:
                    raise AssertionError(f"line {number}: {type(e).__name__} {e}") from e
        finally:
            await self.client.close()
            server.close()

    async def step(self, step):
        match step:
            case {"connection": "open"}:
                self.connected_at = time.monotonic()
                self.connecting = asyncio.create_task(self.client.connect())
                self.reader, self.writer = await self.connections.get()
            case {"connection": "closed"}:
                self.writer.close()
                await self.disconnected()
            case {"client": _, "frame": sent}:
                recorded = client_pb2.ClientMessage.FromString(await message_of(bytes.fromhex(sent)))
                await self.say(recorded)
                said = client_pb2.ClientMessage.FromString(await read_frame(self.reader))
                if recorded.HasField("hello"):
                    said.hello.follows = recorded.hello.follows  # P-106: the library's own
                if recorded.HasField("ping"):
                    said.ping.nonce = recorded.ping.nonce
                equal("the client's message", said, recorded)
            case {"server": _, "frame": sent}:
                self.writer.write(bytes.fromhex(sent))
            case {"expect": expected}:
                until = time.monotonic() + STEP_SECONDS / 2
                while self.view(expected) != expected and time.monotonic() < until:
                    await asyncio.sleep(0.002)  # bytes may be on their way
                equal("the client's view", self.view(expected), expected)
                self.forget()
            case _:
                raise AssertionError("an unknown kind of line")

    async def disconnected(self):
        try:
            await self.connecting
            await self.client.closed()
        except EOFError:
            pass
        except Refused:
            pass  # heard as an answer

    # ---- the user ----

    async def say(self, message):
        """Asks the client for what this message says."""
        kind = message.WhichOneof("body")
        body = getattr(message, kind)
        client = self.client
        if kind == "hello":
            return  # the client says it by itself
        await self.connecting
        match kind:
            case "move":
                client.move(body.x, body.y)
            case "bye":
                self.request(message.seq, None, client.bye())
            case "ping":
                self.request(message.seq, kind, client.ping())
            case "join_room":
                self.request(message.seq, kind, client.join(body.room))
            case "leave_room":
                self.request(message.seq, kind, client.leave())
            case "list_rooms":
                self.request(message.seq, kind, client.list_rooms(body.prefix, body.after, body.max))
            case "get_inventory":
                self.request(message.seq, kind, client.read_inventory())
            case "chat":
                self.request(message.seq, kind, client.chat(body.text))
            case "whisper":
                self.request(message.seq, kind, client.whisper(body.to, body.text))
            case "trade_offer":
                self.check_new_id()
                give, want = (getattr(body, side) if body.HasField(side) else None for side in ("give", "want"))
                self.request(message.seq, kind, client.offer(body.trade_id, body.to, give, want))
            case "trade_accept":
                self.request(message.seq, kind, client.accept(getattr(body, "from"), body.trade_id))
            case "trade_decline":
                self.request(message.seq, kind, client.decline(getattr(body, "from"), body.trade_id))
            case "trade_cancel":
                self.request(message.seq, kind, client.cancel(body.trade_id))
            case _:
                raise AssertionError(f"this runner cannot ask for {kind}")

    def request(self, seq, kind, coroutine):
        task = asyncio.create_task(coroutine)
        self.requests.add(task)  # the loop by itself does not keep it alive
        task.add_done_callback(lambda task: self.answered(seq, kind, task))

    def answered(self, seq, kind, task):
        self.requests.discard(task)
        if kind is None or task.cancelled():
            return
        match task.exception():
            case None:
                result = task.result()
                self.answers.append({"seq": seq, "is": ANSWERS.get(kind) or BODIES[result.DESCRIPTOR.full_name]})
            case Refused() as refused:
                self.answers.append({"seq": seq, "is": "error", "code": error_name(refused.code)})
            case ConnectionLost():
                self.lost.append(seq)
            case failure:
                raise failure

    def check_new_id(self):
        """P-57: an id by the time of the server, which is not that of this machine."""
        new = int.from_bytes(self.client.new_trade_id(), "big")
        since_connect = (time.monotonic() - self.connected_at) * 1000  # when the Welcome came is known to the client alone
        is_version_7 = new >> 76 & 0xF == 7 and new >> 62 & 0x3 == 2
        if not is_version_7 or not 0 <= (new >> 80) - self.server_ms <= since_connect + 1:
            raise AssertionError(f"{new:032x} is no id of now")

    def hear(self, message):
        """What the client tells its user."""
        self.heard += 1
        kind = message.WhichOneof("body")
        seq = message.reply_to
        if kind == "welcome":
            self.server_ms = message.welcome.server_time_ms
        elif kind == "chat" and message.chat.player == self.client.player:
            seq = message.chat.client_seq
        self.order[seq] = self.heard
        # What answers no request that anybody waits for.
        if kind == "move_rejected":
            self.answers.append({"seq": seq, "is": kind})
        elif kind == "error" and (seq == 0 or not self.client.is_live):
            self.answers.append({"seq": seq, "is": kind, "code": error_name(message.error.code)})
        if kind != "joined" and (message.room_seq or message.session_seq):
            event = as_json(message)
            for number in ("reply_to", "room_seq", "session_seq"):
                event.pop(number, None)
            self.events.append(event)

    # ---- what it knows ----

    def view(self, expected):
        view = {}
        client = self.client
        if "room" in expected:
            entities = client.room.entities if client.room else {}
            view = {
                "resumed": client.resumed,
                "room": client.room.name if client.room else "",
                "entities": [as_json(entity_message(entities[id])) for id in sorted(entities)],
                "inventory": as_json(inventory_message(client.inventory)),
            }
        view["answers"] = sorted(self.answers, key=lambda answer: self.order[answer["seq"]])
        view["lost"] = sorted(self.lost)
        view["events"] = self.events
        return view


async def message_of(frame):
    stream = asyncio.StreamReader()
    stream.feed_data(frame)
    return await read_frame(stream)


def as_json(message):
    return MessageToDict(message, preserving_proto_field_name=True)


def entity_message(entity):
    if not entity.in_view:
        return server_pb2.Entity(id=entity.id, player=entity.player, away=True)
    return server_pb2.Entity(id=entity.id, player=entity.player, x=entity.x, y=entity.y, seq=entity.seq)


def inventory_message(inventory):
    return common_pb2.Inventory(
        stacks=[common_pb2.Stack(kind=kind, count=count) for kind, count in sorted(inventory.stacks.items())],
        items=[common_pb2.Item(id=id, kind=kind) for id, kind in sorted(inventory.items.items())],
        version=inventory.version,
    )


def equal(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}\n  is        {found}\n  should be {expected}")


def main(files):
    failed = 0
    for file in files:
        with open(file, encoding="utf-8") as lines:
            replay = Replay(list(lines))
        try:
            asyncio.run(replay.play())
            print(f"{replay.about['recording']}: ok")
        except AssertionError as e:
            failed += 1
            print(f"{replay.about['recording']}: {e}")
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
