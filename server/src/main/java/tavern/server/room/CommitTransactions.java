package tavern.server.room;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.engine.Commit;
import tavern.game.RoomId;
import tavern.server.feed.Feed;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Put;
import tavern.server.store.RoomTurn;
import tavern.server.store.Score;
import tavern.server.store.Seen;
import tavern.server.store.Transaction;
import tavern.server.time.Clocks;

/** A game's commits as transactions. */
final class CommitTransactions {
    private final RoomId room;
    private final String type;
    private final String game;
    private final long fence;
    private final Feed feed;
    private final Clocks clocks;

    CommitTransactions(RoomId room, String type, String game, long fence, Feed feed, Clocks clocks) {
        this.room = room;
        this.type = type;
        this.game = game;
        this.fence = fence;
        this.feed = feed;
        this.clocks = clocks;
    }

    /** @throws IllegalArgumentException when it breaks a rule of transactions, or an event has a name that it may not have */
    Transaction of(Commit commit) {
        long atMillis = clocks.wall().millis();
        return Transaction.turn(
                new RoomTurn(
                        room,
                        type,
                        commit.follows(),
                        commit.revision(),
                        commit.room().toByteArray(),
                        commit.dueMillis(),
                        scores(commit),
                        commit.seen().stream()
                                .map(seen -> new Seen(seen.account(), seen.key(), seen.version()))
                                .toList()),
                fence,
                commit.transfers().stream()
                        .map(moved -> new Leg(moved.from(), moved.to(), moved.goods(), moved.made()))
                        .toList(),
                commit.values().stream()
                        .map(value -> new Put(
                                value.holder(), value.key(), value.value().toByteArray(), value.seenVersion()))
                        .toList(),
                events(commit, atMillis),
                atMillis);
    }

    /** The game's name is that of its mint; another game may have a board of the same name. */
    private List<Score> scores(Commit commit) {
        return commit.scores().stream()
                .map(score -> new Score(
                        Score.board(game, score.board()),
                        score.who(),
                        score.points(),
                        score.board().ranking()))
                .toList();
    }

    /** Goods that move are always told: by the game's first event, or else by one that says no more. */
    private List<OutboxEvent> events(Commit commit, long atMillis) {
        Transaction.RoomFence owner = new Transaction.RoomFence(room, fence);
        List<OutboxEvent> events = new ArrayList<>();
        for (Commit.Event event : commit.events()) {
            add(feed.describe(event.event(), event.body(), owner, atMillis), events);
        }
        if (events.isEmpty() && !commit.transfers().isEmpty()) {
            add(feed.describe(RoomTurn.KIND, owner, atMillis), events);
        }
        return events;
    }

    private static void add(@Nullable OutboxEvent event, List<OutboxEvent> events) {
        if (event != null) {
            events.add(event);
        }
    }
}
