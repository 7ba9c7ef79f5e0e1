package tavern.server.ops;

/**
 * One setting as it is in force, fit to be shown: a secret's value is masked.
 *
 * @param origin which source it is from
 */
public record Setting(String value, String origin) {}
