package tavern.sim.play;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import tavern.client.ClientSettings;

/** The guests of one room and their clock. All fields are confined to the event loop, once they have come. */
@SuppressWarnings("FutureReturnValueIgnored") // a task that fails is a bug, which the event loop logs
final class PlayGuests {
    static final int COUNT_MAX = 200;

    private static final List<String> NAMES = List.of(
            "Ada", "Bruno", "Cleo", "Dara", "Edda", "Falk", "Greta", "Hugo", "Ines", "Juno", "Kaspar", "Lotte", "Milo",
            "Nora", "Otto", "Pia", "Quirin", "Rosa", "Sander", "Thea", "Ulf", "Vera", "Wanda", "Xaver");
    private static final int STROLL_MILLIS = 1_000 / PlayGuest.MOVES_PER_SECOND;
    private static final int OFFER_MILLIS = 3_000;
    /** How long somebody who was made an offer is left alone. */
    private static final int PATIENCE_MILLIS = 40_000;

    private final EventLoop loop;
    private final String room;
    private final SplittableRandom random;
    private final List<PlayGuest> guests = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Long> leftAloneUntil = new HashMap<>();
    private boolean isOpen = true;

    /** @param host of the server, where each logs in with its own name as its token */
    PlayGuests(int count, String host, int port, String room, EventLoop loop, long seed) {
        this.loop = loop;
        this.room = room;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            String name = NAMES.get(i % NAMES.size()) + (i < NAMES.size() ? "" : "-" + (i / NAMES.size() + 1));
            names.add(name);
            guests.add(new PlayGuest(name, this, ClientSettings.of(host, port, name), random.split()));
        }
    }

    void come() {
        loop.execute(() -> {
            guests.forEach(PlayGuest::enter);
            loop.scheduleAtFixedRate(
                    () -> guests.forEach(PlayGuest::stroll), STROLL_MILLIS, STROLL_MILLIS, TimeUnit.MILLISECONDS);
            loop.scheduleAtFixedRate(this::offer, OFFER_MILLIS, OFFER_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    void leave() {
        loop.execute(() -> {
            isOpen = false;
            guests.forEach(PlayGuest::leave);
        });
    }

    /** One of the guests offers something to each person who has not heard an offer for a while. */
    private void offer() {
        List<PlayGuest> here = guests.stream().filter(PlayGuest::isHere).toList();
        if (here.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        List<String> people = here.get(0).people();
        leftAloneUntil.keySet().retainAll(people);
        for (String person : people) {
            if (leftAloneUntil.getOrDefault(person, now) - now <= 0) {
                leaveAlone(person, now);
                here.get(random.nextInt(here.size())).offer(person);
            }
        }
    }

    /** A trade with this person has ended: the next offer comes a while later. */
    void answered(String person) {
        leaveAlone(person, System.nanoTime());
    }

    private void leaveAlone(String person, long nowNanos) {
        leftAloneUntil.put(person, nowNanos + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS));
    }

    EventLoop loop() {
        return loop;
    }

    String room() {
        return room;
    }

    int count() {
        return guests.size();
    }

    boolean isOpen() {
        return isOpen;
    }

    boolean isGuest(String player) {
        return names.contains(player);
    }
}
