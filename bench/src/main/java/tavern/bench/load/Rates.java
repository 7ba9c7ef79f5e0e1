package tavern.bench.load;

/** What each player does in a second. @param pings that nobody waits for: they keep the connection */
public record Rates(double moves, double chats, double pings) {
    /** As often as an idle client does: three times in the idle time. */
    private static final double KEEP_ALIVE = 0.2;

    public static final Rates IDLE = new Rates(0, 0, KEEP_ALIVE);

    public static Rates moving(double moves) {
        return new Rates(moves, 0, 0);
    }

    public static Rates chatting(double chats) {
        return new Rates(0, chats, 0);
    }
}
