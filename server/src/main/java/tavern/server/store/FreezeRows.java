package tavern.server.store;

import java.util.List;

/**
 * Everything that operators have stopped.
 *
 * @param version changes whenever the rows do
 */
public record FreezeRows(long version, List<FreezeRow> rows) {}
