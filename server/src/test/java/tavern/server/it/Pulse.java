package tavern.server.it;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.server.services.FairTime;

/** One player moves and talks, another one watches, and the time until it is seen is measured. Confined to one thread. */
final class Pulse {
    private final RawClient speaker;
    private final RawClient listener;
    private final int entity;
    private final int y;
    private int x;
    private int seen;
    private final List<Duration> chats = new ArrayList<>();
    private final List<Duration> moves = new ArrayList<>();

    /** @param joined the speaker's; the listener is in the same room */
    Pulse(RawClient speaker, Joined joined, RawClient listener) {
        this.speaker = speaker;
        this.listener = listener;
        entity = joined.getSelf();
        Entity self = joined.getState().getEntitiesList().stream()
                .filter(one -> one.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
        x = self.getX();
        y = self.getY();
    }

    void beat() throws IOException {
        long sent = FairTime.nanos();
        int chat = speaker.chat("still here");
        listener.expect(message -> message.getChat().getClientSeq() == chat);
        chats.add(Duration.ofNanos(FairTime.nanos() - sent));
        sent = FairTime.nanos();
        x += x > 10 ? -1 : 1;
        int move = speaker.move(x, y);
        do {
            Snapshot snapshot = listener.expect(this::shows).getSnapshot();
            // P-31: what has changed since the snapshot before.
            seen += snapshot.getSeqs(snapshot.getIdsList().indexOf(entity));
        } while (seen < move);
        moves.add(Duration.ofNanos(FairTime.nanos() - sent));
    }

    private boolean shows(ServerMessage message) {
        return message.getSnapshot().getIdsList().contains(entity);
    }

    /** Beats for this time, and at least three times. @return the measurements of this call */
    Rhythm beatFor(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        chats.clear();
        moves.clear();
        while (System.nanoTime() < end || chats.size() < 3) {
            beat();
        }
        return new Rhythm(median(chats), Collections.max(chats), median(moves), Collections.max(moves), chats.size());
    }

    record Rhythm(Duration chatMedian, Duration chatMax, Duration moveMedian, Duration moveMax, int beats) {
        @Override
        public String toString() {
            return String.format(
                    "chat %.1f ms (at most %.1f), move %.1f ms (at most %.1f) in %d beats",
                    chatMedian.toNanos() / 1e6,
                    chatMax.toNanos() / 1e6,
                    moveMedian.toNanos() / 1e6,
                    moveMax.toNanos() / 1e6,
                    beats);
        }
    }

    private static Duration median(List<Duration> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }
}
