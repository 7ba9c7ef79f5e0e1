package tavern.server.store;

/**
 * What operators have stopped, in their words; what, scope and target make it the one it is.
 *
 * @param reason for operators
 * @param sinceMillis when it was stopped
 */
public record FreezeRow(String what, String scope, String target, String reason, long sinceMillis) {}
