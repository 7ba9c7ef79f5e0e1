package tavern.server.session;

/**
 * The limits of one session.
 *
 * @param resumeSeconds how long a session without a connection is kept
 * @param replayEventsMax personal events kept for a resume
 * @param replayBytesMax of those events together
 * @param replaySeconds how long those events are kept
 * @param replayTotalBytes of all events kept for resumes, of sessions and rooms, or 0 to derive it from the available
 * memory
 * @param rates of each kind of request
 * @param refusalsMax answers {@code RATE_LIMITED} within ten seconds before the session is closed for flooding
 */
public record SessionSettings(
        int sessionsMax,
        int resumeSeconds,
        int replayEventsMax,
        int replayBytesMax,
        int replaySeconds,
        long replayTotalBytes,
        int refusalsMax,
        Rates rates) {
    /** Requests a second; the burst is twice as much, and at least 2. */
    public record Rates(
            double chats, double whispers, double trades, double joins, double lists, double pings, double customs) {}
}
