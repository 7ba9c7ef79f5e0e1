package tavern.server.store;

/** No player can be created under this name, because the player who had it is being erased. */
public final class ReservedNameException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ReservedNameException(String name) {
        super("the name " + name + " is not free yet; try again later, or choose another", null, false, false);
    }
}
