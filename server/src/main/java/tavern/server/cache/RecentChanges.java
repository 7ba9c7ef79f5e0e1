package tavern.server.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/**
 * Numbered recent changes of players, so that a record that was being loaded when its player changed is recognised as
 * old. They are kept for longer than a load may take, and their number is bounded: one that is evicted for lack of
 * space counts as a change of every player. Safe on any thread.
 */
final class RecentChanges {
    private static final int PLAYERS_MAX = 100_000;

    private final AtomicLong count = new AtomicLong();
    /** The number of the newest change that may concern any player. */
    private final AtomicLong ofAnybody = new AtomicLong();

    private final Cache<PlayerId, Long> byPlayer;

    RecentChanges(Duration kept, Ticker ticker) {
        this(kept, ticker, PLAYERS_MAX);
    }

    RecentChanges(Duration kept, Ticker ticker, int playersMax) {
        byPlayer = Caffeine.newBuilder()
                .maximumSize(playersMax)
                .expireAfterWrite(kept)
                .ticker(ticker)
                .executor(Runnable::run)
                .evictionListener(this::evicted)
                .build();
    }

    private void evicted(@Nullable Object player, @Nullable Object number, RemovalCause cause) {
        if (cause == RemovalCause.SIZE && number instanceof Long change) {
            ofAnybody.accumulateAndGet(change, Math::max);
        }
    }

    /** Returns the number of the newest change, to be passed to {@link #isChangedSince}. */
    long now() {
        return count.get();
    }

    void add(PlayerId player) {
        byPlayer.put(player, count.incrementAndGet());
    }

    /** Records a change that may concern every player. */
    void addAll() {
        ofAnybody.accumulateAndGet(count.incrementAndGet(), Math::max);
    }

    boolean isChangedSince(long begun, PlayerId player) {
        Long change = byPlayer.getIfPresent(player);
        return ofAnybody.get() > begun || (change != null && change > begun);
    }
}
