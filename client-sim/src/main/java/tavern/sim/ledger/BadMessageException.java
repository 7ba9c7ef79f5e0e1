package tavern.sim.ledger;

/** A message in the queue that cannot be one of the feed's. */
final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    BadMessageException(String problem) {
        super(problem, null, false, false);
    }
}
