package tavern.server.ops;

/**
 * A problem of the server, in words.
 *
 * @param cure what an operator can do about it
 */
record Degraded(String what, String cure) {}
