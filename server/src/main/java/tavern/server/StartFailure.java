package tavern.server;

import java.net.BindException;
import tavern.server.config.TavernConfig;

/** Explains in one line why the server did not start, naming the setting to change. */
final class StartFailure {
    private StartFailure() {}

    static String explain(Throwable failure, TavernConfig config) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // Netty's native transports throw a class of their own with the system's error text.
            if (cause instanceof BindException
                    || String.valueOf(cause.getMessage()).contains("ddress already in use")) {
                return "net.port = " + config.net().port() + ": cannot listen on "
                        + config.net().host() + " (" + cause.getMessage()
                        + "); stop what uses the port, or set another, or 0 for any free one";
            }
        }
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return "cannot start: " + message.replaceAll("\\p{Cntrl}+", " ");
    }
}
