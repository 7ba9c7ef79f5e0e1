package tavern.server.session;

/** A Hello that asks to resume a session. Confined to the session's lane. */
final class ResumeClaim {
    private final Session session;
    private final Greeting greeting;

    ResumeClaim(Session session, Greeting greeting) {
        this.session = session;
        this.greeting = greeting;
    }

    Session session() {
        return session;
    }

    Greeting greeting() {
        return greeting;
    }

    /** Returns whether this is still the claim that counts. */
    boolean isCurrent() {
        return session.claim() == this && !session.isEnded();
    }

    /** P-22: the highest number received by the session before this Hello; valid once the inbox was handed over. */
    int seqBefore() {
        return session.inbox().seqBefore(greeting.seq());
    }

    /** Returns whether this Hello is the same as the other one, sent again. */
    boolean isRepeatedBy(Greeting other) {
        return greeting.seq() == other.seq()
                && greeting.hello().getResumeToken().equals(other.hello().getResumeToken());
    }
}
