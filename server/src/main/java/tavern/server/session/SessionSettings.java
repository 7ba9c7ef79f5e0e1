package tavern.server.session;

/**
 * What one session may do.
 *
 * @param resumeSeconds that a session without a connection is kept
 * @param replayEventsMax personal events kept for a resume
 * @param replayBytesMax of those events together
 * @param rates of each kind of action
 * @param refusalsMax answers {@code RATE_LIMITED} within ten seconds before the session is closed for flooding
 */
public record SessionSettings(
        int sessionsMax, int resumeSeconds, int replayEventsMax, int replayBytesMax, int refusalsMax, Rates rates) {
    /** Each for a second; the burst is twice as much, and at least 2. */
    public record Rates(
            double moves,
            double chats,
            double whispers,
            double trades,
            double joins,
            double lists,
            double pings,
            double customs) {}
}
