package tavern.server.store;

/** @param atMillis milliseconds since 1970 */
public record ChatLine(String player, String text, long atMillis) {}
