package tavern.server.store;

/** What became of a change of an operator's account. */
public enum OperatorAnswer {
    DONE,
    /** The account is not the one that was seen; nothing was done. */
    CHANGED,
    /** There are as many accounts, or keys, as there may be; nothing was done. */
    TOO_MANY
}
