package tavern.server.ops;

/**
 * One setting in force, in a form that may be shown: the value of a secret is masked.
 *
 * @param origin the source of the value
 */
public record Setting(String value, String origin) {}
