package tavern.server.session;

import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.v1.Chat;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ListRooms;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeAccept;
import tavern.protocol.v1.TradeCancel;
import tavern.protocol.v1.TradeDecline;
import tavern.protocol.v1.TradeOffer;
import tavern.server.game.RoomId;
import tavern.server.room.RoomInfo;
import tavern.server.room.Wire;
import tavern.server.session.Freeze.What;
import tavern.server.session.RateLimiter.Kind;

/** What a player may do anywhere; what takes a room is left to the stages below. */
abstract class SessionStage implements Stage {
    private static final int LIST_MAX = 50;

    final Sessions sessions;
    final Session session;
    final Connection connection;

    SessionStage(Sessions sessions, Session session, Connection connection) {
        this.sessions = sessions;
        this.session = session;
        this.connection = connection;
    }

    @Override
    public final void on(ClientMessage message) {
        int seq = message.getSeq();
        if (!takes(seq, message.getBodyCase())) {
            return;
        }
        try {
            dispatch(seq, message);
        } catch (BadRequestException e) {
            refuse(seq, e.code(), e.text());
        }
    }

    @Override
    public final void onMove(int seq, int x, int y) {
        if (takes(seq, ClientMessage.BodyCase.MOVE)) {
            moveIfAllowed(seq, x, y);
        }
    }

    private boolean takes(int seq, ClientMessage.BodyCase kind) {
        sessions.heard(session);
        sessions.metrics().messages(kind).increment();
        if (session.takeSeq(seq)) {
            return true;
        }
        repeated(seq, kind);
        return false;
    }

    private void moveIfAllowed(int seq, int x, int y) {
        if (sessions.allows(session, Kind.MOVE)) {
            move(seq, x, y);
        }
    }

    /** The one place where a message's kind is told. */
    private void dispatch(int seq, ClientMessage message) throws BadRequestException {
        switch (message.getBodyCase()) {
            case MOVE ->
                moveIfAllowed(seq, message.getMove().getX(), message.getMove().getY());
            case CHAT -> {
                if (allowed(Kind.CHAT, seq) && !isFrozen(What.CHAT, seq)) {
                    chat(seq, message.getChat());
                }
            }
            case WHISPER -> {
                if (allowed(Kind.WHISPER, seq) && !isFrozen(What.CHAT, seq)) {
                    sessions.whispers().send(session, seq, message.getWhisper());
                }
            }
            case JOIN_ROOM -> {
                if (allowed(Kind.JOIN, seq)) {
                    sessions.joins().join(session, seq, message.getJoinRoom());
                }
            }
            case LEAVE_ROOM -> {
                if (allowed(Kind.JOIN, seq)) {
                    leave(seq);
                }
            }
            case LIST_ROOMS -> {
                if (allowed(Kind.LIST, seq)) {
                    list(seq, message.getListRooms());
                }
            }
            case TRADE_OFFER -> {
                if (allowed(Kind.TRADE, seq) && !isFrozen(What.TRADES, seq)) {
                    offer(seq, message.getTradeOffer());
                }
            }
            case TRADE_ACCEPT -> {
                if (allowed(Kind.TRADE, seq) && !isFrozen(What.TRADES, seq)) {
                    accept(seq, message.getTradeAccept());
                }
            }
            case TRADE_DECLINE -> {
                if (allowed(Kind.TRADE, seq)) {
                    decline(seq, message.getTradeDecline());
                }
            }
            case TRADE_CANCEL -> {
                if (allowed(Kind.TRADE, seq)) {
                    cancel(seq, message.getTradeCancel());
                }
            }
            case CUSTOM -> {
                if (allowed(Kind.CUSTOM, seq)) {
                    custom(seq, message.getCustom());
                }
            }
            case PING -> {
                if (allowed(Kind.PING, seq)) {
                    connection.send(ServerMessage.newBuilder()
                            .setReplyTo(seq)
                            .setPong(
                                    Pong.newBuilder().setNonce(message.getPing().getNonce()))
                            .build());
                }
            }
            case BYE -> {
                sessions.end(session, ErrorCode.OK, "the player said good-bye");
                connection.closeQuietly();
            }
            case HELLO -> fail(ErrorCode.HELLO_REPEATED, "Hello comes once, at the start of a connection");
            case BODY_NOT_SET -> {
                if (allowed(Kind.CUSTOM, seq)) {
                    refuse(seq, ErrorCode.UNSUPPORTED, "this server does not know such a message");
                }
            }
        }
    }

    abstract void move(int seq, int x, int y);

    abstract void leave(int seq);

    abstract void chat(int seq, Chat chat);

    abstract void offer(int seq, TradeOffer offer) throws BadRequestException;

    abstract void accept(int seq, TradeAccept accept) throws BadRequestException;

    abstract void decline(int seq, TradeDecline decline) throws BadRequestException;

    abstract void cancel(int seq, TradeCancel cancel) throws BadRequestException;

    abstract void custom(int seq, Custom custom);

    final void refuse(int seq, ErrorCode code, String text) {
        connection.send(Wire.error(seq, code, text, 0));
    }

    /** P-13: a number that was used; moves, which come in plenty, are dropped without a word. */
    private void repeated(int seq, ClientMessage.BodyCase kind) {
        if (kind == ClientMessage.BodyCase.MOVE) {
            sessions.metrics().movesDropped.increment();
        } else if (kind == ClientMessage.BodyCase.HELLO) {
            fail(ErrorCode.HELLO_REPEATED, "Hello comes once, at the start of a connection");
        } else {
            refuse(
                    seq,
                    ErrorCode.DUPLICATE_SEQ,
                    "seq must be above " + Integer.toUnsignedString(session.lastClientSeq()));
        }
    }

    /** Where the player is; null: in no room. */
    @Nullable
    RoomId place() {
        return null;
    }

    private boolean isFrozen(What what, int seq) {
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
            fail(ErrorCode.FLOODING, "went on after being told to slow down");
        } else {
            String text = "too many of this kind; limits.rates says how many a second";
            connection.send(Wire.error(seq, ErrorCode.RATE_LIMITED, text, waitMillis));
        }
        return false;
    }

    private void list(int seq, ListRooms asked) {
        int asManyAs = asked.getMax() <= 0 ? LIST_MAX : Math.min(asked.getMax(), LIST_MAX);
        var found = sessions.rooms().list(asked.getPrefix(), asked.getAfter(), asManyAs + 1);
        RoomList.Builder list = RoomList.newBuilder().setMore(found.size() > asManyAs);
        for (RoomInfo room : found.subList(0, Math.min(found.size(), asManyAs))) {
            list.addRooms(tavern.protocol.v1.RoomInfo.newBuilder()
                    .setRoom(room.id().name())
                    .setPlayers(room.players())
                    .setCapacity(room.capacity())
                    .putAllMetadata(room.metadata()));
        }
        connection.send(
                ServerMessage.newBuilder().setReplyTo(seq).setRoomList(list).build());
    }

    @Override
    public void fail(ErrorCode code, String text) {
        if (Protocol.endsSession(code)) {
            sessions.end(session, code, text);
        }
        connection.close(code, text);
    }

    @Override
    public void closed() {
        sessions.lost(session, connection);
    }
}
