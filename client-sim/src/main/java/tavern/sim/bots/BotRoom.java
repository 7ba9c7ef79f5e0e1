package tavern.sim.bots;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientRoom;
import tavern.sim.oracle.ChatOracle;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.MoveLog;
import tavern.sim.oracle.MoveOracle;
import tavern.sim.oracle.Tally;
import tavern.sim.oracle.TradeOracle;

/** The bots that meet in one room, and the oracles that check it. Confined to one event loop. */
final class BotRoom {
    private final String name;
    private final MoveOracle moves;
    private final ChatOracle chat;
    private final TradeOracle trades;
    private final Map<String, Integer> members = new HashMap<>();
    private final List<Bot> bots = new ArrayList<>();
    private final Sights sights;
    private final Tally tally;
    private long newestFence;

    BotRoom(String name, String run, List<String> names, Tally tally) {
        this.name = name;
        this.tally = tally;
        moves = new MoveOracle(names.size(), tally);
        chat = new ChatOracle(run, names, tally);
        trades = new TradeOracle(names, tally);
        sights = new Sights(bots, tally);
        for (String each : names) {
            members.put(each, members.size());
        }
    }

    void add(Bot bot) {
        bots.add(bot);
    }

    String name() {
        return name;
    }

    /** A member was seated by the owner with this fencing token. */
    void owned(long fence) {
        if (newestFence != 0 && fence > newestFence) {
            tally.add(Count.TAKE_OVERS);
        }
        newestFence = Math.max(newestFence, fence);
    }

    MoveOracle moves() {
        return moves;
    }

    ChatOracle chat() {
        return chat;
    }

    TradeOracle trades() {
        return trades;
    }

    /** In the order of their member numbers. */
    List<Bot> bots() {
        return bots;
    }

    /** The moves of a player, or null when the player is not a bot of this room. */
    @Nullable
    MoveLog logOf(String player) {
        Integer member = members.get(player);
        return member == null ? null : moves.log(member);
    }

    /** Attaches a bot's move log to its entity; entities of other players are left alone. */
    void recognise(ClientRoom.Entity entity) {
        MoveLog log = entity.attachment() == null ? logOf(entity.player()) : null;
        if (log != null) {
            entity.attach(log);
        }
    }

    /** The member has received the full state, or everything in its view, and sees snapshots from now on. */
    void startWatching(int member, ClientRoom view) {
        if (!view.hasCells()) {
            moves.watch(member);
            return;
        }
        for (ClientRoom.Entity entity : view.entities()) {
            if (entity.isInView() && entity.attachment() instanceof MoveLog log) {
                moves.watch(member, log);
            }
        }
    }

    /** P-37: the member sees this entity from now on. */
    void startWatching(int member, ClientRoom.Entity entity, long nowNanos) {
        if (entity.attachment() instanceof MoveLog log) {
            if (entity.seq() != 0) {
                moves.seen(member, log, entity.seq(), entity.seq(), entity.x(), entity.y(), nowNanos);
            }
            moves.watch(member, log);
        }
    }

    /** From now on the member does not see this entity, and is excused from moves still in flight. */
    void stopWatching(int member, ClientRoom.Entity entity) {
        if (entity.attachment() instanceof MoveLog log) {
            moves.excuse(member, log, entity.seq());
            moves.unwatch(member, log);
        }
    }

    /** From now on the member sees no snapshots, and is excused from moves still in flight. */
    void stopWatching(int member, ClientRoom view) {
        for (ClientRoom.Entity entity : view.entities()) {
            stopWatching(member, entity);
        }
        moves.unwatch(member);
    }

    boolean isSettled() {
        return bots.stream().allMatch(Bot::isSettled) && chat.isQuiet() && trades.isSettled() && sights.isSettled();
    }

    Sights sights() {
        return sights;
    }

    void finish() {
        sights.finish();
        for (Bot bot : bots) {
            moves.finish(bot.member(), bot.isPresent());
        }
        chat.finish();
        trades.finish();
    }
}
