package tavern.sim.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import tavern.client.JoinOptions;
import tavern.client.TavernException;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;

/** Bots of {@link CountingServer}'s game: what each was told must be what was carried out for it, whatever is lost. */
public class CountingBots implements BotPlayers {
    @Override
    public String game() {
        return "counting";
    }

    @Override
    public JoinOptions join(int bot) {
        return JoinOptions.NONE.withTicket("bot " + bot);
    }

    @Override
    public BotPlayer create(BotSeat seat) {
        return new Counter(seat);
    }

    /** With another name, for a jar with several games. */
    public static final class Others extends CountingBots {
        @Override
        public String game() {
            return "other";
        }
    }

    private static final class Counter implements BotPlayer {
        private final BotSeat seat;
        private long told;
        private long done;
        private long unanswered;

        Counter(BotSeat seat) {
            this.seat = seat;
        }

        @Override
        public void joined(ByteString view) {
            told = value(view);
        }

        @Override
        public void told(ByteString what) {
            long now = value(what);
            if (now != told + 1) {
                seat.fault("told " + now + " after " + told);
            }
            told = now;
        }

        @Override
        public void tick(long nowMillis) {
            if (nowMillis < CountingServer.SERVER_MILLIS) {
                throw new IllegalStateException("not the server's date: " + nowMillis);
            }
            if (!seat.isWaiting()) {
                seat.say(Int64Value.of(seat.random().nextInt(4) == 0 ? CountingServer.TOO_MUCH : 1));
            }
        }

        @Override
        public void done(MessageLite said) {
            done++;
        }

        @Override
        public void refused(MessageLite said, TavernException why) {
            if (!said.equals(Int64Value.of(CountingServer.TOO_MUCH))) {
                seat.fault("refused: " + why.getMessage());
            }
        }

        @Override
        public void unanswered(MessageLite said) {
            unanswered++;
        }

        @Override
        public void finished() {
            if (told < done || told > done + unanswered) {
                seat.fault("told " + told + ", but " + done + " and perhaps " + unanswered + " more were done");
            }
        }

        private static long value(ByteString bytes) {
            try {
                return Int64Value.parseFrom(bytes).getValue();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }
}
