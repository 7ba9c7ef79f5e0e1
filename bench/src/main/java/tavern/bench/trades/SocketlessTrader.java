package tavern.bench.trades;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.server.cluster.Node;
import tavern.server.game.Action;
import tavern.server.game.TradeId;
import tavern.server.room.Room;
import tavern.server.room.RoomMember;

/**
 * A member without a socket: makes offers to its partner, accepts every offer that it receives, and makes a new offer
 * as soon as one of its own has ended. It acts where events are delivered, on the room's thread.
 */
final class SocketlessTrader implements RoomMember {
    private static final int OFFER = 0;
    private static final int ACCEPT = 1;

    private final RoomTraders market;
    private final Player player;
    private final Player partner;
    private final Room room;
    private final SplittableRandom random;
    private final AtomicInteger lastSeq = new AtomicInteger();
    private long events;

    SocketlessTrader(RoomTraders market, Player player, Player partner, Room room) {
        this.market = market;
        this.player = player;
        this.partner = partner;
        this.room = room;
        this.random = new SplittableRandom(player.id().value());
    }

    /** Makes an offer to the partner. Safe on any thread. */
    void offer() {
        long nowMillis = System.currentTimeMillis();
        TradeId trade = new TradeId(player.id(), newId(nowMillis));
        room.offer(
                this,
                new Action.OfferTrade(player.id(), nextSeq(OFFER), trade, partner.name(), PlainTrade.TERMS, nowMillis));
    }

    private synchronized UUID newId(long nowMillis) {
        return UuidV7.of(nowMillis, random.nextLong());
    }

    /** The last bit tells which kind of action it was. */
    private int nextSeq(int kind) {
        return lastSeq.addAndGet(2) + kind;
    }

    @Override
    public Player player() {
        return player;
    }

    @Override
    public String action(int seq) {
        return player.name() + "." + seq;
    }

    /** Only refusals are delivered here. */
    @Override
    public void answer(ServerMessage message) {
        ErrorCode code = message.getError().getCode();
        if (code == ErrorCode.UNAVAILABLE && (message.getReplyTo() & 1) == OFFER) {
            market.offerLater(this);
        } else if (code != ErrorCode.UNAVAILABLE) {
            // An accept that the store does not answer in time is still pending.
            market.fault(player.name() + " was refused: " + code + ": "
                    + message.getError().getText());
        }
    }

    @Override
    public void deliver(ServerMessage.Builder builder) {
        // Number and build the message, as a session does before it sends it.
        ServerMessage message = builder.setSessionSeq(++events).build();
        switch (message.getBodyCase()) {
            case TRADE_OPENED -> {
                // The partner receives TradeOffered.
            }
            case TRADE_OFFERED -> accept(message.getTradeOffered());
            case TRADE_RESULT -> ended(message.getTradeResult(), message.getSerializedSize());
            default -> market.fault(player.name() + " did not expect " + message.getBodyCase());
        }
    }

    private void accept(TradeOffered offered) {
        TradeId trade = new TradeId(partner.id(), uuid(offered.getTradeId()));
        room.offer(this, new Action.AcceptTrade(player.id(), nextSeq(ACCEPT), trade));
    }

    private void ended(TradeResult result, int bytes) {
        if (!result.getFrom().equals(player.name())) {
            return;
        }
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            market.committed(this, bytes);
        } else {
            market.fault("a trade ended " + result.getOutcome() + ", " + result.getReason());
        }
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    @Override
    public void behind(Runnable task) {
        task.run();
    }

    @Override
    public void expel(ErrorCode code, String text) {
        market.fault(player.name() + " was sent away: " + code + ", " + text);
    }

    @Override
    public void send(RoomId to, ByteString ticket) {}

    @Override
    public void said(Room room, String text) {}

    @Override
    public void left(Room from) {
        // Happens only at the end.
    }

    @Override
    public CompletionStage<Void> freeze() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void thaw() {}

    @Override
    public void moved(Room from, Node to) {}
}
