package tavern.server.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tavern.protocol.v1.ClientMessage.BodyCase;

/** The metrics of sessions. */
public final class SessionMetrics {
    final Counter movesDropped;
    final Counter rateLimited;
    final Counter logins;
    final Counter resumed;
    final Counter replaced;
    final Counter expired;
    final Counter refusedLogins;
    final Counter handedOver;
    final Counter tookOver;
    final Counter sentOn;

    /** Messages that did not follow a session to another server. */
    final Counter lateLost;

    /** Other servers were asked for the session of a resume token. */
    final Counter tokensAsked;

    /** Resume tokens that no server of the realm has made. */
    final Counter tokensForged;

    private final Map<BodyCase, Counter> messages = new EnumMap<>(BodyCase.class);

    public SessionMetrics(MeterRegistry registry) {
        movesDropped = registry.counter("tavern.session.moves.dropped");
        rateLimited = registry.counter("tavern.session.rate.limited");
        logins = registry.counter("tavern.session.logins");
        resumed = registry.counter("tavern.session.resumed");
        replaced = registry.counter("tavern.session.replaced");
        expired = registry.counter("tavern.session.expired");
        refusedLogins = registry.counter("tavern.session.logins.refused");
        handedOver = registry.counter("tavern.session.handed.over");
        tookOver = registry.counter("tavern.session.taken.over");
        sentOn = registry.counter("tavern.session.logins.sent.on");
        lateLost = registry.counter("tavern.session.late.lost");
        tokensAsked = registry.counter("tavern.session.tokens.asked");
        tokensForged = registry.counter("tavern.session.tokens.forged");
        for (BodyCase kind : BodyCase.values()) {
            messages.put(
                    kind,
                    registry.counter(
                            "tavern.session.messages", "kind", kind.name().toLowerCase(Locale.ROOT)));
        }
    }

    /** Counts messages of this kind from clients, whatever became of them. */
    Counter messages(BodyCase kind) {
        return Objects.requireNonNull(messages.get(kind));
    }
}
