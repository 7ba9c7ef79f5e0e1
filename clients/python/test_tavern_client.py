#!/usr/bin/env python3
"""What the client does where no recorded session can tell: a server by hand, and rooms without one.

    python3 test_tavern_client.py
"""

import asyncio
import base64
import time
import unittest
from unittest import mock

import tavern_client
from google.protobuf.json_format import ParseDict
from tavern.v1 import client_pb2, common_pb2, server_pb2
from tavern_client import Client, ConnectionLost, Refused, Room, SentOnTooOften, frame, read_frame

PATIENCE_SECONDS = 60


class HandServer:
    """The server's end of connections: the test says each message."""

    writer = None  # until the first connection is accepted

    async def __aenter__(self):
        self.connections = asyncio.Queue()
        self.listening = await asyncio.start_server(lambda *streams: self.connections.put_nowait(streams), "127.0.0.1", 0)
        self.address = self.listening.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_):
        if self.writer is not None:
            self.drop()
        self.listening.close()

    async def accept(self):
        self.reader, self.writer = await self.connections.get()

    async def hears(self, kind):
        message = client_pb2.ClientMessage.FromString(await read_frame(self.reader))
        assert message.HasField(kind), f"{message} instead of {kind}"
        return message

    async def accepts_hello(self):
        await self.accept()
        return await self.hears("hello")

    def says(self, message):
        self.writer.write(frame(ParseDict(message, server_pb2.ServerMessage())))

    def drop(self):
        self.writer.transport.abort()


class Connections(unittest.IsolatedAsyncioTestCase):
    async def test_a_hello_without_a_welcome_is_said_again_with_its_number(self):
        async with asyncio.timeout(PATIENCE_SECONDS), HandServer() as server:
            client = Client([server.address], "ann")
            client.pause_seconds = 0.01
            running = asyncio.create_task(client.run())
            first = await server.accepts_hello()
            server.says({"replyTo": first.seq, "welcome": {"player": "ann", "resumeToken": "dG9rZW4="}})
            await client.until_live()
            whispering = asyncio.create_task(client.whisper("ben", "psst"))
            lost = await server.hears("whisper")
            server.drop()

            hello = await server.accepts_hello()
            self.assertEqual(hello.seq, lost.seq + 1)
            server.drop()  # the server may have heard it, and its Welcome is lost
            self.assertEqual(await server.accepts_hello(), hello)
            server.says({"replyTo": hello.seq, "error": {"code": "UNAVAILABLE", "retryAfterMs": 1}})
            self.assertEqual(await server.hears("hello"), hello)
            server.says({"replyTo": hello.seq, "error": {"code": "SESSION_REPLACED"}})
            self.assertEqual(await server.accepts_hello(), hello)
            resumed = {"player": "ann", "resumeToken": "bmV4dA==", "resumed": True, "lastClientSeq": lost.seq - 1}
            server.says({"replyTo": hello.seq, "welcome": resumed})
            again = await server.hears("whisper")
            self.assertEqual((again.seq, again.whisper), (hello.seq + 1, lost.whisper))
            server.says({"replyTo": again.seq, "sessionSeq": 1, "whisperDelivered": {"to": "ben"}})
            await whispering

            await server.hears("get_inventory")
            server.drop()
            self.assertEqual((await server.accepts_hello()).seq, again.seq + 2)
            running.cancel()
            await asyncio.wait([running])

    async def test_p16_a_turn_is_given_up_when_its_session_ends_with_the_way_to_another_server(self):
        async with asyncio.timeout(PATIENCE_SECONDS), HandServer() as home, HandServer() as away:
            client = Client([home.address], "ann")
            connecting = asyncio.create_task(client.connect())
            hello = await home.accepts_hello()
            home.says({"replyTo": hello.seq, "welcome": {"player": "ann", "resumeToken": token("own")}})
            await connecting
            joining = asyncio.create_task(client.join("hall"))
            home.says({"replyTo": (await home.hears("join_room")).seq, "joined": {"room": "hall"}})
            await joining
            saying = asyncio.create_task(client.say(b"one"))
            await home.hears("custom")
            joining = asyncio.create_task(client.join("yard"))
            home.says({"replyTo": (await home.hears("join_room")).seq, "redirect": redirect(away)})
            await home.hears("bye")

            hello = await away.accepts_hello()
            away.says({"replyTo": hello.seq, "welcome": {"player": "ann", "resumeToken": token("new")}})
            away.says({"replyTo": (await away.hears("join_room")).seq, "joined": {"room": "yard"}})
            await joining
            with self.assertRaises(ConnectionLost):
                await saying
            await client.close()


def redirect(server, **more):
    host, port = server.address
    return {"host": host, "port": port, **more}


def token(text):
    return base64.b64encode(text.encode()).decode()


class Playing(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await self.enterAsyncContext(asyncio.timeout(PATIENCE_SECONDS))
        self.home = await self.enterAsyncContext(HandServer())
        self.away = await self.enterAsyncContext(HandServer())
        self.client = Client([self.home.address], "ann")
        self.client.pause_seconds = 0.01
        self.running = asyncio.create_task(self.client.run())

    async def asyncTearDown(self):
        self.running.cancel()
        await asyncio.wait([self.running])

    async def enter(self):
        hello = await self.home.accepts_hello()
        self.assertTrue(hello.hello.follows)
        self.home.says({"replyTo": hello.seq, "welcome": {"player": "ann", "resumeToken": token("own")}})
        await self.client.until_live()
        joining = asyncio.create_task(self.client.join("hall", type="cards", ticket=b"friend"))
        self.home.says({"replyTo": (await self.home.hears("join_room")).seq, "roomSeq": 4, "joined": {"room": "hall"}})
        await joining

    def resume(self, server, hello):
        server.says({"replyTo": hello.seq, "welcome": {"player": "ann", "resumeToken": token("own"), "resumed": True}})


class Silence(Playing):
    async def test_p11_a_frame_that_comes_in_parts_is_no_silence(self):
        hello = await self.home.accepts_hello()
        limits = {"idleMs": 1500}
        self.home.says({"replyTo": hello.seq, "welcome": {"player": "ann", "limits": limits}})
        await self.client.until_live()
        joining = asyncio.create_task(self.client.join("hall"))
        join = await self.home.hears("join_room")
        joined = frame(ParseDict({"replyTo": join.seq, "joined": {"room": "hall"}}, server_pb2.ServerMessage()))
        for byte in joined:  # with each ping, so that the whole takes far longer than a silence may
            self.home.writer.write(bytes([byte]))
            await self.home.hears("ping")
        self.assertEqual((await joining).room, "hall")

    async def test_p11_a_server_that_is_silent_is_left(self):
        hello = await self.home.accepts_hello()
        self.home.says({"replyTo": hello.seq, "welcome": {"player": "ann", "limits": {"idleMs": 300}}})
        await self.home.accepts_hello()


class Redirects(Playing):
    async def test_p106_a_client_that_is_sent_away_comes_to_its_seat_or_joins_again(self):
        await self.enter()
        self.home.says({"redirect": redirect(self.away, ticket=token("one"), room="hall")})
        hello = await self.away.accepts_hello()
        said = hello.hello
        self.assertEqual((said.resume_token, said.last_room, said.last_room_seq), (b"one", "hall", 4))
        self.resume(self.away, hello)
        self.away.says({"roomSeq": 5, "chat": {"player": "ben", "text": "here"}})
        self.away.says({"replayed": {}})

        await self.away.hears("get_inventory")
        self.away.says({"redirect": redirect(self.home, ticket=token("two"), room="hall")})
        hello = await self.home.accepts_hello()
        self.assertEqual((hello.hello.resume_token, hello.hello.last_room_seq), (b"two", 5))
        self.resume(self.home, hello)
        await self.home.hears("get_inventory")
        self.home.says({"left": {"room": "hall"}})
        self.home.says({"replayed": {}})
        join = (await self.home.hears("join_room")).join_room
        self.assertEqual((join.room, join.type, join.ticket), ("hall", "cards", b"friend"))

    async def test_p106_a_hello_goes_where_the_session_is_and_back_with_its_own_token_if_that_is_vain(self):
        await self.enter()
        self.home.drop()
        hello = await self.home.accepts_hello()
        self.home.says({"replyTo": hello.seq, "redirect": redirect(self.away, ticket=token("one"))})
        again = await self.away.accepts_hello()
        self.assertEqual((again.seq, again.hello.resume_token), (hello.seq, b"one"))
        self.away.drop()
        again = await self.home.accepts_hello()
        self.assertEqual((again.seq, again.hello.resume_token), (hello.seq, b"own"))

    async def test_p105_who_cannot_get_there_goes_back_at_once(self):
        await self.enter()
        self.away.listening.close()
        await self.away.listening.wait_closed()
        self.home.says({"redirect": redirect(self.away, ticket=token("one"), room="hall")})
        hello = await self.home.accepts_hello()
        self.assertEqual((hello.hello.resume_token, hello.hello.last_room), (b"own", "hall"))
        self.resume(self.home, hello)
        self.home.says({"replayed": {}})
        await self.client.until_live()
        self.assertEqual(self.client.address, self.home.address)

    async def test_p102_a_full_server_sends_the_player_on(self):
        hello = await self.home.accepts_hello()
        self.home.says({"replyTo": hello.seq, "redirect": redirect(self.away)})
        self.home.says({"replyTo": hello.seq, "error": {"code": "SERVER_FULL"}})
        self.assertEqual(await self.away.accepts_hello(), hello)
        self.away.says({"replyTo": hello.seq, "welcome": {"player": "ann"}})
        await self.client.until_live()

    @mock.patch.object(tavern_client, "HOPS_SECONDS", 3.0)
    async def test_p106_servers_that_send_a_player_to_and_fro_are_followed_more_slowly_and_nothing_is_lost(self):
        await self.enter()
        self.home.drop()
        first = 0.0
        for _ in range(6):
            hello = await self.home.accepts_hello()
            self.assertTrue(hello.hello.follows)
            first = first or time.monotonic()
            self.home.says({"replyTo": hello.seq, "redirect": redirect(self.home)})
        hello = await self.home.accepts_hello()
        self.assertGreaterEqual(time.monotonic() - first, 3.0)
        said = hello.hello
        self.assertEqual((said.follows, said.resume_token, said.last_room), (True, b"own", "hall"))
        self.home.says({"replyTo": hello.seq, "redirect": redirect(self.away, ticket=token("one"))})
        self.assertEqual((await self.away.accepts_hello()).hello.resume_token, b"one")

    async def test_p106_who_was_sent_on_too_often_hears_that_a_join_leads_elsewhere(self):
        for _ in range(5):
            hello = await self.home.accepts_hello()
            self.home.says({"replyTo": hello.seq, "redirect": redirect(self.home)})
        hello = await self.home.accepts_hello()
        self.home.says({"replyTo": hello.seq, "welcome": {"player": "ann", "resumeToken": token("own")}})
        await self.client.until_live()
        joining = asyncio.create_task(self.client.join("hall"))
        join = await self.home.hears("join_room")
        self.home.says({"replyTo": join.seq, "redirect": redirect(self.away, ticket=token("one"), room="hall")})
        with self.assertRaises(SentOnTooOften):
            await joining
        refused = time.monotonic()
        self.home.drop()
        await self.home.accepts_hello()
        self.assertLess(time.monotonic() - refused, 5.0, "the connection was not left because of that")

    async def test_p106_a_rest_is_shorter_than_the_session_waits_and_leads_to_one_more_server(self):
        hello = await self.home.accepts_hello()
        welcome = {"player": "ann", "resumeToken": token("own"), "resumeMs": 2000}
        self.home.says({"replyTo": hello.seq, "welcome": welcome})
        await self.client.until_live()
        self.home.drop()
        first = time.monotonic()
        for _ in range(6):
            last = time.monotonic()
            hello = await self.home.accepts_hello()
            self.home.says({"replyTo": hello.seq, "redirect": redirect(self.home, ticket=token("one"))})
        hello = await self.home.accepts_hello()
        self.assertGreaterEqual(time.monotonic() - last, 1.0)
        self.assertLess(time.monotonic() - first, 10.0)
        self.assertEqual(hello.hello.resume_token, b"own")
        self.home.says({"replyTo": hello.seq, "redirect": redirect(self.away, ticket=token("two"))})
        hello = await self.away.accepts_hello()
        again = time.monotonic()
        self.away.says({"replyTo": hello.seq, "redirect": redirect(self.away, ticket=token("three"))})
        self.assertEqual((await self.home.accepts_hello()).hello.resume_token, b"own")
        self.assertGreaterEqual(time.monotonic() - again, 1.0)

    @mock.patch.object(tavern_client, "HOPS_SECONDS", 3.0)
    async def test_p106_who_is_sent_on_unasked_too_often_goes_there_later(self):
        await self.enter()
        first = time.monotonic()
        for _ in range(5):
            self.home.says({"redirect": redirect(self.home, ticket=token("one"), room="hall")})
            self.resume(self.home, await self.home.accepts_hello())
            await self.home.hears("get_inventory")
        self.home.says({"redirect": redirect(self.away, ticket=token("two"), room="hall")})
        hello = await self.home.accepts_hello()
        self.assertGreaterEqual(time.monotonic() - first, 3.0)
        self.assertEqual((hello.hello.resume_token, hello.hello.last_room), (b"own", "hall"))
        self.resume(self.home, hello)
        await self.home.hears("get_inventory")
        self.home.says({"redirect": redirect(self.away, ticket=token("three"), room="hall")})
        self.assertEqual((await self.away.accepts_hello()).hello.resume_token, b"three")

    async def test_p81_who_is_put_out_of_a_room_hears_it_and_does_not_join_again(self):
        heard = []
        self.client.on_message = heard.append
        await self.enter()
        self.home.says({"error": {"code": "NOT_ALLOWED", "text": "cheat"}})
        self.home.says({"left": {"room": "hall"}})
        listing = asyncio.create_task(self.client.list_rooms())
        asked = await self.home.hears("list_rooms")
        self.home.says({"replyTo": asked.seq, "roomList": {}})
        await listing
        self.assertEqual([message.WhichOneof("body") for message in heard[-3:]], ["error", "left", "room_list"])
        self.assertIsNone(self.client.room)
        self.home.drop()
        hello = await self.home.accepts_hello()
        self.assertEqual(hello.hello.last_room, "")
        self.resume(self.home, hello)
        await self.home.hears("get_inventory")

    async def test_p7_a_login_that_is_throttled_is_tried_again_with_the_session(self):
        await self.enter()
        self.home.drop()
        hello = await self.home.accepts_hello()
        with mock.patch.object(tavern_client, "THROTTLED_SECONDS", 0.01):
            self.home.says({"replyTo": hello.seq, "error": {"code": "AUTH_THROTTLED"}})
            self.assertEqual(await self.home.accepts_hello(), hello)
        self.assertEqual(hello.hello.resume_token, b"own")


class Turns(Playing):
    """P-82: a turn whose first try was received, and whose answer is lost."""

    async def say(self):
        """Says a turn and loses its answer. Returns the turn, whose number goes with each try of it."""
        await self.enter()
        self.saying = asyncio.create_task(self.client.say(b"one"))
        said = await self.home.hears("custom")
        self.home.drop()
        hello = await self.home.accepts_hello()
        welcome = {"player": "ann", "resumeToken": token("own"), "resumed": True, "lastClientSeq": said.seq}
        self.home.says({"replyTo": hello.seq, "welcome": welcome})
        await self.home.hears("get_inventory")
        self.home.says({"replayed": {}})
        return said.custom

    async def hears_again(self, turn):
        again = await self.home.hears("custom")
        self.assertEqual(again.custom, turn)
        return again.seq

    async def test_a_repeat_that_cannot_be_done_now_is_said_again(self):
        turn = await self.say()
        for code in ("RATE_LIMITED", "BUSY", "UNAVAILABLE"):
            self.home.says({"replyTo": await self.hears_again(turn), "error": {"code": code, "retryAfterMs": 1}})
        self.home.says({"replyTo": await self.hears_again(turn), "sessionSeq": 1, "turnDone": {}})
        await self.saying

    async def test_a_repeat_that_finds_no_room_waits_for_it(self):
        turn = await self.say()
        for code in ("NOT_IN_ROOM", "ROOM_CLOSED"):
            self.home.says({"replyTo": await self.hears_again(turn), "error": {"code": code}})
            self.home.says({"error": {"code": "ROOM_CLOSED"}})
            join = await self.home.hears("join_room")
            self.home.says({"replyTo": join.seq, "joined": {"room": "hall"}})
        self.home.says({"replyTo": await self.hears_again(turn), "sessionSeq": 1, "turnDone": {}})
        await self.saying

    async def test_what_the_game_refuses_is_refused_in_a_repeat_too(self):
        turn = await self.say()
        self.home.says({"replyTo": await self.hears_again(turn), "error": {"code": "TRADE_INSUFFICIENT"}})
        with self.assertRaises(Refused) as raised:
            await self.saying
        self.assertEqual(raised.exception.code, common_pb2.TRADE_INSUFFICIENT)

    async def test_a_first_try_that_is_refused_is_not_said_again(self):
        await self.enter()
        saying = asyncio.create_task(self.client.say(b"one"))
        said = await self.home.hears("custom")
        self.home.says({"replyTo": said.seq, "error": {"code": "RATE_LIMITED", "retryAfterMs": 1}})
        with self.assertRaises(Refused):
            await saying


class Rooms(unittest.TestCase):
    def setUp(self):
        entities = [
            {"id": 3, "player": "ann", "x": 100, "y": 50, "attributes": [7]},
            {"id": 7, "player": "ben", "away": True},
        ]
        self.room = Room(ParseDict({"room": "hall", "self": 3, "state": {"entities": entities}}, server_pb2.Joined()))

    def apply(self, snapshot):
        self.room.apply(ParseDict(snapshot, server_pb2.Snapshot()))

    def known(self):
        return {
            entity.id: (entity.kind, entity.x, entity.y, entity.attributes)
            for entity in self.room.entities.values()
            if entity.in_view
        }

    def test_p85_the_example_of_the_protocol(self):
        appeared = {"appearedIds": [65], "appearedKinds": [2], "appearedXs": [300], "appearedYs": [20]}
        changed = {"changedIds": [3, 62, 0], "changedAttributes": [0, 0, 3], "changedValues": [-2, 100, 1]}
        self.apply({"tick": 502, **appeared, **changed})
        self.assertEqual(self.known(), {3: (0, 100, 50, {0: 5}), 65: (2, 300, 20, {0: 100, 3: 1})})

        moved = {"ids": [65], "xs": [-4], "ys": [1], "seqs": [0]}
        self.apply({**moved, "changedIds": [65], "changedAttributes": [0], "changedValues": [-100]})
        self.assertEqual(self.known()[65], (2, 296, 21, {3: 1}))

    def test_p84_an_npc_that_vanished_is_unknown_and_its_id_may_be_given_again(self):
        npc = {"appearedIds": [65], "appearedXs": [300], "appearedYs": [20]}
        self.apply({**npc, "appearedKinds": [2], "changedIds": [65], "changedAttributes": [0], "changedValues": [9]})
        self.apply({"vanishedIds": [65]})
        self.assertEqual(set(self.room.entities), {3, 7})
        self.apply({**npc, "appearedKinds": [4]})
        self.assertEqual(self.known()[65], (4, 300, 20, {}))

    def test_p85_attributes_are_0_after_being_out_of_view_and_wrap_at_64_bits(self):
        self.apply({"leftIds": [3], "enteredIds": [7], "enteredXs": [1], "enteredYs": [2], "enteredSeqs": [3]})
        self.assertEqual(self.known(), {7: (0, 1, 2, {})})
        entered = {"enteredIds": [3], "enteredXs": [100], "enteredYs": [50], "enteredSeqs": [8]}
        change = {"changedIds": [3], "changedAttributes": [1]}
        self.apply({**entered, **change, "changedValues": [2**63 - 1]})
        self.apply({**change, "changedValues": [2]})
        self.assertEqual(self.known()[3], (0, 100, 50, {1: -(2**63) + 1}))

    def test_p84_a_view_anew_forgets_all_npcs(self):
        self.apply({"appearedIds": [65, 1], "appearedKinds": [2, 2], "appearedXs": [1, 2], "appearedYs": [1, 2]})
        entered = {"enteredIds": [7], "enteredXs": [1], "enteredYs": [2], "enteredSeqs": [3]}
        appeared = {"appearedIds": [66], "appearedKinds": [5], "appearedXs": [9], "appearedYs": [8]}
        self.apply({"anew": True, **entered, **appeared})
        self.assertEqual(self.known(), {7: (0, 1, 2, {}), 66: (5, 9, 8, {})})
        self.assertEqual(set(self.room.entities), {3, 7, 66})
        self.assertEqual(self.room.self.attributes, {})


if __name__ == "__main__":
    unittest.main()
