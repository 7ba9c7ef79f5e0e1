package tavern.server.store;

/** The answer to a request for a lease. */
public sealed interface LeaseAnswer {
    /** @param fence larger than any granted for the key before */
    record Granted(long fence) implements LeaseAnswer {}

    /**
     * @param holder as it described itself when it acquired the lease
     * @param remainingMillis time until the lease expires, unless it is renewed
     */
    record Held(String holder, long remainingMillis) implements LeaseAnswer {}
}
