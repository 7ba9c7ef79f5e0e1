package tavern.server.room;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tavern.engine.Commit;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.RoomRules;

/** What members have, as a game's turns see it, and those who have left, while turns of theirs are still to come. */
@OnRoomThread
final class MembersGoods {
    private final RoomRules rules;
    private final Map<PlayerId, SeatGoods> present = new HashMap<>();
    private final List<Leaver> leavers = new ArrayList<>();

    /** Those whose goods commits under way move. */
    private final Set<SeatGoods> moving = new LinkedHashSet<>();

    /** @param settled completes when no turn is to come any more that sees these goods */
    private record Leaver(SeatGoods goods, CompletableFuture<Void> settled) {}

    MembersGoods(RoomRules rules) {
        this.rules = rules;
    }

    /** @param pending commits under way */
    SeatGoods joined(PlayerId player, Map<String, Kept> values, List<Commit> pending) {
        SeatGoods own = new SeatGoods(player, rules, values);
        for (Leaver before : leavers) {
            if (before.goods().member().equals(player)) {
                own.keepNewer(before.goods());
            }
        }
        present.put(player, own);
        for (Commit commit : pending) {
            if (playersOf(commit).contains(player)) {
                begins(own, commit);
            }
        }
        return own;
    }

    /** Comes before the rules forget the player. Does nothing for who is not present. */
    void leaves(PlayerId player) {
        SeatGoods own = present.remove(player);
        if (own != null) {
            own.leaves();
            leavers.add(new Leaver(own, new CompletableFuture<>()));
        }
    }

    /** Forgets the leavers whose turns have all been decided. */
    void forget(Predicate<PlayerId> isLeaving) {
        List<Leaver> settled = new ArrayList<>();
        leavers.removeIf(leaver -> !isLeaving.test(leaver.goods().member()) && settled.add(leaver));
        settled.forEach(leaver -> moving.remove(leaver.goods()));
        settled.forEach(leaver -> leaver.settled().complete(null));
    }

    /** Completes when nothing of what the player did before he left is under way any more. */
    CompletionStage<Void> settled(PlayerId player) {
        return CompletableFuture.allOf(leavers.stream()
                .filter(leaver -> leaver.goods().member().equals(player))
                .map(Leaver::settled)
                .toArray(CompletableFuture<?>[]::new));
    }

    private void each(PlayerId player, Consumer<SeatGoods> what) {
        SeatGoods own = present.get(player);
        if (own != null) {
            what.accept(own);
        }
        for (Leaver leaver : leavers) {
            if (leaver.goods().member().equals(player)) {
                what.accept(leaver.goods());
            }
        }
    }

    // ---- commits ----

    void submitted(Commit commit) {
        playersOf(commit).forEach(player -> each(player, own -> begins(own, commit)));
    }

    private void begins(SeatGoods own, Commit commit) {
        own.submitted(commit.revision());
        moving.add(own);
    }

    void changed(PlayerId player, GoodsChange change) {
        each(player, own -> own.changed(change));
    }

    void read(PlayerId player, Inventory inventory) {
        each(player, own -> own.read(inventory));
    }

    void keep(PlayerId player, String key, Kept value) {
        each(player, own -> own.keep(key, value));
    }

    /** Comes after what the commits up to this one have done. */
    void committed(long revision) {
        moving.removeIf(own -> own.committed(revision));
    }

    void refused(long revision) {
        moving.removeIf(own -> own.refused(revision));
    }

    /** The players whose goods a commit moves. */
    static Set<PlayerId> playersOf(Commit commit) {
        if (commit.transfers().isEmpty()) {
            return Set.of();
        }
        Set<PlayerId> players = new LinkedHashSet<>();
        for (Commit.Transfer moved : commit.transfers()) {
            for (AccountId account : List.of(moved.from(), moved.to())) {
                if (account instanceof PlayerId player) {
                    players.add(player);
                }
            }
        }
        return players;
    }
}
