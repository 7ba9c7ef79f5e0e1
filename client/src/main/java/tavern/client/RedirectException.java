package tavern.client;

import tavern.protocol.v1.Redirect;

/** P-16: the room lives on another server; the session stays here, in the lobby. */
public final class RedirectException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Redirect redirect;

    public RedirectException(Redirect redirect) {
        super(
                "room " + redirect.getRoom() + " is on " + redirect.getHost() + ":" + redirect.getPort(),
                null,
                false,
                false);
        this.redirect = redirect;
    }

    /** Where to connect, and the ticket to send in the Hello. */
    public Redirect redirect() {
        return redirect;
    }
}
