package tavern.server.store;

/** What whoever asked for a lease hears. */
public sealed interface LeaseAnswer {
    /** @param fence larger than any given for the key before */
    record Granted(long fence) implements LeaseAnswer {}

    /** @param holder as it gave itself out when it acquired the lease @param remainingMillis unless it is renewed */
    record Held(String holder, long remainingMillis) implements LeaseAnswer {}
}
