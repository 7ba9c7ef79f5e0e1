package tavern.server.game;

import java.util.List;
import java.util.TreeMap;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;

/** Small settings, and shorthands for making players, trades and rules. */
public final class TestGame {
    public static final int MAX_SPEED = 160;
    public static final int MAP_WIDTH = 3200;
    public static final int MAP_HEIGHT = 1600;
    public static final int VIOLATIONS_MAX = 5;
    public static final int OFFER_MILLIS = 30_000;
    public static final int OPEN_OFFERS_MAX = 4;
    public static final int TRADE_ENTRIES_MAX = 3;
    public static final int TRADE_ID_DAYS_MAX = 7;

    /** The date of everything that happens in a test, and of the ids in it. */
    public static final long TODAY_MILLIS = 1_800_000_000_000L;

    public static final GameSettings SETTINGS = new GameSettings(
            MAX_SPEED,
            MAP_WIDTH,
            MAP_HEIGHT,
            VIOLATIONS_MAX,
            20,
            List.of("darn"),
            OFFER_MILLIS / 1000,
            OPEN_OFFERS_MAX,
            TRADE_ENTRIES_MAX,
            TRADE_ID_DAYS_MAX,
            new TreeMap<>(),
            List.of());

    private TestGame() {}

    public static RoomRules rules() {
        return TavernRules.factory(SETTINGS, WordFilter.of(SETTINGS.filteredWords()))
                .open(new RoomId("den"));
    }

    public static Player player(int number) {
        return new Player(new PlayerId(number), "p" + number);
    }

    public static TradeId trade(int proposer, int number) {
        return new TradeId(new PlayerId(proposer), UuidV7.of(TODAY_MILLIS, number));
    }
}
