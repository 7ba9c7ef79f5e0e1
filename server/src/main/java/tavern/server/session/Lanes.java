package tavern.server.session;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * Assigns one event loop to each player, on which everything that happens to that player is done, one thing after
 * another. It is chosen by name rather than by number: a login knows the name before the store has returned the number,
 * so even the loads of two logins of one player complete on the same loop. Safe on any thread.
 */
final class Lanes {
    private final List<EventExecutor> loops = new ArrayList<>();

    Lanes(EventExecutorGroup network) {
        network.forEach(loops::add);
    }

    EventExecutor of(String player) {
        return loops.get(Math.floorMod(player.hashCode(), loops.size()));
    }
}
