package tavern.server.feed.rabbitmq;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is wrong now, in words; logged when it begins and when it is over, however often it is met in between. */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger(Outage.class);

    private final String broker;
    private String problem = "";
    private boolean deadTold;

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
            log.warn("{} takes nothing ({}); trades go on, the outbox keeps them", broker, why);
        } else {
            problem = "";
            log.info("{} takes messages again", broker);
        }
    }

    void refused(boolean returned) {
        String why = returned
                ? "messages came back: no queue is bound to " + Topology.EXCHANGE + "; it is declared again"
                : "the broker failed to keep messages; they go out again";
        if (!why.equals(problem)) {
            log.warn("{}: {}", broker, why);
        }
        problem = why;
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
