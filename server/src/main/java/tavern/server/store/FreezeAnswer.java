package tavern.server.store;

/** The result of a command to stop something. */
public enum FreezeAnswer {
    DONE,
    /** Nothing was done: the number of freezes has reached its limit. */
    TOO_MANY,
    /** Nothing was done: the current freeze is not the one that the operator had seen. */
    CHANGED
}
