package tavern.sim.bots;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.sim.client.RoomView;
import tavern.sim.oracle.ChatOracle;
import tavern.sim.oracle.MoveLog;
import tavern.sim.oracle.MoveOracle;
import tavern.sim.oracle.Tally;
import tavern.sim.oracle.TradeOracle;

/** The bots that meet in one room, and what is known of it. Belongs to one event loop. */
final class Room {
    private final String name;
    private final MoveOracle moves;
    private final ChatOracle chat;
    private final TradeOracle trades;
    private final Map<String, Integer> members = new HashMap<>();
    private final List<Bot> bots = new ArrayList<>();
    private final Sights sights;

    Room(String name, String run, List<String> names, Tally tally) {
        this.name = name;
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

    /** The moves of a player, or null when it is none of ours. */
    @Nullable
    MoveLog logOf(String player) {
        Integer member = members.get(player);
        return member == null ? null : moves.log(member);
    }

    /** Marks an entity as one of ours, should it be one. */
    void recognise(RoomView.Entity entity) {
        MoveLog log = entity.attachment() == null ? logOf(entity.player()) : null;
        if (log != null) {
            entity.attach(log);
        }
    }

    /** The member has the full state, or all that is in view, and sees snapshots from now on. */
    void look(int member, RoomView view) {
        if (!view.hasCells()) {
            moves.watch(member);
            return;
        }
        for (RoomView.Entity entity : view.entities()) {
            if (entity.isInView() && entity.attachment() instanceof MoveLog log) {
                moves.watch(member, log);
            }
        }
    }

    /** P-37: the member sees this entity from now on. */
    void look(int member, RoomView.Entity entity, long nowNanos) {
        if (entity.attachment() instanceof MoveLog log) {
            if (entity.seq() != 0) {
                moves.seen(member, log, entity.seq(), entity.seq(), entity.x(), entity.y(), nowNanos);
            }
            moves.watch(member, log);
        }
    }

    /** The member does not see this entity from now on, and need not see what was on the way. */
    void lookAway(int member, RoomView.Entity entity) {
        if (entity.attachment() instanceof MoveLog log) {
            moves.excuse(member, log, entity.seq());
            moves.unwatch(member, log);
        }
    }

    /** The member sees no snapshots from now on, and need not see what was on the way. */
    void lookAway(int member, RoomView view) {
        for (RoomView.Entity entity : view.entities()) {
            lookAway(member, entity);
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
