package tavern.server.store;

import java.util.List;

/**
 * What the directory says.
 *
 * @param nodes all servers that were heard of lately, the asking one too
 * @param schema of this server's store
 * @param version for {@link DirectoryReport#since} of the next report
 * @param more whether there is more news already
 * @param missed whether news was missed, so that all rooms must be read anew, from 0
 * @param order that was kept last ({@link DirectoryStore#order}); empty for none
 * @param news of rooms, the oldest first; without those that the asking server runs, unless all rooms are being read
 */
public record DirectoryAnswer(
        List<NodeRow> nodes,
        int schema,
        long version,
        boolean more,
        boolean missed,
        String order,
        List<RoomNews> news) {
    /**
     * A server.
     *
     * @param schema of its store
     * @param silentMillis since it was last heard of
     * @param text what it said of itself
     */
    public record NodeRow(String node, int schema, long silentMillis, String text) {}
}
