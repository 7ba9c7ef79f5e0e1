package tavern.sim.ledger;

/** A message in the queue is not a valid feed message. */
final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    BadMessageException(String problem) {
        super(problem, null, false, false);
    }
}
