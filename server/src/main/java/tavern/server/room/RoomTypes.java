package tavern.server.room;

import org.jspecify.annotations.Nullable;

/** The types of rooms that the configuration names. Safe on any thread. */
@FunctionalInterface
public interface RoomTypes {
    /** There are only rooms with the built-in rules. */
    RoomTypes NONE = name -> null;

    /** Returns the type of this name as it is now, or null when there is none. */
    @Nullable
    RoomType find(String name);
}
