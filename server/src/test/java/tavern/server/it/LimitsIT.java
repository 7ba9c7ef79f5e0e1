package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.RoomInfo;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.RoomOptions;

/** Too much of everything: each excess has its answer, which only the offender gets. */
class LimitsIT {
    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.refusals-max=20");

    @Test
    void aFloodOfMovesHarmsNobodyAndOneOfFramesIsClosed() throws Exception {
        RawClient mover = tavern.client("mover", Tavern.HALL);
        for (int i = 0; i < 150; i++) {
            mover.move(i, i);
        }
        assertThat(mover.answerTo(mover.ping(1)).hasPong()).isTrue();
        mover.sendBytes(Say.repeat(1_000, Say.frame(mover.seq(), Say.ping())));
        assertThat(mover.closedWith()).isEqualTo(ErrorCode.FLOODING);
    }

    @Test
    @With({"room.capacity=2", "limits.rooms-max=2"})
    void roomsAndTheirNumberAreBounded() throws Exception {
        RawClient anna = tavern.client("anna", "full");
        tavern.client("ben", "full");
        RawClient carl = tavern.client("carl");
        assertThat(carl.errorTo(carl.send(Say.join("full")))).isEqualTo(ErrorCode.ROOM_FULL);
        assertThat(carl.errorTo(carl.send(Say.join("one-more")))).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    @Test
    @With({"limits.rooms-per-player-max=2", "limits.rates.joins=100", "room.idle-close-seconds=1"})
    void onePlayerCannotTakeAllRooms() throws Exception {
        RawClient anna = tavern.client("anna", "a");
        RawClient ben = tavern.client("ben", "a");
        anna.join("b");
        RawClient carl = tavern.client("carl", "b");
        assertThat(anna.errorTo(anna.send(Say.join("c")))).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        assertThat(anna.answerTo(anna.send(Say.join(Tavern.HALL))).hasJoined())
                .as("a room that is open")
                .isTrue();
        assertThat(carl.answerTo(carl.send(Say.join("c"))).hasJoined())
                .as("of somebody else")
                .isTrue();
        ben.answerTo(ben.leave());
        await("a room of hers closes")
                .until(() -> anna.answerTo(anna.send(Say.join("d"))).hasJoined());
    }

    @Test
    @With({"limits.rooms-per-address-max=3", "limits.uncounted-addresses=", "limits.rates.joins=100"})
    void oneAddressCannotTakeAllRooms() throws Exception {
        RawClient anna = tavern.client("anna", "a");
        anna.join("b");
        RawClient ben = tavern.client("ben");
        assertThat(ben.errorTo(ben.send(Say.join("c")))).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        assertThat(ben.answerTo(ben.send(Say.join("a"))).hasJoined()).isTrue();
    }

    @Test
    @With({"limits.rooms-max=4", "limits.rates.joins=100", "room.idle-close-seconds=3600"})
    void emptyRoomsMakeWayWhileThereAreMany() throws Exception {
        RawClient anna = tavern.client("anna");
        RawClient ben = tavern.client("ben", "a");
        tavern.client("carl", "b");
        tavern.client("dora", "c");
        assertThat(anna.errorTo(anna.send(Say.join("d")))).isEqualTo(ErrorCode.TOO_MANY_ROOMS);
        ben.answerTo(ben.leave());
        await("an empty room closes")
                .until(() -> anna.answerTo(anna.send(Say.join("d"))).hasJoined());
    }

    @Test
    @With("limits.rates.lists=100")
    void roomsAreListedByNameAndByTheirMetadata() throws Exception {
        for (int i = 0; i < 4; i++) {
            RoomOptions options = RoomOptions.newBuilder()
                    .putMetadata("mode", i % 2 == 0 ? "duel" : "open")
                    .setUnlisted(i == 2)
                    .build();
            RawClient guest = tavern.client("guest" + i);
            assertThat(guest.answerTo(guest.send(Say.join("room" + i, options))).hasJoined())
                    .isTrue();
        }
        RawClient anna = tavern.client("anna");
        RoomList first = anna.answerTo(anna.send(Say.list("room", 2))).getRoomList();
        assertThat(first.getRoomsList()).extracting(RoomInfo::getRoom).containsExactly("room0", "room1");
        assertThat(first.getMore()).isTrue();
        ClientMessage.Builder next = Say.list("room", 2);
        next.getListRoomsBuilder().setAfter(first.getNext());
        RoomList second = anna.answerTo(anna.send(next)).getRoomList();
        assertThat(second.getRoomsList()).extracting(RoomInfo::getRoom).containsExactly("room3");
        assertThat(second.getMore()).isFalse();

        ClientMessage.Builder duels = Say.list("", 0);
        duels.getListRoomsBuilder().putMetadata("mode", "duel");
        RoomList found = anna.answerTo(anna.send(duels)).getRoomList();
        assertThat(found.getRoomsList()).extracting(RoomInfo::getRoom).containsExactly("room0");
        assertThat(found.getRooms(0).getPlayers()).isEqualTo(1);
        ClientMessage.Builder wrong = Say.list("", 0);
        wrong.getListRoomsBuilder().putMetadata("x".repeat(33), "");
        assertThat(anna.errorTo(anna.send(wrong))).isEqualTo(ErrorCode.BAD_TEXT);
    }

    @Test
    @With("limits.rates.joins=100")
    void roomNamesThatHideSomethingAreRefused() throws Exception {
        RawClient anna = tavern.client("anna");
        for (String name :
                List.of("", "../../etc", "a}b{c", "a\r\nb", "a\u202eb", ".hidden", "é", "x".repeat(10_000))) {
            assertThat(anna.errorTo(anna.send(Say.join(name)))).as(name).isEqualTo(ErrorCode.BAD_NAME);
        }
        RoomOptions.Builder big = RoomOptions.newBuilder();
        for (int i = 0; i < 9; i++) {
            big.putMetadata("key" + i, "value");
        }
        assertThat(anna.errorTo(anna.send(Say.join("room", big.build())))).isEqualTo(ErrorCode.BAD_VALUE);
        RoomOptions.Builder long128 = RoomOptions.newBuilder().putMetadata("k", "\ud83c\udf7a".repeat(128));
        assertThat(anna.answerTo(anna.send(Say.join("emoji", long128.build()))).hasJoined())
                .isTrue();
        long128.putMetadata("k", "x".repeat(129));
        assertThat(anna.errorTo(anna.send(Say.join("room", long128.build())))).isEqualTo(ErrorCode.BAD_TEXT);
        RoomOptions text = RoomOptions.newBuilder().putMetadata("k", "a\u0000").build();
        assertThat(anna.errorTo(anna.send(Say.join("room", text)))).isEqualTo(ErrorCode.BAD_TEXT);
    }

    @Test
    @With({"limits.connections-per-address-max=3", "limits.uncounted-addresses="})
    void connectionsAreCountedByAddress() throws Exception {
        RawClient second = tavern.client("second");
        RawClient third = tavern.client("third");
        assertRefused();
        assertThat(third.answerTo(third.ping(1)).hasPong()).isTrue();
        second.send(Say.bye());
        second.closedWith();
        second.close();
        await().until(this::isLetIn);
    }

    @Test
    @With("limits.connections-max=2")
    void connectionsAreCountedInAll() throws Exception {
        RawClient second = tavern.client("second");
        assertRefused();
        assertThat(second.answerTo(second.ping(1)).hasPong()).isTrue();
    }

    @Test
    void aStormOfConnectionsLeavesNothingBehind() throws Exception {
        for (int i = 0; i < 300; i++) {
            RawClient storm = tavern.stranger();
            if (i % 2 == 0) {
                storm.cut();
            } else {
                storm.close();
            }
        }
        RawClient anna = tavern.client("anna", Tavern.HALL);
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
    }

    /** P-62: a client is told the limits that it must respect, whatever the configuration says. */
    @Test
    @With({
        "limits.frame-bytes-max=20000",
        "limits.idle-seconds=7",
        "limits.frames-per-second=99",
        "limits.chat-characters-max=50",
        "limits.open-offers-max=3",
        "limits.trade-entries-max=4",
        "game.offer-seconds=20",
        "limits.rates.moves=11",
        "limits.rates.chats=12",
        "limits.rates.whispers=13",
        "limits.rates.trades=14",
        "limits.rates.joins=15",
        "limits.rates.lists=0.5",
        "limits.rates.pings=17.9",
        "limits.rates.customs=18"
    })
    void aClientIsToldItsLimits() throws Exception {
        assertThat(tavern.client("anna").welcome().getLimits())
                .isEqualTo(Limits.newBuilder()
                        .setFrameBytesMax(20_000)
                        .setIdleMs(7_000)
                        .setFramesPerSecond(99)
                        .setRefusalsMax(20)
                        .setChatCharactersMax(50)
                        .setOpenOffersMax(3)
                        .setTradeEntriesMax(4)
                        .setOfferMs(20_000)
                        .setMovesPerSecond(11)
                        .setChatsPerSecond(12)
                        .setWhispersPerSecond(13)
                        .setTradesPerSecond(14)
                        .setJoinsPerSecond(15)
                        .setListsPerSecond(1)
                        .setPingsPerSecond(17)
                        .setCustomsPerSecond(18)
                        .build());
    }

    private void assertRefused() throws IOException {
        assertThat(isLetIn()).isFalse();
    }

    private boolean isLetIn() throws IOException {
        try (RawClient stranger = tavern.stranger()) {
            stranger.login("stranger");
            stranger.send(Say.bye());
            return true;
        } catch (EOFException | SocketException e) {
            return false;
        }
    }
}
