package tavern.server.cluster;

import java.util.Optional;

/** Knows which servers take over what this one gives up. */
@FunctionalInterface
public interface Successors {
    /** Returns the server that is to have the next room, or player; empty for none. Safe on any thread; returns at once. */
    Optional<Node> next();
}
