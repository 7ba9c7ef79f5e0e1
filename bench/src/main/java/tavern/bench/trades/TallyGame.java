package tavern.bench.trades;

import com.google.protobuf.Int64Value;
import java.util.List;
import tavern.game.Game;
import tavern.game.GameModule;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.Turn;
import tavern.game.Viewer;

/**
 * The game of these measurements: the smallest turn that changes something, and transfers between named accounts. Loaded
 * from a jar, as any game is.
 */
public final class TallyGame implements Game<Int64Value, Int64Value, Int64Value> {
    static final String NAME = "tally";

    /** As many accounts get their first gold in one turn as it may have legs. */
    static final int ACCOUNTS_IN_BLOCK = 64;

    /** Adds one to the room's number. */
    static final long TALLY = 0;

    private static final long WEALTH = 1_000_000_000;
    private static final long ACCOUNTS_MAX = 1_000_000;

    /** Gives their first gold to the accounts of a block. */
    static long fund(int block) {
        return -1L - block;
    }

    /** Moves one gold from one account to another, which is not the same. */
    static long transfer(int from, int to) {
        return ACCOUNTS_MAX * (from + 1) + to;
    }

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.getDefaultInstance();
    }

    @Override
    public Int64Value on(Int64Value state, Player from, Int64Value message, Turn<Int64Value> turn) {
        long what = message.getValue();
        if (what > 0) {
            turn.move(account(what / ACCOUNTS_MAX - 1), account(what % ACCOUNTS_MAX), Goods.of("gold", 1));
        } else if (what < 0) {
            for (long i = 0; i < ACCOUNTS_IN_BLOCK; i++) {
                turn.give(account((-1 - what) * ACCOUNTS_IN_BLOCK + i), "gold", WEALTH);
            }
        }
        return Int64Value.of(state.getValue() + 1);
    }

    private static NamedAccount account(long number) {
        return new NamedAccount("account:" + number);
    }

    @Override
    public Int64Value view(Int64Value state, Viewer viewer) {
        return state;
    }

    /** Names the game to the server. */
    public static final class Module implements GameModule {
        @Override
        public List<GameType<?, ?, ?>> games() {
            return List.of(GameType.of(NAME, new TallyGame(), Int64Value.parser(), Int64Value.parser()));
        }
    }
}
