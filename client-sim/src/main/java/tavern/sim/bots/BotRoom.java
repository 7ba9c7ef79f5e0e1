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
import tavern.sim.oracle.OwnedMoves;
import tavern.sim.oracle.Tally;
import tavern.sim.oracle.TradeOracle;

/** The bots that meet in one room, and the oracles that check it. Confined to one event loop. */
final class BotRoom {
    private final String name;
    private final ChatOracle chat;
    private final TradeOracle trades;
    private final Map<String, Integer> members = new HashMap<>();
    private final List<Bot> bots = new ArrayList<>();
    private final Sights sights;
    private final Tally tally;
    private final OwnedMoves moves;
    private long newestFence;

    BotRoom(String name, String run, List<String> names, Tally tally) {
        this.name = name;
        this.tally = tally;
        moves = new OwnedMoves(names.size(), tally);
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

    /** What is known of the moves that this view shows. */
    MoveOracle moves(ClientRoom view) {
        return moves.under(view.joined().getFence(), fence -> bots.stream().anyMatch(bot -> bot.isUnder(fence)));
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

    /** The moves of a player as they are known in this view, or null when the player is not a bot of this room. */
    @Nullable
    MoveLog logOf(ClientRoom view, String player) {
        Integer member = members.get(player);
        return member == null ? null : moves(view).log(member);
    }

    /** Attaches a bot's move log to its entity; entities of other players are left alone. */
    void recognise(ClientRoom view, ClientRoom.Entity entity) {
        MoveLog log = entity.attachment() == null ? logOf(view, entity.player()) : null;
        if (log != null) {
            entity.attach(log);
        }
    }

    /** The member has received the full state, or everything in its view, and sees snapshots from now on. */
    void startWatching(int member, ClientRoom view) {
        MoveOracle there = moves(view);
        if (!view.hasCells()) {
            there.watch(member);
            return;
        }
        for (ClientRoom.Entity entity : view.entities()) {
            if (entity.isInView() && entity.attachment() instanceof MoveLog log) {
                there.watch(member, log);
            }
        }
    }

    /** P-37: the member sees this entity from now on. */
    void startWatching(int member, ClientRoom view, ClientRoom.Entity entity, long nowNanos) {
        if (entity.attachment() instanceof MoveLog log) {
            MoveOracle there = moves(view);
            if (entity.seq() != 0) {
                there.seen(member, log, entity.seq(), entity.seq(), entity.x(), entity.y(), nowNanos);
            }
            there.watch(member, log);
        }
    }

    /** From now on the member does not see this entity, and is excused from moves still in flight. */
    void stopWatching(int member, ClientRoom view, ClientRoom.Entity entity) {
        if (entity.attachment() instanceof MoveLog log) {
            MoveOracle there = moves(view);
            there.excuse(member, log, entity.seq());
            there.unwatch(member, log);
        }
    }

    /** From now on the member sees no snapshots, and is excused from moves still in flight. */
    void stopWatching(int member, ClientRoom view) {
        for (ClientRoom.Entity entity : view.entities()) {
            stopWatching(member, view, entity);
        }
        moves(view).unwatch(member);
    }

    boolean isSettled() {
        return bots.stream().allMatch(Bot::isSettled) && chat.isQuiet() && trades.isSettled() && sights.isSettled();
    }

    Sights sights() {
        return sights;
    }

    void finish() {
        sights.finish();
        moves.finish((member, fence) ->
                bots.get(member).isPresent() && bots.get(member).isUnder(fence));
        chat.finish();
        trades.finish();
    }
}
