package tavern.server.ops;

/**
 * Something that is not as it should be, in words.
 *
 * @param cure what an operator can do about it
 */
record Degraded(String what, String cure) {}
