package tavern.server.guard;

/** What a broken library may throw: its own message throws. */
public final class MuteError extends Error {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
        throw new IllegalStateException("no message");
    }
}
