package tavern.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ServerMessage;
import tavern.server.store.Stages;

/**
 * P-104: what is told to a session here after its state was written down for another server. Once that has taken it, this
 * follows, one message after another. Confined to the session's lane.
 *
 * <p>A message that the other server says it could not deliver is sent again, since the session may be just arriving. One
 * that is not answered is given up, since it may have been delivered.
 */
final class LateMessages {
    private static final Logger log = LoggerFactory.getLogger(LateMessages.class);

    /** The first word of the question that brings one; player, session, kind, message. */
    static final String QUESTION = "late";

    static final int QUESTION_WORDS = 5;

    /** What is brought. */
    enum Kind {
        /** It gets a number there. */
        EVENT,

        /** It is sent as it is. */
        ANSWER,

        /** All that was told here before the other server had the session has been brought: no message. */
        ALL
    }

    private static final int WAITING_MAX = 512;
    private static final int TRIES_MAX = 25;
    private static final long RETRY_MILLIS = 100;

    private record Late(Kind kind, ServerMessage message) {}

    private final Session session;
    private final RealmSessions realm;
    private final String to;
    private final ArrayDeque<Late> waiting = new ArrayDeque<>();
    private boolean isFollowing;

    /** Or waits to send again. */
    private boolean isSending;

    private int tries;

    /** @param to the server to which the session is going */
    LateMessages(Session session, RealmSessions realm, String to) {
        this.session = session;
        this.realm = realm;
        this.to = to;
    }

    /** The server to which the session is going. */
    String to() {
        return to;
    }

    /** The message in the words of the question. */
    static ServerMessage message(List<String> words) {
        try {
            return ServerMessage.parseFrom(Base64.getUrlDecoder().decode(words.get(4)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message for a client", e);
        }
    }

    void add(Kind kind, ServerMessage message) {
        if (waiting.size() >= WAITING_MAX) {
            log.warn("session {} has gone to {}, and {} messages wait to follow it", session.id(), to, WAITING_MAX);
            return;
        }
        waiting.add(new Late(kind, message));
        next();
    }

    /** The other server has the session. */
    void follow() {
        isFollowing = true;
        waiting.add(new Late(Kind.ALL, ServerMessage.getDefaultInstance()));
        next();
    }

    /** The session stays after all: tells it what has come meanwhile. */
    void giveBack() {
        for (Late late : waiting) {
            if (late.kind() == Kind.EVENT) {
                session.number(late.message().toBuilder());
            } else {
                session.send(late.message());
            }
        }
        waiting.clear();
    }

    private void sendNext() {
        isSending = false;
        next();
    }

    private void next() {
        Late late = waiting.peek();
        if (late == null || !isFollowing || isSending) {
            return;
        }
        isSending = true;
        List<String> words = List.of(
                QUESTION,
                session.player().name(),
                session.id(),
                late.kind().name(),
                Base64.getUrlEncoder().encodeToString(late.message().toByteArray()));
        Stages.begin(() -> realm.ask(to, words))
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure == null && !done && ++tries < TRIES_MAX) {
                                session.lane().schedule(this::sendNext, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                                return;
                            }
                            if (failure != null || !done) {
                                log.warn("{} did not take what was told late to session {}", to, session.id());
                            }
                            tries = 0;
                            waiting.poll();
                            sendNext();
                        },
                        session.lane());
    }
}
