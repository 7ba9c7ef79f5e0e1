package tavern.server.room;

import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.MoveRejected;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.PersonalEvent;
import tavern.server.game.RoomEvent;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;
import tavern.server.guard.ReplayLog;
import tavern.server.store.ChatLine;

/** Carries out the effects of the rules: messages to the members and to players who left, and writes to the store. */
@OnRoomThread
final class RoomEffects implements Effects {
    private static final long RETRY_MILLIS = 1_000;

    private final Room room;
    private final Seats seats;
    private final ReplayLog log;
    private final Interest interest;
    private final PlayerDirectory directory;
    private final TradeStoreClient trades;
    private final RoomMetrics metrics;
    private Entities entities = new Entities() {};

    /** Who has to know where players are, besides the members. */
    interface Entities {
        default void entered(Entity entity) {}

        default void moved(int entity, int x, int y) {}

        default void left(int entity) {}
    }

    RoomEffects(
            Room room,
            Seats seats,
            ReplayLog log,
            Interest interest,
            PlayerDirectory directory,
            TradeStoreClient trades,
            RoomMetrics metrics) {
        this.room = room;
        this.seats = seats;
        this.log = log;
        this.interest = interest;
        this.directory = directory;
        this.trades = trades;
        this.metrics = metrics;
    }

    /** Before anybody comes in. */
    void tell(Entities others) {
        entities = others;
    }

    /** The rules go on with a player whom another server had here: nobody is told. */
    void restored(Entity entity) {
        seats.assign(entity);
        interest.place(entity.id(), entity.x(), entity.y(), entity.seq());
        entities.entered(entity);
    }

    @Override
    public void refuse(PlayerId player, int seq, ErrorCode code, String text) {
        Seat seat = seats.get(player);
        if (seat != null && room.tenure().isLost()) {
            // This trade does not continue here: another server knows how it ended, or can carry it out.
            String elsewhere = "another server runs the room now; join again and ask with the same trade id";
            seat.member.answer(Wire.error(seq, ErrorCode.UNAVAILABLE, elsewhere, RETRY_MILLIS));
        } else if (seat != null) {
            long retryAfterMillis = code.getNumber() / 100 == 6 ? RETRY_MILLIS : 0;
            seat.member.answer(Wire.error(seq, code, text, retryAfterMillis));
        }
    }

    @Override
    public void toRoom(RoomEvent event) {
        long now = room.nowMillis();
        if (event instanceof RoomEvent.Joined joined) {
            Entity entity = joined.entity();
            seats.assign(entity);
            interest.place(entity.id(), entity.x(), entity.y(), entity.seq());
            entities.entered(entity);
        } else if (event instanceof RoomEvent.Left left) {
            interest.remove(left.entity());
            entities.left(left.entity());
        }
        ServerMessage message = Wire.event(event, interest.cellSize() == 0)
                .setRoomSeq(log.nextSeq())
                .build();
        if (event instanceof RoomEvent.Chatted chatted) {
            Seat speaker = seats.get(chatted.player().id());
            if (speaker != null) {
                speaker.member.said(room, chatted.text());
            }
            room.remember(message.getChat(), new ChatLine(chatted.player().name(), chatted.text(), chatted.atMillis()));
        }
        byte[] frame = Frames.copyOf(message);
        log.append(frame, now);
        interest.event(Frames.copy(Frames.ALLOCATOR, frame));
    }

    @Override
    public void toPlayer(PlayerId player, int replyTo, PersonalEvent event) {
        Seat seat = seats.get(player);
        if (seat != null) {
            seat.member.deliver(Wire.event(replyTo, event));
        } else {
            // A player who left may have another session by now, in which the request's number means nothing.
            directory.deliver(player, Wire.event(0, event));
        }
    }

    @Override
    public void moved(int entity, int x, int y, int seq) {
        interest.moved(entity, x, y, seq);
        entities.moved(entity, x, y);
    }

    @Override
    public void moveRejected(int entity, int seq, int x, int y) {
        metrics.movesRejected.increment();
        Seat seat = seats.ofEntity(entity);
        if (seat != null) {
            seat.member.answer(ServerMessage.newBuilder()
                    .setReplyTo(seq)
                    .setMoveRejected(MoveRejected.newBuilder().setX(x).setY(y))
                    .build());
        }
    }

    @Override
    public void lookUpTrade(TradeId trade) {
        trades.lookUp(trade);
    }

    @Override
    public void settle(Settlement settlement) {
        trades.settle(settlement);
    }

    @Override
    public void readInventory(Player player) {
        trades.readInventory(player);
    }

    @Override
    public void expel(PlayerId player, ErrorCode code, String text) {
        Seat seat = seats.get(player);
        if (seat != null) {
            seat.member.expel(code, text);
        }
    }
}
