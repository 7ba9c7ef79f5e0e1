package tavern.server.session;

/** How often one session may do what. Of the thread that owns the session; makes no garbage. */
public final class RateLimiter {
    /** What has a rate of its own. */
    public enum Kind {
        MOVE,
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
            case MOVE -> rates.moves();
            case CHAT -> rates.chats();
            case WHISPER -> rates.whispers();
            case TRADE -> rates.trades();
            case JOIN -> rates.joins();
            case LIST -> rates.lists();
            case PING -> rates.pings();
            case CUSTOM -> rates.customs();
        };
    }

    /** 0 when it may pass, else the milliseconds after which one may: {@code RATE_LIMITED}'s retry_after_ms. */
    public long tryTake(Kind kind, long nowMillis) {
        return buckets[kind.ordinal()].tryTake(nowMillis);
    }

    /** Counts one answer {@code RATE_LIMITED}. True when that was one too many: close with {@code FLOODING}. */
    public boolean refused(long nowMillis) {
        return refusals.count(nowMillis);
    }
}
