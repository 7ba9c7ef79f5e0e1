package tavern.server.store;

import java.util.List;

/**
 * All that operators have stopped.
 *
 * @param version another one whenever the rows are others
 */
public record FreezeRows(long version, List<FreezeRow> rows) {}
