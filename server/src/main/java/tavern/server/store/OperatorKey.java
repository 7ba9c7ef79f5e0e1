package tavern.server.store;

/**
 * What an operator proves with each request who they are: the key of a session, or a token for scripts.
 *
 * @param hash SHA-256 of the secret, in hexadecimal
 * @param operator the account's name
 * @param label for people; of a session, empty
 * @param untilMillis when it ends at the latest
 * @param usedMillis when it was last used, to within a minute
 * @param address where it was made from
 */
public record OperatorKey(
        String hash,
        String operator,
        Kind kind,
        String label,
        long madeMillis,
        long untilMillis,
        long usedMillis,
        String address) {
    public enum Kind {
        SESSION,
        TOKEN
    }
}
