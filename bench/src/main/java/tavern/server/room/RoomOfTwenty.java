package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.GameSettings;
import tavern.server.game.Inventory;
import tavern.server.game.PersonalEvent;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomEvent;
import tavern.server.game.Settlement;
import tavern.server.game.TavernRules;
import tavern.server.game.TradeId;
import tavern.server.game.WordFilter;

/**
 * A room's way of a move without its thread: slots, the rules, the snapshot. In the server's package because only the
 * room itself puts these together. One thread.
 */
public final class RoomOfTwenty {
    public static final int PLAYERS = 20;

    /** Between two moves of one player, so that none is too fast. */
    private static final long MOVE_MILLIS = 100;

    private static final int MAP = 3_200;
    private static final int STEP = 9;
    private static final Position MIDDLE = new Position(MAP / 2, MAP / 2);

    private final MoveSlot[] slots = new MoveSlot[PLAYERS];
    private final MoveSlot.Sink[] sinks = new MoveSlot.Sink[PLAYERS];
    private final int[] seqs = new int[PLAYERS];
    private final Stir stir = new Stir();
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
            slots[i] = new MoveSlot(stir);
            sinks[i] = (seq, x, y) -> rules.move(entity, seq, x, y, nowMillis, effects);
        }
        rules.entities().forEach(entity -> snapshots.place(entity.id(), MAP / 2, MAP / 2, 0));
    }

    /** To and fro, so that it never ends at the map's edge. */
    public static int x(int seq) {
        return MAP / 2 + (seq & 1) * STEP;
    }

    public static int y(int seq) {
        return MAP / 2 + (seq >> 1 & 1) * STEP;
    }

    /** What a connection does with a move. */
    public void put(int player, int seq, int x, int y) {
        slots[player].put(seq, x, y);
    }

    /** What the room's tick does with it. */
    public void take(int player) {
        slots[player].take(sinks[player]);
    }

    /** The next move of a player, all the way. */
    public void move(int player) {
        int seq = ++seqs[player];
        put(player, seq, x(seq), y(seq));
        take(player);
    }

    public void timePasses() {
        nowMillis += MOVE_MILLIS;
        stir.take();
    }

    /** Of all who moved; null: nobody. */
    public @Nullable ByteBuf snapshot() {
        return snapshots.encode(++tick, PooledByteBufAllocator.DEFAULT);
    }

    /** How many moves the rules have let through. */
    public long moves() {
        return effects.moves;
    }

    /** How many they have not. */
    public long rejected() {
        return effects.rejected;
    }

    /** What moves lead to; the rest is not asked for here. */
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
            // Everybody comes before anything is measured.
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
        public void expel(PlayerId player, ErrorCode code, String text) {
            throw new IllegalStateException(text);
        }
    }
}
