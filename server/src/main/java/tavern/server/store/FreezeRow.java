package tavern.server.store;

/**
 * Something that operators have stopped, in their words. It is identified by {@code what}, {@code scope} and {@code
 * target}.
 *
 * @param reason shown to operators
 * @param sinceMillis when it was stopped
 */
public record FreezeRow(String what, String scope, String target, String reason, long sinceMillis) {}
