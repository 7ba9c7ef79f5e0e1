package tavern.server.session;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cache.Players;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.game.Position;
import tavern.server.room.Arrival;
import tavern.server.room.Joining;
import tavern.server.room.KeptValues;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;
import tavern.server.room.RoomOpener;
import tavern.server.room.RoomOptions;
import tavern.server.room.Rooms;
import tavern.server.room.Wire;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.PlayerRecord;
import tavern.server.store.RoomStore;
import tavern.server.store.Stages;

/**
 * P-26: moves a player from one room, or none, into another, in the player's lane. Everything that has to be waited for
 * (the room's opening, the player's goods and place) is waited for before the room is involved; no thread blocks. The
 * session's inbox is held meanwhile, so a player has one such move at a time.
 */
final class Joins {
    private static final int ATTEMPTS_MAX = 3;

    /**
     * The limit for each wait: the room's opening or closing, its game's admission, and the player's place. After it the
     * store counts as silent.
     */
    private static final long STORE_SECONDS_MAX = 5;

    private static final long SUSPENDED_RETRY_MILLIS = 1_000;

    private final Rooms rooms;
    private final Players players;
    private final RoomStore store;
    private final AccountStore accounts;
    private final Freezes freezes;
    private final AddressBlocks uncounted;

    /** @param uncounted addresses that may open any number of rooms */
    Joins(
            Rooms rooms,
            Players players,
            RoomStore store,
            AccountStore accounts,
            Freezes freezes,
            AddressBlocks uncounted) {
        this.rooms = rooms;
        this.players = players;
        this.store = store;
        this.accounts = accounts;
        this.freezes = freezes;
        this.uncounted = uncounted;
    }

    /** Joins a room at the client's request. On the connection's loop. */
    void join(Session session, Connection connection, int seq, JoinRoom request) throws BadRequestException {
        RoomId room = RequestParser.room(request.getRoom());
        RoomOptions options = RequestParser.options(request.getOptions(), request.getType());
        Wish wish =
                new Wish(seq, room, options, RequestParser.ticket(request.getTicket()), opener(session, connection));
        if (freezes.stops(Freeze.What.JOINS, room, session.player().name())) {
            throw new BadRequestException(ErrorCode.NOT_ALLOWED, Freezes.text(Freeze.What.JOINS));
        }
        session.inbox().hold();
        session.inLane(() -> {
            session.whereabouts().beginMoving();
            Stages.begin(() -> enter(session, wish))
                    .whenCompleteAsync(
                            (joining, failure) -> {
                                try {
                                    ServerMessage refusal = failure != null
                                            ? failed(session, seq, room, Causes.of(failure))
                                            : refused(session, seq, room, joining);
                                    if (refusal != null) {
                                        session.send(refusal);
                                    }
                                } finally {
                                    session.whereabouts().endMoving();
                                }
                            },
                            session.lane());
        });
    }

    /** Leaves the room at the client's request. On the connection's loop. */
    void leave(Session session, int seq) {
        session.inbox().hold();
        session.inLane(() -> {
            session.whereabouts().beginMoving();
            Room room = session.room();
            if (room == null) {
                session.send(Wire.error(seq, ErrorCode.NOT_IN_ROOM, "join a room first", 0));
                session.whereabouts().endMoving();
            } else {
                Stages.begin(() -> room.members().leave(session))
                        .whenCompleteAsync(
                                (left, failure) -> {
                                    try {
                                        session.send(
                                                failure != null
                                                        ? failed(session, seq, room.id(), Causes.of(failure))
                                                        : Wire.left(
                                                                seq, room.id().name()));
                                    } finally {
                                        session.whereabouts().endMoving();
                                    }
                                },
                                session.lane());
            }
        });
    }

    /**
     * Moves the player at an operator's command, or at that of a room's game; completes or fails as the join did. After a
     * failure the player is in no room, or, if a room's game refused, where he was. In the lane.
     *
     * @param ticket for the room's game
     */
    CompletionStage<Joining> move(Session session, RoomId room, ByteString ticket) {
        // On the way to another server a player joins nothing here.
        return session.departure()
                .decided()
                .thenCompose(decided -> session.isEnded()
                        ? CompletableFuture.completedFuture(Joining.ENDED)
                        : moveFromHere(session, room, ticket));
    }

    private CompletionStage<Joining> moveFromHere(Session session, RoomId room, ByteString ticket) {
        Wish wish = new Wish(0, room, RoomOptions.DEFAULT, ticket, null);
        return session.link().hold().thenCompose(held -> {
            if (session.departure().isUnderWay() && !session.isEnded()) {
                session.link().release();
                return move(session, room, ticket);
            }
            if (session.whereabouts().isMoving()) {
                session.link().release();
                throw new IllegalArgumentException("another join of this player is under way");
            }
            session.whereabouts().beginMoving();
            return Stages.begin(() -> enter(session, wish))
                    .whenCompleteAsync(
                            (joining, failure) -> session.whereabouts().endMoving(), session.lane());
        });
    }

    /** As {@link #move}, at the command of the game in the player's room; the player hears why if it fails. In the lane. */
    void send(Session session, RoomId room, ByteString ticket) {
        if (session.whereabouts().isMoving()) {
            return; // on the way to a room of the player's own choice
        }
        if (freezes.stops(Freeze.What.JOINS, room, session.player().name())) {
            session.send(Wire.error(0, ErrorCode.NOT_ALLOWED, Freezes.text(Freeze.What.JOINS), 0));
            return;
        }
        move(session, room, ticket).whenComplete((joining, failure) -> {
            ServerMessage refusal =
                    failure == null ? refused(session, 0, room, joining) : failed(session, 0, room, Causes.of(failure));
            if (refusal != null) {
                session.answer(refusal);
            }
        });
    }

    /**
     * Which room somebody wants to enter.
     *
     * @param seq of the request, or 0
     * @param opener against whose limits the room counts if it is opened for this, or null for none
     */
    private record Wish(
            int seq,
            RoomId room,
            RoomOptions options,
            ByteString ticket,
            @Nullable RoomOpener opener) {}

    /** Takes the player out of the present room, if there is one, and into the other. */
    private CompletionStage<Joining> enter(Session session, Wish wish) {
        Room present = session.room();
        if (present == null || present.id().equals(wish.room())) {
            return attempt(session, wish, ATTEMPTS_MAX);
        }
        return bounded(rooms.open(wish.room(), wish.options(), wish.opener()))
                .handle((room, failure) -> admitted(session, wish, room, failure))
                .thenCompose(admitted -> admitted)
                .thenComposeAsync(
                        admitted -> admitted.outcome() != null
                                ? CompletableFuture.completedFuture(admitted.outcome())
                                : change(session, present, wish, admitted.failure()),
                        session.lane());
    }

    /**
     * Whether the present room is to be left.
     *
     * @param outcome how the join has ended already; null for not yet
     * @param failure of opening the room, which counts once the present one was left (P-26); null for none
     */
    private record Admitted(
            @Nullable Joining outcome, @Nullable Throwable failure) {
        static final Admitted GRANTED = new Admitted(null, null);
    }

    /** P-81: who is not let into a room with a game stays where he is. Fails if the game refuses, or there can be no such room. */
    private static CompletionStage<Admitted> admitted(
            Session session, Wish wish, @Nullable Room room, @Nullable Throwable failure) {
        if (failure != null) {
            return Causes.of(failure) instanceof RefusedException refused
                    ? CompletableFuture.failedFuture(refused)
                    : CompletableFuture.completedFuture(new Admitted(null, failure));
        }
        if (room == null || !room.game().admitsFirst()) {
            return CompletableFuture.completedFuture(Admitted.GRANTED);
        }
        return bounded(room.game().admits(session, wish.ticket()))
                .thenApply(joining -> stays(joining) ? new Admitted(joining, null) : Admitted.GRANTED);
    }

    private static boolean stays(Joining joining) {
        return switch (joining) {
            case FULL, SUSPENDED, HELD_UP, FAILED -> true;
            case SEATED, CLOSED, ENDED -> false;
        };
    }

    /** @param failure of opening the other room, null for none */
    private CompletionStage<Joining> change(Session session, Room present, Wish wish, @Nullable Throwable failure) {
        return present.members()
                .leave(session)
                .thenCompose(left -> failure == null
                        ? attempt(session, wish, ATTEMPTS_MAX)
                        : CompletableFuture.failedFuture(failure))
                .whenCompleteAsync(
                        (joining, failed) -> {
                            if (joining != Joining.SEATED && joining != Joining.ENDED) {
                                // P-26: the player has left the one room, and did not get into the other.
                                session.send(Wire.left(0, present.id().name()));
                            }
                        },
                        session.lane());
    }

    /** The opener against whose limits a room that is opened for this join counts. */
    private RoomOpener opener(Session session, Connection connection) {
        InetAddress address = connection.address();
        String network =
                uncounted.contain(address) ? "" : NetworkPrefix.of(address).toString();
        return new RoomOpener(session.player().id(), network);
    }

    private CompletionStage<Joining> attempt(Session session, Wish wish, int attempts) {
        return bounded(rooms.open(wish.room(), wish.options(), wish.opener()))
                .thenCompose(room -> seat(session, wish, room)
                        .thenCompose(joining -> joining == Joining.CLOSED && attempts > 1
                                ? bounded(room.goneOrOpen()).thenCompose(gone -> attempt(session, wish, attempts - 1))
                                : CompletableFuture.completedFuture(joining)));
    }

    /** What the store knows of the player in the room. */
    private record Read(Optional<Position> at, Map<String, Kept> values) {}

    private CompletionStage<Joining> seat(Session session, Wish wish, Room room) {
        CompletableFuture<Joining> seated = new CompletableFuture<>();
        PlayerId id = session.player().id();
        CompletionStage<Map<String, Kept>> values =
                bounded(KeptValues.read(accounts, id, room.game().keeps()));
        players.open(session.player().name())
                .thenCombine(bounded(store.position(room.id(), id)).thenCombine(values, Read::new), (player, read) -> {
                    room.members()
                            .inTurn(
                                    session.lane(),
                                    () -> Stages.begin(() -> seat(session, wish, room, player, read))
                                            .whenComplete((joining, failure) -> {
                                                if (failure == null) {
                                                    seated.complete(joining);
                                                } else {
                                                    seated.completeExceptionally(failure);
                                                }
                                            }));
                    return player;
                })
                .whenComplete((player, failure) -> {
                    if (failure != null) {
                        seated.completeExceptionally(failure);
                    }
                });
        return seated;
    }

    /**
     * Runs in the lane. While the join waited, no room was told what happened to the player: what is known by now counts,
     * not what was loaded then.
     */
    private PlayerRecord newest(Session session, PlayerRecord loaded) {
        PlayerRecord known = players.known(session.player().name());
        PlayerRecord now = known != null
                        && known.inventory().version() >= loaded.inventory().version()
                ? known
                : loaded;
        return new PlayerRecord(
                now.player(), now.inventory(), now.bannedUntilMillis(), session.mutedUntilMillis(), now.banMessage());
    }

    /** Runs in the lane. From now on, what happens to the player is passed to the room behind this join. */
    private CompletionStage<Joining> seat(Session session, Wish wish, Room room, PlayerRecord player, Read read) {
        if (session.isEnded()) {
            return CompletableFuture.completedFuture(Joining.ENDED);
        }
        boolean wasThere = session.room() == room;
        session.whereabouts().entering(room);
        MoveSlot moves = room.members().moveSlot();
        Arrival arrival = new Arrival(newest(session, player), read.at().orElse(null), read.values(), wish.ticket());
        return room.members()
                .join(session, arrival, wish.seq(), session.connection(), moves)
                .whenCompleteAsync(
                        (joining, failure) -> {
                            if (joining == Joining.SEATED) {
                                session.whereabouts().entered(room, moves);
                            } else if (!wasThere) {
                                session.whereabouts().notEntered(room);
                            }
                            if (joining == Joining.SEATED && !wasThere) {
                                session.note(Journal.What.JOINED, "");
                            }
                        },
                        session.lane());
    }

    /** A wait without end would keep the session from ever joining anything again. */
    private static <T> CompletableFuture<T> bounded(CompletionStage<T> wait) {
        return wait.toCompletableFuture().copy().orTimeout(STORE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Null when there is nothing to send: {@code Joined} was sent, or the session has ended. */
    private static @Nullable ServerMessage refused(Session session, int seq, RoomId room, Joining joining) {
        return switch (joining) {
            case SEATED, ENDED -> null;
            case FULL -> Wire.error(seq, ErrorCode.ROOM_FULL, "room " + room + " is full", 0);
            case SUSPENDED ->
                Wire.error(seq, ErrorCode.UNAVAILABLE, "room " + room + " is suspended", SUSPENDED_RETRY_MILLIS);
            case HELD_UP ->
                Wire.error(
                        seq,
                        ErrorCode.UNAVAILABLE,
                        "room " + room + " is about to move to another server",
                        SUSPENDED_RETRY_MILLIS);
            case CLOSED -> Wire.error(seq, ErrorCode.ROOM_CLOSED, "room " + room + " is closing", 0);
            case FAILED ->
                Wire.error(
                        seq,
                        ErrorCode.INTERNAL,
                        "room " + room + " failed; see the server's log under " + session.action(seq),
                        0);
        };
    }

    private static ServerMessage failed(Session session, int seq, RoomId room, Throwable cause) {
        if (cause instanceof Rooms.TooManyRoomsException tooMany) {
            return Wire.error(seq, ErrorCode.TOO_MANY_ROOMS, tooMany.text(), 0);
        }
        if (cause instanceof RefusedException refused) {
            long retryAfterMillis = refused.code() == ErrorCode.UNAVAILABLE ? SUSPENDED_RETRY_MILLIS : 0;
            return Wire.error(seq, refused.code(), String.valueOf(refused.getMessage()), retryAfterMillis);
        }
        if (cause instanceof HeldElsewhereException elsewhere) {
            return session.redirect(seq, room, elsewhere.holder());
        }
        return Failure.answer(seq, () -> session.action(seq), cause);
    }
}
