package tavern.server.room;

import java.util.function.BooleanSupplier;

/**
 * Tells whether members of an audience are behind. It checks from the first skipped snapshot on, until nobody is
 * behind.
 */
@OnRoomThread
final class Laggards {
    private final DirtyFlag missed;
    private final BooleanSupplier isAnyBehind;
    private boolean some;

    /** @param missed of the audience @param isAnyBehind checks whether a member is behind */
    Laggards(DirtyFlag missed, BooleanSupplier isAnyBehind) {
        this.missed = missed;
        this.isAnyBehind = isAnyBehind;
    }

    boolean areThere() {
        if (missed.take()) {
            some = true;
        }
        some = some && isAnyBehind.getAsBoolean();
        return some;
    }

    /** Returns whether members may be behind, without checking them. */
    boolean mayBeThere() {
        return some || missed.isSet();
    }
}
