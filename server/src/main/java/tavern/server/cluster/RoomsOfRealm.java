package tavern.server.cluster;

import java.util.List;
import java.util.Set;
import tavern.game.RoomId;
import tavern.server.store.RoomNews;

/** The rooms of this server as the directory is to know them, and those that it knows of others. Confined to the directory's thread. */
public interface RoomsOfRealm {
    /** Returns what has changed here since it was told last, but no more than this. */
    List<RoomNews> news(int max);

    /** These were not told after all. */
    void untold(List<RoomNews> news);

    /** The directory's news, the oldest first. */
    void heard(List<RoomNews> news);

    /** From now on, all rooms are read. */
    void wholeBegins();

    /** All rooms were read since: others do not exist any more, and those of this server that were not among them are lost. */
    void wholeEnds();

    /**
     * These servers are there, and no others.
     *
     * @param tidies whether this one is to tell the directory that the rooms of others are closed
     */
    void live(Set<String> nodes, boolean tidies);

    /** Whether another server is known to have the room open. Safe on any thread. */
    boolean isElsewhere(RoomId room);
}
