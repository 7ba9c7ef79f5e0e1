package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.GameSettings;
import tavern.server.game.Inventory;
import tavern.server.game.PersonalEvent;
import tavern.server.game.Position;
import tavern.server.game.RoomEvent;
import tavern.server.game.Settlement;
import tavern.server.game.TavernRules;
import tavern.server.game.TradeId;
import tavern.server.game.WordFilter;

/**
 * The path of a move through a room, without the room's thread: slots, rules, snapshot. It is in the server's package
 * because some of these classes are package-private. Confined to one thread.
 */
public final class RoomOfTwenty {
    public static final int PLAYERS = 20;

    /** Time between two moves of one player, long enough that none counts as too fast. */
    private static final long MOVE_MILLIS = 100;

    private static final int MAP = 3_200;
    private static final int STEP = 9;
    private static final Position MIDDLE = new Position(MAP / 2, MAP / 2);

    private final MoveSlot[] slots = new MoveSlot[PLAYERS];
    private final MoveSlot.Sink[] sinks = new MoveSlot.Sink[PLAYERS];
    private final int[] seqs = new int[PLAYERS];
    private final DirtyFlag dirty = new DirtyFlag();
    private final SnapshotEncoder snapshots = new SnapshotEncoder();
    private final Moved effects = new Moved();
    private final TavernRules rules;
    private long nowMillis = 1;
    private int tick;

    public RoomOfTwenty(GameSettings settings) {
        rules = new TavernRules(settings, WordFilter.of(settings.filteredWords()), 1);
        for (int i = 0; i < PLAYERS; i++) {
            Player player = new Player(new PlayerId(i + 1L), "player-" + i);
            rules.apply(new Action.Join(player, Inventory.EMPTY, MIDDLE, 0), nowMillis, effects);
            int entity = i + 1;
            slots[i] = new MoveSlot(dirty);
            sinks[i] = (seq, x, y) -> rules.move(entity, seq, x, y, nowMillis, effects);
        }
        rules.entities().forEach(entity -> snapshots.place(entity.id(), MAP / 2, MAP / 2, 0));
    }

    /** Back and forth, so that a player never reaches the map's edge. */
    public static int x(int seq) {
        return MAP / 2 + (seq & 1) * STEP;
    }

    public static int y(int seq) {
        return MAP / 2 + (seq >> 1 & 1) * STEP;
    }

    /** Puts a move into the player's slot, as a connection does. */
    public void put(int player, int seq, int x, int y) {
        slots[player].put(seq, x, y);
    }

    /** Takes the move from the slot and applies it, as the room's tick does. */
    public void take(int player) {
        slots[player].take(sinks[player]);
    }

    /** Puts a player's next move into its slot and applies it. */
    public void move(int player) {
        int seq = ++seqs[player];
        put(player, seq, x(seq), y(seq));
        take(player);
    }

    public void timePasses() {
        nowMillis += MOVE_MILLIS;
        dirty.take();
    }

    /** A snapshot of all players who moved, or null if nobody did. */
    public @Nullable ByteBuf snapshot() {
        return snapshots.encode(++tick, PooledByteBufAllocator.DEFAULT);
    }

    /** Number of moves that the rules have accepted. */
    public long moves() {
        return effects.moves;
    }

    /** Number of moves that the rules have rejected. */
    public long rejected() {
        return effects.rejected;
    }

    /** Records the effects of moves; other effects do not occur here. */
    private final class Moved implements Effects {
        private long moves;
        private long rejected;

        @Override
        public void moved(int entity, int x, int y, int seq) {
            moves++;
            snapshots.moved(entity, x, y, seq);
        }

        @Override
        public void moveRejected(int entity, int seq, int x, int y) {
            rejected++;
        }

        @Override
        public void toRoom(RoomEvent event) {
            // Only joins cause room events, and they happen before the measurement.
        }

        @Override
        public void refuse(PlayerId player, int seq, ErrorCode code, String text) {
            throw new IllegalStateException(text);
        }

        @Override
        public void toPlayer(PlayerId player, int replyTo, PersonalEvent event) {
            throw new IllegalStateException("nobody trades here");
        }

        @Override
        public void lookUpTrade(TradeId trade) {
            throw new IllegalStateException("nobody trades here");
        }

        @Override
        public void settle(Settlement settlement) {
            throw new IllegalStateException("nobody trades here");
        }

        @Override
        public void readInventory(Player player) {
            throw new IllegalStateException("no goods are in this room");
        }

        @Override
        public void expel(PlayerId player, ErrorCode code, String text) {
            throw new IllegalStateException(text);
        }
    }
}
