package tavern.server.store;

import java.util.List;

/**
 * What a server tells the directory, and from where on it wants to hear the news.
 *
 * @param node of the server; empty for one that only looks
 * @param self what it says of itself; empty when it leaves
 * @param news of rooms, at most {@link DirectoryStore#NEWS_MAX}
 * @param since the version up to which the news is known; 0 for none
 * @param whole whether this is one of the pages on which all rooms are read
 */
public record DirectoryReport(String node, String self, List<RoomNews> news, long since, boolean whole) {
    /** That of a server which only looks who else is there. */
    public static final DirectoryReport NONE = new DirectoryReport("", "", List.of(), 0, false);
}
