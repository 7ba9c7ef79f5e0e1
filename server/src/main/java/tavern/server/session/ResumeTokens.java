package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.SessionHandover;

/**
 * The secrets with which a client asks for a session (P-20): the one of the last Welcome, and the one before it until
 * the client shows that it has the newer one. Spent ones are remembered for a while, to tell a Hello that was late on
 * the way from a stranger's. Confined to the session's lane, except for the register.
 */
final class ResumeTokens {
    private static final int SPENT_MAX = 4;

    private final Session session;
    /** The register of all sessions; any thread reads it. */
    private final Map<ByteString, Session> register;

    private @Nullable ByteString current;
    private @Nullable ByteString inDoubt;

    /** With which the session came from another server; good until the client shows that it has the newest token. */
    private @Nullable ByteString ticket;

    private @Nullable ArrayDeque<ByteString> spent;

    ResumeTokens(Session session, Map<ByteString, Session> register) {
        this.session = session;
        this.register = register;
    }

    /** The token is on its way to the client, which may use it at once. */
    void offer(ByteString fresh) {
        register.put(fresh, session);
    }

    /** The token was never sent. */
    void withdraw(ByteString fresh) {
        register.remove(fresh);
    }

    /** @param used by the client, and good until it shows that it has the fresh one; null when it had none */
    void renew(@Nullable ByteString used, ByteString fresh) {
        if (inDoubt != null && !inDoubt.equals(used)) {
            spend(inDoubt);
        }
        if (current != null && !current.equals(used)) {
            spend(current);
        }
        inDoubt = used;
        current = fresh;
    }

    /** The token of the last Welcome; null before the first. */
    @Nullable
    ByteString current() {
        return current;
    }

    /** The client has received the last Welcome. */
    void settle() {
        if (inDoubt != null) {
            spend(inDoubt);
            inDoubt = null;
        }
        if (ticket != null) {
            spend(ticket);
            ticket = null;
        }
    }

    private void spend(ByteString token) {
        if (spent == null) {
            spent = new ArrayDeque<>(SPENT_MAX);
        }
        if (spent.size() == SPENT_MAX) {
            register.remove(spent.removeFirst());
        }
        spent.addLast(token);
    }

    boolean isInDoubt(ByteString token) {
        return token.equals(inDoubt);
    }

    boolean isSpent(ByteString token) {
        return !token.equals(current) && !token.equals(inDoubt);
    }

    /**
     * The token of a Welcome that this one stands for: a ticket (P-105) is as good as the token that its client had when it
     * got the ticket.
     */
    ByteString meaning(ByteString token) {
        if (!token.equals(ticket)) {
            return token;
        }
        ByteString used = inDoubt == null ? current : inDoubt;
        return used == null ? token : used;
    }

    /** P-104: what another server has to know. */
    void describe(SessionHandover.Builder handover) {
        handover.setToken(current == null ? ByteString.EMPTY : current)
                .setTokenInDoubt(inDoubt == null ? ByteString.EMPTY : inDoubt);
        if (spent != null) {
            handover.addAllSpentTokens(spent);
        }
    }

    /** The tokens of a session from another server. */
    void take(SessionHandover handover) {
        current = handover.getToken();
        offer(current);
        if (!handover.getTokenInDoubt().isEmpty()) {
            inDoubt = handover.getTokenInDoubt();
            offer(inDoubt);
        }
        handover.getSpentTokensList().forEach(token -> {
            offer(token);
            spend(token);
        });
        if (!handover.getTicket().isEmpty()) {
            ticket = handover.getTicket();
            offer(ticket);
        }
    }

    /** All tokens by which a client may still ask for the session. */
    List<ByteString> good() {
        return Stream.of(current, inDoubt, ticket).filter(Objects::nonNull).toList();
    }

    /** Invalidates all tokens. */
    void end() {
        if (ticket != null) {
            register.remove(ticket);
        }
        if (current != null) {
            register.remove(current);
        }
        if (inDoubt != null) {
            register.remove(inDoubt);
        }
        if (spent != null) {
            spent.forEach(register::remove);
        }
    }
}
