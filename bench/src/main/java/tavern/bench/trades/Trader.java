package tavern.bench.trades;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.server.game.Action;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.room.Member;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;

/**
 * A member without a socket: makes offers to its partner, accepts whatever it is offered, and makes a new offer as soon
 * as one of its own is over. It acts where it hears, on the room's thread.
 */
final class Trader implements Member {
    private static final int OFFER = 0;
    private static final int ACCEPT = 1;
    private static final Terms TERMS = new Terms(Goods.of("gold", 1), Goods.of("potion", 1));

    private final Market market;
    private final Player player;
    private final Player partner;
    private final Room room;
    private final SplittableRandom random;
    private final AtomicInteger lastSeq = new AtomicInteger();
    private long events;

    Trader(Market market, Player player, Player partner, Room room) {
        this.market = market;
        this.player = player;
        this.partner = partner;
        this.room = room;
        this.random = new SplittableRandom(player.id().value());
    }

    /** Any thread. */
    void offer() {
        TradeId trade = new TradeId(player.id(), newId());
        room.offer(this, new Action.OfferTrade(player.id(), nextSeq(OFFER), trade, partner.name(), TERMS));
    }

    private synchronized UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /** Its last bit tells what was asked for. */
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

    /** Only refusals come this way. */
    @Override
    public void answer(ServerMessage message) {
        ErrorCode code = message.getError().getCode();
        if (code == ErrorCode.UNAVAILABLE && (message.getReplyTo() & 1) == OFFER) {
            market.offerLater(this);
        } else if (code != ErrorCode.UNAVAILABLE) {
            // An accept that the store does not answer in time is still under way.
            market.fault(player.name() + " was told " + code + ": "
                    + message.getError().getText());
        }
    }

    @Override
    public void deliver(ServerMessage.Builder builder) {
        // As a session does: numbers it and makes the message that would be sent.
        ServerMessage message = builder.setSessionSeq(++events).build();
        switch (message.getBodyCase()) {
            case TRADE_OPENED -> {
                // The partner has heard of it too.
            }
            case TRADE_OFFERED -> accept(message.getTradeOffered());
            case TRADE_RESULT -> ended(message.getTradeResult());
            default -> market.fault(player.name() + " did not expect " + message.getBodyCase());
        }
    }

    private void accept(TradeOffered offered) {
        TradeId trade = new TradeId(partner.id(), uuid(offered.getTradeId()));
        room.offer(this, new Action.AcceptTrade(player.id(), nextSeq(ACCEPT), trade));
    }

    private void ended(TradeResult result) {
        if (!result.getFrom().equals(player.name())) {
            return;
        }
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            market.committed(this);
        } else {
            market.fault("a trade ended " + result.getOutcome() + ", " + result.getReason());
        }
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    @Override
    public void expel(ErrorCode code, String text) {
        market.fault(player.name() + " was sent away: " + code + ", " + text);
    }

    @Override
    public Presence entered(Room entered, MoveSlot moves) {
        return new Presence(false, null);
    }

    @Override
    public void said(Room room, String text) {}

    @Override
    public void left(Room from) {
        // At the end.
    }
}
