package tavern.sim.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import tavern.client.TavernException;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;

/**
 * Bots of the game {@code pot}, in which everybody puts in one and all are told how much there is. It must grow by one each
 * time, whoever reconnects, and never shrink, even when the server crashes.
 */
public final class PotBots implements BotPlayers {
    private final Map<String, AtomicLong> atMost = new ConcurrentHashMap<>();

    @Override
    public String game() {
        return "pot";
    }

    @Override
    public BotPlayer create(BotSeat seat) {
        return new Putter(seat, atMost.computeIfAbsent(seat.room(), room -> new AtomicLong()));
    }

    private static final class Putter implements BotPlayer {
        private final BotSeat seat;
        private final AtomicLong atMost;
        private long pot;

        Putter(BotSeat seat, AtomicLong atMost) {
            this.seat = seat;
            this.atMost = atMost;
        }

        @Override
        public void joined(ByteString view) {
            long now = value(view);
            if (now < pot) {
                seat.fault("the pot had " + pot + ", and now " + now);
            }
            see(now);
        }

        @Override
        public void told(ByteString what) {
            long now = value(what);
            if (now != pot + 1) {
                seat.fault("the pot had " + pot + ", and now " + now);
            }
            see(now);
        }

        private void see(long now) {
            pot = now;
            if (now > atMost.get()) {
                seat.fault("there is more in the pot than was put in: " + now);
            }
        }

        @Override
        public void tick(long nowMillis) {
            if (!seat.isWaiting()) {
                atMost.incrementAndGet();
                seat.say(StringValue.of("one"));
            }
        }

        @Override
        public void refused(MessageLite said, TavernException why) {
            atMost.decrementAndGet();
        }
    }

    /** Texts such as "old edition: 7". */
    static long value(ByteString bytes) {
        try {
            String text = StringValue.parseFrom(bytes).getValue();
            return Long.parseLong(text.substring(text.indexOf(':') + 1).strip());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
