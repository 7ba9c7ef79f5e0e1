package tavern.server.feed.rabbitmq;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current problem, in words; logged once when it begins and once when it ends, however often it recurs in between.
 */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    private final String broker;
    private String problem = "";
    private boolean deadTold;
    private boolean unroutedTold;

    Outage(String broker) {
        this.broker = broker;
    }

    String problem() {
        return problem;
    }

    void began(String why) {
        if (problem.isEmpty()) {
            log.warn("{}: {}; trades go on, the outbox keeps them until it answers again", broker, why);
        }
        problem = why;
    }

    void blocked(boolean now, String why) {
        if (now) {
            problem = "the broker is blocked: " + why;
            log.warn("{} accepts no messages ({}); trades go on, the outbox keeps them", broker, why);
        } else {
            problem = "";
            log.info("{} accepts messages again", broker);
        }
    }

    void refused(boolean returned) {
        String why = returned
                ? "messages came back: no queue is bound to " + Topology.EXCHANGE + "; it is declared again"
                : "the broker failed to keep messages; they are published again";
        if (!why.equals(problem)) {
            log.warn("{}: {}", broker, why);
        }
        problem = why;
    }

    /** Logged once: whether somebody has to listen is for the consumers of the trades to decide. */
    void unrouted() {
        if (!unroutedTold) {
            unroutedTold = true;
            log.warn(
                    "{}: no queue is bound to {} for some trades, which go to nobody; bind one, or set"
                            + " feed.rabbitmq.ledger-queue = true for one that keeps them all (docs/FEED.md)",
                    broker,
                    Topology.EXCHANGE);
        }
    }

    void dead(String messageId, String why) {
        if (!deadTold) {
            deadTold = true;
            log.error(
                    "trade {} could not be published ({}) and is in the queue {} now; look there for others, mend"
                            + " the bindings of {}, and move them back",
                    messageId,
                    why,
                    Topology.DEAD,
                    Topology.EXCHANGE);
        }
    }

    void ended() {
        if (!problem.isEmpty()) {
            log.info("{}: publishing again", broker);
            problem = "";
        }
    }
}
