package tavern.server.room;

import java.util.function.BooleanSupplier;

/** Whether members of an audience are behind: they are looked for once a snapshot was left out, and until nobody is. */
@OnRoomThread
final class Laggards {
    private final Stir missed;
    private final BooleanSupplier look;
    private boolean some;

    /** @param missed of the audience @param look whether somebody is behind */
    Laggards(Stir missed, BooleanSupplier look) {
        this.missed = missed;
        this.look = look;
    }

    boolean areThere() {
        if (missed.take()) {
            some = true;
        }
        some = some && look.getAsBoolean();
        return some;
    }

    /** Without looking for them. */
    boolean mayBeThere() {
        return some || missed.isStirred();
    }
}
