package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Classifies what the client throws, and describes it in words. */
final class Problems {
    private static final int PUBLISH_CLASS = 60;
    private static final int PUBLISH_METHOD = 40;

    private Problems() {}

    static String inWords(Throwable failure) {
        ShutdownSignalException closed = closed(failure);
        if (closed != null) {
            String text = replyText(closed);
            return text.isEmpty() ? "the connection is lost" : text;
        }
        String message = failure.getMessage();
        return message != null
                ? message
                : failure instanceof TimeoutException ? "no answer in time" : failure.toString();
    }

    /** What the operator has to change, or null if the broker is just not reachable, which passes. */
    static @Nullable String cure(Throwable failure) {
        if (failure instanceof PossibleAuthenticationFailureException) {
            return "set user and password of feed.rabbitmq.uri to those of a RabbitMQ user (rabbitmqctl add_user)";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return "use amqps:// with a TLS port only, and a certificate that this machine trusts";
            }
        }
        ShutdownSignalException closed = closed(failure);
        if (closed != null) {
            return switch (replyCode(closed)) {
                case AMQP.NOT_ALLOWED ->
                    "name a vhost that exists and that the user may use (rabbitmqctl add_vhost, set_permissions)";
                case AMQP.ACCESS_REFUSED ->
                    "allow the user to configure, write and read tavern.* (rabbitmqctl set_permissions)";
                case AMQP.PRECONDITION_FAILED ->
                    "delete or rename the queue or exchange, once its messages are read, or name another vhost";
                default -> null;
            };
        }
        return failure instanceof IOException || failure instanceof TimeoutException
                ? null
                : "write it as amqp://user:password@host:port/vhost";
    }

    /** Whether the broker closed the channel because of a published message, not because of its destination. */
    static boolean isRefusalOfAMessage(Throwable failure) {
        ShutdownSignalException closed = closed(failure);
        return closed != null
                && closed.getReason() instanceof AMQP.Channel.Close close
                && close.getClassId() == PUBLISH_CLASS
                && close.getMethodId() == PUBLISH_METHOD
                && close.getReplyCode() != AMQP.NOT_FOUND
                && close.getReplyCode() != AMQP.ACCESS_REFUSED;
    }

    private static @Nullable ShutdownSignalException closed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException closed) {
                return closed;
            }
        }
        return null;
    }

    private static int replyCode(ShutdownSignalException closed) {
        Method reason = closed.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode();
        }
        return reason instanceof AMQP.Connection.Close close ? close.getReplyCode() : 0;
    }

    private static String replyText(ShutdownSignalException closed) {
        Method reason = closed.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return lower(close.getReplyText());
        }
        return reason instanceof AMQP.Connection.Close close ? lower(close.getReplyText()) : "";
    }

    /** {@code PRECONDITION_FAILED - inequivalent arg …}: the code is of use to programs only. */
    private static String lower(String text) {
        int dash = text.indexOf(" - ");
        return dash < 0 ? text.toLowerCase(Locale.ROOT) : text.substring(dash + 3);
    }
}
