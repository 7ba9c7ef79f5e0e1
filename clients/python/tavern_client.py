"""A client of Tavern in one file, written to be read, and to be ported to other languages.

It says and hears everything that docs/PROTOCOL.md describes; the names in brackets, such as P-22, are its rules. It needs
Python 3.11 or newer, protobuf, and the code that protoc makes of the schema (docs/CLIENTS.md). One event loop runs it all, so
there are no locks; a port with threads gives each client one thread, or one lane, of its own.
"""

import asyncio
import itertools
import logging
import os
import random
import time
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from tavern.v1 import client_pb2, common_pb2, server_pb2

PROTOCOL_VERSION = 2
FRAME_BYTES_MAX = 16 * 1024 * 1024  # P-4: the server's frames grow with the room
HELLO_SECONDS = 10
OPEN_REQUESTS_MAX = 1024
UNSENT_BYTES_MAX = 64 * 1024  # of moves: while more than this waits to be sent, they are dropped
HOPS_MAX = 5
HOPS_SECONDS = 10.0
PAUSE_SECONDS_MAX = 30
THROTTLED_SECONDS = 60  # P-7
SAY_AGAIN_MS_MIN = 50
IDLE_MS = 15_000
UINT32 = 0xFFFFFFFF

log = logging.getLogger("tavern")

# P-22: requests that are never done twice, because an id of their own says which they are. `say` repeats turns by itself.
REPEATABLE = {"trade_offer", "trade_accept", "trade_decline", "trade_cancel"}


class Refused(Exception):
    """The answer is an Error. Nothing of the request has happened, unless the code is UNAVAILABLE."""

    def __init__(self, error):
        super().__init__(f"{error_name(error.code)}: {error.text}")
        self.code = error.code
        self.retry_after_ms = error.retry_after_ms  # with a 6xx code: then the same may be asked again

    @property
    def family(self):
        """P-40: the hundreds of the code, which tell what ends; those to come are like 7."""
        return min(self.code // 100, 7)

    @property
    def ends_session(self):
        return self.family in (1, 2) and self.code != common_pb2.AUTH_THROTTLED  # P-7: that is for a minute only

    @property
    def is_verdict(self):
        """P-82: whether a game has refused the turn. The other codes say that it cannot be done now, or not here."""
        return self.family in (4, 5, 7) and self.code not in (common_pb2.NOT_IN_ROOM, common_pb2.ROOM_CLOSED)


class ConnectionLost(Exception):
    """There is no connection, or the answer was lost with it: nobody can say whether the request was carried out."""


class SentOnTooOften(ConnectionLost):
    """P-106: the player was sent elsewhere again and again, and is not for now. The session stays where it is."""

    def __init__(self, rest_seconds):
        super().__init__(f"sent on {HOPS_MAX} times within {HOPS_SECONDS:.0f} s")
        self.rest_seconds = rest_seconds  # until the player may be sent on again


def error_name(code):
    """The name of a code, or the number of one that is newer than this client (P-70)."""
    return common_pb2.ErrorCode.Name(code) if code in common_pb2.ErrorCode.values() else str(code)


def after(a, b):
    """P-10: whether seq a is after seq b, modulo 2^32."""
    return 0 < ((a - b) & UINT32) < 0x80000000


def int64(value):
    """The 64 bits of a value as a number with a sign: Python's numbers have as many bits as it takes."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


async def read_message(reader, heard=lambda: None):
    data = await read_frame(reader, heard)
    try:
        return server_pb2.ServerMessage.FromString(data)
    except DecodeError as e:
        raise ConnectionLost("a frame is no ServerMessage") from e


async def read_frame(reader, heard=lambda: None):
    """P-2: a varint32 length, and as many bytes. P-11: each part of them is a sign of life, so `heard` is called."""
    length = 0
    for shift in range(0, 35, 7):
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    else:
        raise ConnectionLost("a frame's length is no varint32")
    if length > FRAME_BYTES_MAX:
        raise ConnectionLost(f"a frame of {length} bytes; the maximum is {FRAME_BYTES_MAX}")
    data = bytearray()
    while len(data) < length:
        part = await reader.read(length - len(data))
        if not part:
            raise EOFError("the connection ends within a frame")
        data += part
        heard()
    return bytes(data)


def frame(message):
    """The message with its length before it, as it goes on the wire."""
    body = message.SerializeToString()
    length = len(body)
    prefix = bytearray()
    while length >= 0x80:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + body


@dataclass
class Entity:
    """A player or an NPC in the room. Places are in 1/16 of a unit, and mean nothing while `in_view` is false (P-36)."""

    id: int
    player: str  # empty for an NPC
    x: int
    y: int
    seq: int  # of the newest move that counted; of one's own entity this tells which predictions hold
    in_view: bool
    kind: int = 0  # P-83: of an NPC, as the game numbers them; 0 for a player
    attributes: dict = field(default_factory=dict)  # P-85: number -> value, without those that are 0

    def enter(self, x, y, seq):
        self.x, self.y, self.seq, self.in_view = x, y, seq, True
        self.attributes = {}

    def leave(self):
        self.in_view = False
        self.attributes = {}


class Room:
    """What is known of the room that the player is in."""

    def __init__(self, joined):
        self.joined = joined  # the answer to the join: the map's size, the maximum speed, the latest chat, a game's view
        self.name = joined.room
        self.tick = 0
        self.time_rate = 1  # P-112: how fast the room's time passes; walk at max_speed times this
        self.entities = {}
        self.fill(joined.state)

    @property
    def self(self):
        """The player's own entity; None for a spectator (P-81)."""
        return self.entities.get(self.joined.self)

    def fill(self, state):
        """P-32: replaces all that was known."""
        self.tick = state.tick
        self.time_rate = (state.tick_rate_permille or 1000) / 1000
        self.entities = {}
        for entity in state.entities:
            self.add(entity)

    def add(self, entity):
        attributes = {number: value for number, value in enumerate(entity.attributes) if value}
        self.entities[entity.id] = Entity(
            entity.id, entity.player, entity.x, entity.y, entity.seq, not entity.away, entity.kind, attributes
        )

    def seen(self, id):
        if id not in self.entities:
            # Reconnecting mends it: the state after a resume is complete.
            raise ConnectionLost(f"a snapshot names entity {id}, who is not in the room")
        return self.entities[id]

    def apply(self, snapshot):
        """P-31, P-37, P-38, P-84, P-85. Each id is told as the difference to the one before it."""
        self.tick = snapshot.tick
        ids = itertools.accumulate(snapshot.ids)
        for id, dx, dy, dseq in zip(ids, snapshot.xs, snapshot.ys, snapshot.seqs):
            entity = self.seen(id)
            entity.x += dx
            entity.y += dy
            entity.seq = (entity.seq + dseq) & UINT32
        if snapshot.anew:
            self.entities = {id: entity for id, entity in self.entities.items() if entity.kind == 0}
            for entity in self.entities.values():
                entity.leave()
        for id in itertools.accumulate(snapshot.left_ids):
            self.seen(id).leave()
        for id in itertools.accumulate(snapshot.vanished_ids):
            del self.entities[self.seen(id).id]
        ids = itertools.accumulate(snapshot.entered_ids)
        for id, x, y, seq in zip(ids, snapshot.entered_xs, snapshot.entered_ys, snapshot.entered_seqs):
            self.seen(id).enter(x, y, seq)
        ids = itertools.accumulate(snapshot.appeared_ids)
        for id, kind, x, y in zip(ids, snapshot.appeared_kinds, snapshot.appeared_xs, snapshot.appeared_ys):
            self.entities[id] = Entity(id, "", x, y, 0, True, kind)
        ids = itertools.accumulate(snapshot.changed_ids)
        for id, number, difference in zip(ids, snapshot.changed_attributes, snapshot.changed_values):
            attributes = self.seen(id).attributes
            value = int64(attributes.pop(number, 0) + difference)
            if value:
                attributes[number] = value


class Inventory:
    """What the player owns: first all of it in pages (P-56), then each change (P-55)."""

    def __init__(self):
        self.stacks = {}  # kind -> count
        self.items = {}  # id -> kind
        self.version = 0
        self.complete = False  # False while pages are awaited; changes are kept meanwhile
        self._pages = []
        self._kept = []
        self._version_told = 0

    def expect_pages(self):
        self.complete = False

    def cut_off(self):
        """The connection is lost: pages that were under way do not go on over the next one."""
        self._pages = []

    def page(self, page):
        """Takes a page. Returns whether a change is missing all the same, so that pages must be asked for."""
        self._pages.append(page.part)
        if not page.last:
            return False
        self.stacks = {stack.kind: stack.count for part in self._pages for stack in part.stacks}
        self.items = {item.id: item.kind for part in self._pages for item in part.items}
        self.version = page.part.version
        self._pages = []
        self.complete = True
        kept, self._kept = sorted(self._kept, key=lambda change: change.version), []
        is_missing = any([self.change(change) for change in kept])
        return self.told_version(self._version_told) or is_missing

    def change(self, change):
        """Takes a change. Returns whether one before it is missing."""
        if not self.complete:
            self._kept.append(change)
            return False
        if change.version <= self.version:
            return False
        if change.version > self.version + 1:
            self._kept.append(change)
            self.expect_pages()
            return True
        for stack in change.counts:
            self.stacks[stack.kind] = stack.count
            if stack.count == 0:
                del self.stacks[stack.kind]
        for id in change.item_ids_out:
            self.items.pop(id, None)
        self.items.update((item.id, item.kind) for item in change.items_in)
        self.version = change.version
        return False

    def told_version(self, version):
        """The goods have this version now, without a word on how they changed. Returns whether changes are missing."""
        self._version_told = max(self._version_told, version)
        if not self.complete or self._version_told <= self.version:
            return False
        self.expect_pages()
        return True


@dataclass
class Request:
    kind: str  # the name of the body
    body: object
    answer: asyncio.Future
    seq: int = 0


class Client:
    """A player's session, over as many connections as it takes.

    `run()` keeps it connected, and in the room that it has joined. `on_message` hears each message of the server, numbered
    events once and in order, after `room` and `inventory` know of it; it must not block. A `custom` without a number is good
    for the moment only, and may be left out (P-86). What it raises ends the connection
    and comes out of `run()`; the message comes again when the session is resumed. Requests raise Refused or ConnectionLost.
    A `left` whose `reply_to` is 0 was not asked for, and `run()` joins again only if a Redirect has led to a server without the
    seat; when a game puts the player out, an `error` before it says why (P-81).
    """

    def __init__(self, servers, token, on_message=lambda message: None, tls=None):
        """`servers`: (host, port) of one or more. `tls`: an ssl.SSLContext, for servers with a certificate."""
        self._servers = itertools.cycle(servers)
        self.address = next(self._servers)
        self._is_away = False  # whether `address` is one that a Redirect has named
        self.token = token  # may be renewed at any time
        self.on_message = on_message
        self.tls = tls
        self.request_seconds = 10.0
        self.say_seconds = 60.0
        self.pause_seconds = 1.0  # before the client connects again, at most, for the first time

        # What outlives a connection: all that it takes to resume (P-20, P-21).
        self.player = ""
        self.room = None
        self.inventory = Inventory()
        self._resume_token = b""
        self._ticket = b""  # P-105: instead of it, at the server to which the player was sent
        self._seq = self._room_seq = self._session_seq = 0
        self._hello_seq = 0  # of the Hello that has no Welcome yet; 0: none
        self._open = {}  # seq -> Request, in the order of sending
        self._wanted = None  # the JoinRoom to say again when the room is lost
        self._granted = None  # the JoinRoom that was answered last, also when its room was left since
        self._goal = ""  # P-106: the room to be in, once it is known whether a seat has waited there
        self._hops = []  # when the player was sent elsewhere, asked or not
        self._rest_until = 0.0  # P-106: no new connection before, since that was too often
        self._said = 0  # P-82: the number of what was last said to a game
        self._turn = asyncio.Lock()
        self._server_time = (0, 0.0)  # P-57: the server's date, and when it was told

        # Of the present connection.
        self._live = asyncio.Event()  # connected, and welcomed
        self._writer = None
        self._reading = None
        self._welcome = server_pb2.Welcome()
        self._heard_at = 0.0
        self._connecting = asyncio.Lock()
        self._in_room = asyncio.Event()  # and nothing missed is still to come
        self._running = self._bye = False
        self._tasks = set()

    # ---- connections ----

    @property
    def is_live(self):
        return self._live.is_set()

    async def until_live(self):
        """Waits for a connection, of `run()`. After ConnectionLost this is when to ask again for what may be repeated."""
        await self._live.wait()

    @property
    def resumed(self):
        """Whether the last connection goes on with the session before it."""
        return self._welcome.resumed

    @property
    def limits(self):
        """P-62: what the server allows, such as `moves_per_second`."""
        return self._welcome.limits

    async def run(self):
        """Stays connected until `bye()`. Raises Refused when the server ends the session, or lets nobody in."""
        self._running, self._bye = True, False
        pause = 0.0
        try:
            while True:
                try:
                    await self.connect()
                    if self._bye:  # was said meanwhile
                        await self.bye()
                        return
                    pause = 0.0
                    if self.room is None and self._wanted is not None:
                        self._start(self._rejoin())
                    await self.closed()
                except Refused as refused:
                    if refused.code == common_pb2.AUTH_THROTTLED:
                        pause = THROTTLED_SECONDS
                    elif refused.ends_session:
                        raise
                except (OSError, EOFError, ConnectionLost) as why:
                    log.info("no connection: %r", why)
                    if pause > self.pause_seconds:
                        self._turn_home()  # any server of a cluster knows where a room is
                if self._bye:
                    return
                # P-40: by chance, so that the players of a server that has restarted do not come all at once.
                await asyncio.sleep(random.uniform(0, self.pause_seconds) + pause)
                pause = min(PAUSE_SECONDS_MAX, max(self.pause_seconds, 2 * pause))
        finally:
            self._running = False
            await self.close()

    async def connect(self):
        """Connects once, and resumes the session if there is one. Returns when a server has said welcome: the one of
        `address`, or another one to which it sends the player (P-102, P-106)."""
        async with self._connecting:
            await asyncio.sleep(self._rest_until - time.monotonic())
            try:
                while not self.is_live:
                    await self._greet()
            finally:
                self._ticket = b""  # P-105: any server has the session by its resume token, if that one has not

    async def _greet(self):
        writer = None
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                reader, writer = await asyncio.open_connection(*self.address, ssl=self.tls)  # with TCP_NODELAY
                message = await self._hello(reader, writer)
            if message.HasField("redirect"):
                self._rest_if_tired()
                self._sent_to(message.redirect)
                writer.transport.abort()
                return
            self._writer = writer
            self._live.set()
            self._welcomed(message)
        except BaseException:
            if self._is_away and not self.is_live:
                log.info("no welcome at %s, where a Redirect has led", self.address)
                self._turn_home()  # P-105: at once, for the session does not wait for long
            self._live.clear()
            if writer is not None:
                writer.transport.abort()
            raise
        self._reading = asyncio.create_task(self._read(reader, writer))
        self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody has to ask why

    def _turn_home(self):
        self.address, self._is_away = next(self._servers), False

    async def closed(self):
        """Waits until the connection is gone, and raises why."""
        if self._reading is not None:
            await asyncio.shield(self._reading)

    async def close(self):
        """Closes the connection. The session can be resumed."""
        for task in self._tasks:
            task.cancel()
        if self._reading is not None:
            self._writer.transport.abort()
            await asyncio.wait([self._reading])

    async def bye(self):
        """P-24: ends the session. Who goes without a word stands in the room until the session is forgotten."""
        self._bye = True
        if self.is_live:
            self._write("bye", client_pb2.Bye())
            await asyncio.wait([self._reading])  # the server closes the connection
        self._end_session()

    async def _hello(self, reader, writer):
        while True:
            # P-22: the same number until there is a Welcome. With a higher one, what was lost before an earlier Hello, of
            # which the server has heard, would pass for received.
            self._hello_seq = self._hello_seq or self._next_seq()
            hello = client_pb2.Hello(protocol_version=PROTOCOL_VERSION, token=self.token, follows=True)
            if self._resume_token:
                hello.resume_token = self._ticket or self._resume_token
                hello.last_session_seq = self._session_seq
                if self.room is not None:
                    hello.last_room = self.room.name
                    hello.last_room_seq = self._room_seq
            writer.write(frame(client_pb2.ClientMessage(seq=self._hello_seq, hello=hello)))
            message = await read_message(reader)
            if message.WhichOneof("body") in ("welcome", "redirect"):
                return message
            refused = Refused(message.error)
            if refused.code == common_pb2.SESSION_REPLACED and self._resume_token:
                self.on_message(message)
                raise ConnectionLost("an earlier try of this Hello has the session")  # P-22: the next one resumes it
            if refused.family != 6:
                if refused.ends_session:
                    self._end_session()
                self.on_message(message)
                raise refused
            await asyncio.sleep(refused.retry_after_ms / 1000)  # P-5: on the same connection

    def _welcomed(self, message):
        self._hello_seq = 0
        self._welcome = welcome = message.welcome
        self.player = welcome.player
        self._resume_token = welcome.resume_token
        self._told_time(welcome.server_time_ms)
        if not welcome.resumed:
            self._forget()
            self.on_message(message)
            return
        self.on_message(message)
        for request in list(self._open.values()):
            if after(request.seq, welcome.last_client_seq):  # P-22: the server has never received it
                self._send(request)
        if not self.inventory.complete:
            self.inventory.cut_off()
            self._start(self._ask_for_pages())

    def _forget(self):
        """P-20: the session is gone; the next one begins in the lobby, with numbers of its own."""
        self.room = None
        self._in_room.clear()
        self._goal = ""
        self.inventory = Inventory()
        self._room_seq = self._session_seq = 0
        for request in list(self._open.values()):
            self._give_up(request)

    def _end_session(self):
        self._resume_token = b""
        self._forget()

    async def _read(self, reader, writer):
        watch = asyncio.create_task(self._keep_alive(writer))
        try:
            while True:
                self._hear(await read_message(reader, self._heard))
        finally:
            watch.cancel()
            writer.transport.abort()
            self._live.clear()
            self._in_room.clear()

    def _heard(self):
        self._heard_at = time.monotonic()

    async def _keep_alive(self, writer):
        """P-11: tells the server that somebody is here, and gives up a server that is silent."""
        idle_seconds = (self.limits.idle_ms or IDLE_MS) / 1000
        self._heard()
        while time.monotonic() - self._heard_at < idle_seconds:
            await asyncio.sleep(idle_seconds / 3)
            self._write("ping", client_pb2.Ping(nonce=1))
        log.info("the server is silent")
        writer.transport.abort()

    async def _rejoin(self):
        """The player is not in the room without having left it."""
        while self._running and self.is_live and self._wanted is not None and not self._is_in(self._wanted.room):
            try:
                await self._join(self._wanted)
            except Refused as refused:
                if refused.family != 6:
                    self._wanted = None  # `on_message` has heard why
                await asyncio.sleep(max(refused.retry_after_ms, 100) / 1000)
            except SentOnTooOften as too_often:
                await asyncio.sleep(too_often.rest_seconds)
            except (OSError, EOFError, ConnectionLost):
                await asyncio.sleep(self.pause_seconds)  # without a connection, `run` comes back here when there is one

    def _is_in(self, room):
        return self.room is not None and self.room.name == room

    def _start(self, coroutine):
        """Starts a task; the loop by itself does not keep tasks alive."""
        name = coroutine.__name__
        if any(task.get_name() == name for task in self._tasks):
            coroutine.close()  # is under way
            return
        task = asyncio.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what the server says ----

    def _hear(self, message):
        kind = message.WhichOneof("body")
        # P-21: a number that was dealt with is not dealt with again.
        if 0 < message.session_seq <= self._session_seq:
            return
        if kind != "joined" and 0 < message.room_seq <= self._room_seq:
            return
        self._learn(kind, message)
        self.on_message(message)
        self._answer(kind, message)
        # Only now, so that a message which was not dealt with comes again with the next resume. A message of a kind that
        # is newer than this client has been dealt with, too (P-70).
        self._session_seq = message.session_seq or self._session_seq
        self._room_seq = message.room_seq or self._room_seq
        if kind == "error" and message.error.code < 400:
            refused = Refused(message.error)
            if refused.ends_session:
                self._end_session()
            raise refused

    def _learn(self, kind, message):
        body = getattr(message, kind) if kind else None
        match kind:
            case "joined":  # also without being asked for: P-23, P-27, P-35
                self.room = Room(body)
                self._room_seq = 0
                if self._wanted is None or self._wanted.room != body.room:
                    self._wanted = self._join_as_before(body.room)
                self._in_room.set()
            case "left":
                self.room = self._wanted = None
                self._in_room.clear()
            case "replayed":
                self._replayed()
            case "player_joined":
                self.room.add(body.entity)
            case "player_left":
                self.room.entities.pop(body.id, None)
            case "snapshot":
                self.room.apply(body)
            case "full_state":
                self.room.fill(body)
            case "tick_rate" if self.room:  # P-112
                self.room.time_rate = body.permille / 1000
            case "pong":
                self._told_time(body.server_time_ms)
            case "inventory_page":
                self._goods(self.inventory.page(body))
            case "trade_result" | "inventory_changed" if body.HasField("change"):
                self._goods(self.inventory.change(body.change))
            case "inventory_changed":
                self._goods(self.inventory.told_version(body.version))
            case "error" if body.code == common_pb2.ROOM_CLOSED and message.reply_to == 0:
                # P-29: the room has gone to another server.
                self.room = None
                self._in_room.clear()
                self._start(self._rejoin())

    def _answer(self, kind, message):
        """P-14"""
        seq = message.reply_to
        if kind == "chat" and message.chat.player == self.player:
            seq = message.chat.client_seq  # P-15
        request = self._open.pop(seq, None)
        if kind == "redirect" and request is None and message.redirect.ticket:
            self._sent_away(message.redirect)
        if request is None or request.answer.done():
            return
        if kind == "error":
            request.answer.set_exception(Refused(message.error))
        else:
            request.answer.set_result(message)

    def _replayed(self):
        """P-22, P-23: a request without an answer by now was refused, or is still being carried out, or its answer is none
        that is replayed."""
        for request in list(self._open.values()):
            if not after(request.seq, self._welcome.last_client_seq):
                if request.kind in REPEATABLE:
                    self._send(request)
                else:
                    self._give_up(request)
        goal, self._goal = self._goal, ""
        if goal and not self._is_in(goal):  # P-106: no seat has waited
            self._wanted = self._join_as_before(goal)
            self._start(self._rejoin())
        elif self.room is not None:
            self._in_room.set()

    def _join_as_before(self, room):
        """With what its game asked for (P-80, P-81), if this is the room that was joined last."""
        if self._granted is not None and self._granted.room == room:
            return self._granted
        return client_pb2.JoinRoom(room=room)

    def _goods(self, change_is_missing):
        if change_is_missing:
            self._start(self._ask_for_pages())

    async def _ask_for_pages(self):
        """P-55, P-56"""
        while not self.inventory.complete:
            try:
                await self.read_inventory()
            except Refused as refused:
                await asyncio.sleep(max(refused.retry_after_ms, 200) / 1000)
            except ConnectionLost:
                return

    def _told_time(self, server_ms):
        self._server_time = (server_ms, time.monotonic())

    # ---- what the player says ----

    def _next_seq(self):
        self._seq = 1 if self._seq == UINT32 else self._seq + 1  # P-10
        return self._seq

    def _write(self, kind, body):
        seq = self._next_seq()
        self._writer.write(frame(client_pb2.ClientMessage(seq=seq, **{kind: body})))
        return seq

    def _send(self, request):
        """Sends a request, for the first time or again; each time it has a new number."""
        self._open.pop(request.seq, None)
        request.seq = self._write(request.kind, request.body)
        self._open[request.seq] = request

    def _give_up(self, request):
        self._open.pop(request.seq, None)
        if not request.answer.done():
            request.answer.set_exception(ConnectionLost(f"the answer to {request.kind} is lost"))

    async def _request(self, kind, body):
        """Returns the message that answers, also when that comes over a later connection of the session."""
        if not self.is_live:
            raise ConnectionLost("there is no connection")
        if len(self._open) >= OPEN_REQUESTS_MAX:
            raise RuntimeError(f"{OPEN_REQUESTS_MAX} requests wait for answers already; this one was not sent")
        request = Request(kind, body, asyncio.get_running_loop().create_future())
        self._send(request)
        try:
            async with asyncio.timeout(self.request_seconds):
                return await request.answer
        except TimeoutError:
            raise ConnectionLost(f"no answer to {kind} within {self.request_seconds} s") from None
        finally:
            self._open.pop(request.seq, None)

    async def join(self, room, type="", ticket=b""):
        """Joins a room, wherever it is. Returns Joined."""
        return await self._join(client_pb2.JoinRoom(room=room, type=type, ticket=ticket))

    async def _join(self, join_room):
        while True:
            answer = await self._request("join_room", join_room)
            if answer.HasField("joined"):
                self._wanted = self._granted = join_room
                return answer.joined
            await self._follow(answer.redirect)

    async def _follow(self, redirect):
        """P-106: goes on at another server, with the session if there is a ticket for it."""
        if self._tired_seconds() > 0:
            raise SentOnTooOften(self._tired_seconds())
        self._sent_to(redirect)
        if not redirect.ticket:
            self._write("bye", client_pb2.Bye())
            self._end_session()
        self._writer.transport.abort()
        await asyncio.wait([self._reading])
        await self.connect()

    def _sent_to(self, redirect):
        self._hops.append(time.monotonic())
        self._ticket = redirect.ticket
        self.address, self._is_away = (redirect.host, redirect.port), True

    def _tired_seconds(self):
        """P-106: how long it takes until the player may be sent on again; 0 or less when that may be now."""
        now = time.monotonic()
        self._hops = [at for at in self._hops if now - at < HOPS_SECONDS]
        return self._hops[0] + HOPS_SECONDS - now if len(self._hops) >= HOPS_MAX else 0.0

    def _rest_if_tired(self):
        """P-106: gives up the connection, and has the next one wait, though not for longer than the session does. After that
        the player may be sent on once more."""
        seconds = self._tired_seconds()
        if seconds <= 0:
            return
        if self._resume_token and self._welcome.resume_ms > 0:
            seconds = min(seconds, self._welcome.resume_ms / 2000)
        self._hops.pop(0)
        self._rest_until = time.monotonic() + seconds
        raise SentOnTooOften(seconds)

    def _sent_away(self, redirect):
        """P-106: a Redirect that nobody has asked for."""
        self._goal = redirect.room
        self._rest_if_tired()  # which ends the connection, as if it were lost
        self._start(self._go(redirect))

    async def _go(self, redirect):
        try:
            await self._follow(redirect)
        except (OSError, EOFError, ConnectionLost, Refused) as why:
            log.info("no connection: %r", why)  # `run` tries again

    async def leave(self):
        await self._request("leave_room", client_pb2.LeaveRoom())

    async def list_rooms(self, prefix="", after="", max=0):
        """P-28: a page of rooms, in the order of their names."""
        return (await self._request("list_rooms", client_pb2.ListRooms(prefix=prefix, after=after, max=max))).room_list

    def move(self, x, y):
        """P-30: says where the player wants to be now. Returns the seq, or 0 when it was not sent: the next one counts."""
        if not self.is_live or self._writer.transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
            return 0
        return self._write("move", client_pb2.Move(x=x, y=y))

    async def chat(self, text):
        """Returns the line as all have heard it (P-33)."""
        return (await self._request("chat", client_pb2.Chat(text=text))).chat

    async def whisper(self, to, text):
        await self._request("whisper", client_pb2.Whisper(to=to, text=text))

    async def say(self, payload):
        """Says something to the room's game, once, whatever is lost (P-82). Returns when it is carried out, and durable."""
        async with self._turn:  # one at a time: of two whose answers are lost nobody could say which was refused
            room = self.room and self.room.name
            self._said = max(self._said + 1, self.server_ms() * 1000)
            custom = client_pb2.Custom(payload=payload, request=self._said)
            is_repeat = False  # then an earlier try may have been carried out, whatever this one is answered
            try:
                async with asyncio.timeout(self.say_seconds):
                    while True:
                        try:
                            return await self._request("custom", custom)
                        except ConnectionLost:
                            is_repeat = True
                        except Refused as refused:
                            if not is_repeat or refused.is_verdict:
                                raise
                            await asyncio.sleep(max(refused.retry_after_ms, SAY_AGAIN_MS_MIN) / 1000)
                        await self._in_room.wait()
                        if not self._is_in(room):
                            raise ConnectionLost("nobody can say whether the turn was done: its room was left")
            except TimeoutError:
                raise ConnectionLost(f"nobody can say whether the turn was done, after {self.say_seconds} s") from None

    def new_trade_id(self):
        """P-57: a UUID of version 7, by the server's date."""
        bits = self.server_ms() << 80 | int.from_bytes(os.urandom(10), "big")
        bits = bits & ~(0xF << 76) | 0x7 << 76  # the version
        bits = bits & ~(0x3 << 62) | 0x2 << 62  # the variant
        return bits.to_bytes(16, "big")

    def server_ms(self):
        """The server's date, in milliseconds since 1970."""
        told, at = self._server_time
        return told + int((time.monotonic() - at) * 1000)

    async def offer(self, trade_id, to, give, want):
        """P-51: with the same id and contents it may be repeated. Returns TradeOpened, or TradeResult if it has ended."""
        body = client_pb2.TradeOffer(trade_id=trade_id, to=to, give=give, want=want)
        answer = await self._request("trade_offer", body)
        return getattr(answer, answer.WhichOneof("body"))

    async def accept(self, player, trade_id):
        """Accepts what this player has offered. Returns TradeResult."""
        body = client_pb2.TradeAccept(trade_id=trade_id, **{"from": player})
        return (await self._request("trade_accept", body)).trade_result

    async def decline(self, player, trade_id):
        body = client_pb2.TradeDecline(trade_id=trade_id, **{"from": player})
        return (await self._request("trade_decline", body)).trade_result

    async def cancel(self, trade_id):
        return (await self._request("trade_cancel", client_pb2.TradeCancel(trade_id=trade_id))).trade_result

    async def read_inventory(self):
        """P-56: asks for all that the player owns. Returns when `inventory` has it."""
        self.inventory.expect_pages()
        await self._request("get_inventory", client_pb2.GetInventory())

    async def ping(self):
        await self._request("ping", client_pb2.Ping(nonce=1))


def goods(stacks=None, items=()):
    """One side of a trade: counts by kind, and ids of items."""
    listed = [common_pb2.Stack(kind=kind, count=count) for kind, count in (stacks or {}).items()]
    return common_pb2.Goods(stacks=listed, item_ids=items)
