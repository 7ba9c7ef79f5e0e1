package tavern.server.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What decides whether two servers can share a realm: they must speak a version of the protocol with players in common, since
 * players are sent from one to the other, and understand what they write for each other.
 *
 * @param formatMin the oldest {@link #FORMAT} that the server understands
 * @param format that it writes
 */
public record NodeMix(int protocolMin, int protocolMax, int formatMin, int format) {
    /**
     * Of all that servers of a realm write for each other: the directory, messages, and what goes with a player or a room
     * that moves. It grows when an older server would misunderstand something.
     */
    public static final int FORMAT = 2;

    /**
     * The oldest format that this build understands. A server of format 1 takes what follows a session (P-115) for something else, and
     * answers that nobody is coming when it is asked for the player of a seat (P-108).
     */
    public static final int FORMAT_MIN = 2;

    /** Returns why the two cannot live beside each other, or null if they can. */
    @Nullable
    String conflict(NodeMix other) {
        if (protocolMax < other.protocolMin || other.protocolMax < protocolMin) {
            return "it speaks versions " + other.protocolMin + " to " + other.protocolMax
                    + " of the protocol with players, this one " + protocolMin + " to " + protocolMax;
        }
        if (format < other.formatMin || other.format < formatMin) {
            return "it understands formats " + other.formatMin + " to " + other.format
                    + " of what servers write for each other, this one " + formatMin + " to " + format;
        }
        return null;
    }
}
