package @package@;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashSet;
import java.util.Set;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotPlayers;
import tavern.client.bots.BotSeat;
import @package@.messages.Draw;
import @package@.messages.Drawn;
import @package@.messages.Hand;
import @package@.messages.Say;
import @package@.messages.Table;
import @package@.messages.Tell;

/** What bin/bots finds in this jar, by way of META-INF/services. */
public final class @Class@Bots implements BotPlayers {
    @Override
    public String game() {
        return "@name@";
    }

    @Override
    public BotPlayer create(BotSeat seat) {
        return new Bot(seat);
    }

    /** Draws once in each round, and sees to it that nobody draws twice. */
    private static final class Bot implements BotPlayer {
        private final BotSeat seat;
        private final Set<String> drawn = new HashSet<>();

        Bot(BotSeat seat) {
            this.seat = seat;
        }

        @Override
        public void joined(ByteString view) {
            told(view);
        }

        @Override
        public void told(ByteString what) {
            Tell tell;
            try {
                tell = Tell.parseFrom(what);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("not a message of the game", e);
            }
            switch (tell.getWhatCase()) {
                case TABLE -> see(tell.getTable());
                case DRAWN -> see(tell.getDrawn());
                case WON -> drawn.clear();
                case WHAT_NOT_SET -> seat.fault("told nothing");
            }
        }

        private void see(Table table) {
            drawn.clear();
            table.getHandsList().stream().map(Hand::getName).forEach(drawn::add);
        }

        private void see(Drawn card) {
            String name = card.getHand().getName();
            if (!drawn.add(name)) {
                seat.fault(name + " draws twice in one round");
            }
        }

        @Override
        public void tick(long nowMillis) {
            if (!seat.isWaiting() && !drawn.contains(seat.player())) {
                seat.say(Say.newBuilder().setDraw(Draw.getDefaultInstance()).build());
            }
        }
    }
}
