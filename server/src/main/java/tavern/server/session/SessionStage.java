package tavern.server.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.GetLeaderboard;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Ping;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.server.room.InventoryPages;
import tavern.server.room.Wire;
import tavern.server.session.Freeze.What;
import tavern.server.session.RateLimiter.Kind;
import tavern.server.store.Causes;

/** Handles requests that a player may make anywhere; those that need a room are left to the subclasses. */
abstract class SessionStage implements Stage {
    private static final long BUSY_MILLIS = 1_000;
    private static final int LIST_MAX = 50;

    private static final long WAITING_RETRY_MILLIS = 500;

    final Sessions sessions;
    final Session session;
    final Connection connection;
    private final SessionInbox inbox;

    SessionStage(Sessions sessions, Session session, Connection connection) {
        this.sessions = sessions;
        this.session = session;
        this.connection = connection;
        this.inbox = session.inbox();
    }

    /** Call on the connection's loop: this is the first stage after its Hello. */
    final void greet(ServerMessage welcome, List<ServerMessage> missed) {
        connection.identified(session.id());
        connection.become(this);
        connection.send(welcome);
        missed.forEach(connection::send);
    }

    @Override
    public final void on(ClientMessage message) {
        int seq = message.getSeq();
        ClientMessage.BodyCase kind = message.getBodyCase();
        if (!takes(seq, kind)) {
            return;
        }
        switch (kind) {
            case MOVE ->
                moveInTurn(seq, message.getMove().getX(), message.getMove().getY());
            case HELLO -> helloAgain(seq);
            case PING -> {
                // Not queued: a ping checks whether the server responds.
                if (allowed(Kind.PING, seq)) {
                    pong(seq, message.getPing());
                }
            }
            default -> {
                Kind rate = rateOf(kind);
                if (rate == null || allowed(rate, seq)) {
                    inTurn(message);
                }
            }
        }
    }

    /** P-17: requests are carried out in the order in which they were sent. */
    private void inTurn(ClientMessage message) {
        if (!inbox.isHeld()) {
            perform(message);
        } else if (!inbox.enqueue(message)) {
            String text = "too many requests wait for an earlier one to finish";
            connection.send(Wire.error(message.getSeq(), ErrorCode.BUSY, text, WAITING_RETRY_MILLIS));
        }
    }

    // What one request throws must not keep those behind it from being carried out in their order.
    @SuppressWarnings("IllegalCatch")
    final void perform(ClientMessage message) {
        int seq = message.getSeq();
        try {
            dispatch(seq, message);
        } catch (BadRequestException e) {
            refuse(seq, e.code(), e.text());
        } catch (RuntimeException e) {
            connection.send(Failure.answer(seq, () -> session.action(seq), e));
        }
    }

    @Override
    public final void onMove(int seq, int x, int y) {
        if (takes(seq, ClientMessage.BodyCase.MOVE)) {
            moveInTurn(seq, x, y);
        }
    }

    private boolean takes(int seq, ClientMessage.BodyCase kind) {
        if (inbox.confirms()) {
            session.inLane(session.tokens()::settle);
        }
        sessions.metrics().messages(kind).increment();
        if (inbox.takeSeq(seq)) {
            return true;
        }
        repeated(seq, kind);
        return false;
    }

    private void moveInTurn(int seq, int x, int y) {
        if (inbox.isHeld()) {
            inbox.enqueueMove(seq, x, y);
        } else {
            move(seq, x, y);
        }
    }

    private static @Nullable Kind rateOf(ClientMessage.BodyCase kind) {
        return switch (kind) {
            case CHAT -> Kind.CHAT;
            case WHISPER -> Kind.WHISPER;
            case JOIN_ROOM, LEAVE_ROOM -> Kind.JOIN;
            case LIST_ROOMS, GET_INVENTORY, GET_LEADERBOARD -> Kind.LIST;
            case TRADE_OFFER, TRADE_ACCEPT, TRADE_DECLINE, TRADE_CANCEL -> Kind.TRADE;
            case CUSTOM, BODY_NOT_SET -> Kind.CUSTOM;
            case BYE, HELLO, MOVE, PING -> null;
        };
    }

    private void pong(int seq, Ping ping) {
        connection.send(ServerMessage.newBuilder()
                .setReplyTo(seq)
                .setPong(Pong.newBuilder().setNonce(ping.getNonce()).setServerTimeMs(sessions.wallMillis()))
                .build());
    }

    /** The one place where requests are told apart by kind. */
    private void dispatch(int seq, ClientMessage message) throws BadRequestException {
        switch (message.getBodyCase()) {
            case CHAT -> {
                if (!isFrozen(What.CHAT, seq)) {
                    chat(seq, message.getChat());
                }
            }
            case WHISPER -> {
                if (!isFrozen(What.CHAT, seq)) {
                    sessions.whispers().send(session, seq, message.getWhisper());
                }
            }
            case JOIN_ROOM -> sessions.joins().join(session, connection, seq, message.getJoinRoom());
            case LEAVE_ROOM -> sessions.joins().leave(session, seq);
            case LIST_ROOMS -> {
                if (takesMore(seq)) {
                    list(seq, message.getListRooms());
                }
            }
            case GET_INVENTORY -> {
                if (takesMore(seq)) {
                    inventory(seq);
                }
            }
            case GET_LEADERBOARD -> {
                if (takesMore(seq)) {
                    leaderboard(seq, message.getGetLeaderboard());
                }
            }
            case TRADE_OFFER -> offer(seq, message.getTradeOffer());
            case TRADE_ACCEPT -> accept(seq, message.getTradeAccept());
            case TRADE_DECLINE -> decline(seq, message.getTradeDecline());
            case TRADE_CANCEL -> cancel(seq, message.getTradeCancel());
            case CUSTOM -> custom(seq, message.getCustom());
            case BYE -> {
                // Nothing that comes behind it is carried out.
                inbox.clear();
                inbox.hold();
                sessions.bye(session, connection);
            }
            case BODY_NOT_SET -> refuse(seq, ErrorCode.UNSUPPORTED, "this server does not know such a message");
            case HELLO, MOVE, PING -> throw new IllegalStateException(message.getBodyCase() + " has no turn");
        }
    }

    abstract void move(int seq, int x, int y);

    abstract void chat(int seq, Chat chat);

    abstract void offer(int seq, TradeOffer offer) throws BadRequestException;

    abstract void accept(int seq, TradeAccept accept) throws BadRequestException;

    abstract void decline(int seq, TradeDecline decline) throws BadRequestException;

    abstract void cancel(int seq, TradeCancel cancel) throws BadRequestException;

    abstract void custom(int seq, Custom custom);

    final void refuse(int seq, ErrorCode code, String text) {
        connection.send(Wire.error(seq, code, text, 0));
    }

    /** P-13: a number that was already used; moves, which are frequent, are dropped silently. */
    private void repeated(int seq, ClientMessage.BodyCase kind) {
        if (kind == ClientMessage.BodyCase.MOVE) {
            sessions.metrics().movesDropped.increment();
        } else if (kind == ClientMessage.BodyCase.HELLO) {
            helloAgain(seq);
        } else {
            refuse(seq, ErrorCode.DUPLICATE_SEQ, "seq must be above " + Integer.toUnsignedString(inbox.lastSeq()));
        }
    }

    /** The player's room, or null for none. */
    @Nullable
    RoomId place() {
        return null;
    }

    final boolean isFrozen(What what, int seq) {
        if (!sessions.freezes().stops(what, place(), session.player().name())) {
            return false;
        }
        refuse(seq, ErrorCode.NOT_ALLOWED, Freezes.text(what));
        return true;
    }

    private boolean allowed(Kind kind, int seq) {
        long waitMillis = sessions.tryTake(session, kind);
        if (waitMillis == 0) {
            return true;
        }
        if (sessions.refusedTooOften(session)) {
            fail(ErrorCode.FLOODING, "continued after being told to slow down");
        } else {
            String text = "too many of this kind; limits.rates says how many a second";
            connection.send(Wire.error(seq, ErrorCode.RATE_LIMITED, text, waitMillis));
        }
        return false;
    }

    /** A client that does not read earlier answers gets no more of them. */
    private boolean takesMore(int seq) {
        if (connection.takesMore()) {
            return true;
        }
        connection.send(Wire.error(seq, ErrorCode.BUSY, "read what was sent before", BUSY_MILLIS));
        return false;
    }

    private void list(int seq, ListRooms request) throws BadRequestException {
        connection.send(Wire.rooms(seq, sessions.rooms().list(RequestParser.query(request, LIST_MAX))));
    }

    /** P-56: never from a record that may be outdated, since the client may know more already. */
    private void inventory(int seq) {
        sessions.players()
                .current(session.player().name())
                .whenCompleteAsync(
                        (player, failure) -> {
                            if (failure != null) {
                                connection.send(Failure.answer(seq, () -> session.action(seq), Causes.of(failure)));
                            } else if (!connection.sendPaced(
                                    new InventoryPages(seq, player.inventory(), connection.frameBytesMax()))) {
                                String text = "an inventory is being told; wait for its last page";
                                connection.send(Wire.error(seq, ErrorCode.BUSY, text, BUSY_MILLIS));
                            }
                        },
                        connection.loop());
    }

    private void leaderboard(int seq, GetLeaderboard request) throws BadRequestException {
        sessions.leaderboards()
                .read(seq, request, session.player().id())
                .whenCompleteAsync(
                        (answer, failure) -> connection.send(
                                failure == null
                                        ? answer
                                        : Failure.answer(seq, () -> session.action(seq), Causes.of(failure))),
                        connection.loop());
    }

    @Override
    public void fail(ErrorCode code, String text) {
        fail(0, code, text);
    }

    private void helloAgain(int seq) {
        fail(seq, ErrorCode.HELLO_REPEATED, "Hello comes once, at the start of a connection");
    }

    private void fail(int replyTo, ErrorCode code, String text) {
        if (Protocol.endsSession(code)) {
            inbox.clear();
            sessions.end(session, code, text);
        }
        connection.close(replyTo, code, text);
    }

    @Override
    public void closed() {
        sessions.lost(session, connection);
    }
}
