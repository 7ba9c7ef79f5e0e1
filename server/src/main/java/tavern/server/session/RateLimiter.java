package tavern.server.session;

import tavern.server.room.TokenBucket;

/**
 * Limits how often one session may make each kind of request; the room limits how often it may move (P-60). Confined to
 * the thread that owns the session.
 */
public final class RateLimiter {
    /** The kinds of requests that have a rate of their own. */
    public enum Kind {
        CHAT,
        WHISPER,
        TRADE,
        JOIN,
        LIST,
        PING,
        CUSTOM
    }

    private static final Kind[] KINDS = Kind.values();

    private final TokenBucket[] buckets = new TokenBucket[KINDS.length];
    private final RefusalWindow refusals;

    public RateLimiter(SessionSettings settings, long nowMillis) {
        SessionSettings.Rates rates = settings.rates();
        for (Kind kind : KINDS) {
            buckets[kind.ordinal()] = new TokenBucket(perSecond(rates, kind), nowMillis);
        }
        refusals = new RefusalWindow(settings.refusalsMax());
    }

    private static double perSecond(SessionSettings.Rates rates, Kind kind) {
        return switch (kind) {
            case CHAT -> rates.chats();
            case WHISPER -> rates.whispers();
            case TRADE -> rates.trades();
            case JOIN -> rates.joins();
            case LIST -> rates.lists();
            case PING -> rates.pings();
            case CUSTOM -> rates.customs();
        };
    }

    /**
     * Returns 0 when the request may pass, otherwise the milliseconds until one may: {@code RATE_LIMITED}'s
     * retry_after_ms.
     */
    public long tryTake(Kind kind, long nowMillis) {
        return buckets[kind.ordinal()].tryTake(nowMillis);
    }

    /** Counts one answer {@code RATE_LIMITED}. Returns true when that was one too many: close with {@code FLOODING}. */
    public boolean refused(long nowMillis) {
        return refusals.count(nowMillis);
    }
}
