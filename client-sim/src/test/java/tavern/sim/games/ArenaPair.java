package tavern.sim.games;

import com.google.protobuf.Parser;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientRoom;
import tavern.client.ClientSettings;
import tavern.client.GameListener;
import tavern.client.JoinOptions;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.examples.arena.v1.ArenaIn;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.Hit;
import tavern.examples.arena.v1.Slain;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;

/**
 * Two players in an arena of their own who strike the same monsters at the same moment, through all lives of the server. Confined to
 * the event loop that it shares with the others.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class ArenaPair {
    /** Of a monster, as its example says. */
    private static final int NUMBER = 1;

    /** In 1/16 of a unit: surely as near as a blow reaches, although the monster walks on. */
    private static final int NEAR = 24;

    private static final int RETRY_MILLIS = 100;

    /** A blow whose commit was refused comes to nothing, and is not answered by the game. */
    private static final long ROUND_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private final String room;
    private final EventLoop loop;
    private final Consumer<String> faults;
    private final Fighter one;
    private final Fighter other;

    /** Who has slain which monster, as either was told. */
    private final Map<Long, String> slain = new HashMap<>();

    private boolean fights;

    /** The monster that both have struck, or 0. */
    private long target;

    private long roundNanos;
    private long contested;

    ArenaPair(String room, EventLoop loop, Consumer<String> faults) {
        this.room = room;
        this.loop = loop;
        this.faults = faults;
        this.one = new Fighter(room + "-one");
        this.other = new Fighter(room + "-other");
    }

    List<String> players() {
        return List.of(one.name, other.name);
    }

    /** Monsters that both have struck at once, and one has slain while the other one has missed. */
    long contested() {
        return contested;
    }

    /** Monsters slain in this room, by its newest view. */
    long rats() {
        return one.rats;
    }

    long ogres() {
        return one.ogres;
    }

    boolean isIn() {
        return one.isIn && other.isIn;
    }

    boolean isQuiet() {
        return !one.isWaiting() && !other.isWaiting();
    }

    void enter(String host, int port) {
        target = 0;
        one.enter(host, port);
        other.enter(host, port);
    }

    /** The server is gone; what was said and not answered is in doubt. */
    void lose() {
        fights = false;
        one.lose();
        other.lose();
    }

    void fight(boolean now) {
        fights = now;
    }

    /** Often enough for a pair that waits for nothing. */
    void tick() {
        if (!fights || !isIn()) {
            return;
        }
        if (target != 0) {
            if (isQuiet() || System.nanoTime() - roundNanos > ROUND_NANOS_MAX) {
                endRound();
            }
            return;
        }
        ClientRoom seen = one.room();
        ClientRoom.Entity self = seen == null ? null : seen.self();
        ClientRoom.Entity monster = seen == null || self == null ? null : nearest(seen, self);
        if (monster == null) {
            return;
        }
        boolean areNear = one.goTo(monster) & other.goTo(monster);
        if (areNear) {
            target = monster.attribute(NUMBER);
            roundNanos = System.nanoTime();
            one.strike(target);
            other.strike(target);
        }
    }

    private void endRound() {
        if (slain.containsKey(target)) {
            boolean isOne = one.hasSlain && other.hasMissed;
            boolean isOther = other.hasSlain && one.hasMissed;
            contested += isOne || isOther ? 1 : 0;
        }
        if (one.hasSlain && other.hasSlain) {
            faults.accept("both of " + room + " have slain monster " + target);
        }
        target = 0;
    }

    private static ClientRoom.@Nullable Entity nearest(ClientRoom room, ClientRoom.Entity self) {
        ClientRoom.Entity nearest = null;
        long best = Long.MAX_VALUE;
        for (ClientRoom.Entity entity : room.entities()) {
            long dx = (long) entity.x() - self.x();
            long dy = (long) entity.y() - self.y();
            if (entity.isNpc() && entity.isInView() && entity.attribute(NUMBER) > 0 && dx * dx + dy * dy < best) {
                nearest = entity;
                best = dx * dx + dy * dy;
            }
        }
        return nearest;
    }

    /** One of the two, and what was told. */
    private final class Fighter implements GameListener<ArenaOut> {
        private final String name;
        private @Nullable TavernClient client;
        private boolean isIn;
        private boolean isAsking;

        /** Whether what has come of the blow is still to be told. */
        private boolean isStriking;

        private boolean hasSlain;
        private boolean hasMissed;
        private long rats;
        private long ogres;
        private final Map<Long, Boolean> heard = new HashMap<>();

        Fighter(String name) {
            this.name = name;
        }

        @Nullable
        ClientRoom room() {
            return client == null ? null : client.room();
        }

        boolean isWaiting() {
            return isAsking || isStriking;
        }

        void enter(String host, int port) {
            TavernClient fresh = new TavernClient(ClientSettings.of(host, port, name), loop, this);
            client = fresh;
            connect(fresh);
        }

        private void connect(TavernClient fresh) {
            fresh.connect().whenComplete((welcome, failure) -> {
                if (failure == null) {
                    join(fresh);
                } else {
                    tryLater(failure, () -> connect(fresh));
                }
            });
        }

        private void join(TavernClient fresh) {
            fresh.join(room, JoinOptions.ofType("fights")).whenComplete((joined, failure) -> {
                if (failure == null) {
                    isIn = true;
                } else {
                    tryLater(failure, () -> join(fresh));
                }
            });
        }

        /** A server that has just begun may not be ready for all at once. */
        private void tryLater(Throwable failure, Runnable again) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof TavernException no
                    && (no.code() == ErrorCode.BUSY || no.code() == ErrorCode.UNAVAILABLE)) {
                loop.schedule(again, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                faults.accept(name + " cannot come in: " + cause);
            }
        }

        void lose() {
            TavernClient old = client;
            client = null;
            if (old != null) {
                old.close();
            }
            isIn = false;
            isAsking = false;
            isStriking = false;
        }

        /** @return whether this player is there */
        boolean goTo(ClientRoom.Entity monster) {
            ClientRoom seen = room();
            ClientRoom.Entity self = seen == null ? null : seen.self();
            if (self == null || client == null) {
                return false;
            }
            boolean isThere = Math.abs(self.x() - monster.x()) <= NEAR && Math.abs(self.y() - monster.y()) <= NEAR;
            if (!isThere) {
                client.move(monster.x(), monster.y());
            }
            return isThere;
        }

        void strike(long monster) {
            hasSlain = false;
            hasMissed = false;
            TavernClient here = client;
            if (here == null) {
                return;
            }
            isAsking = true;
            isStriking = true;
            here.say(ArenaIn.newBuilder()
                            .setHit(Hit.newBuilder().setMonster(monster))
                            .build())
                    .whenComplete((done, failure) -> {
                        if (here != client) {
                            return; // of an earlier life
                        }
                        isAsking = false;
                        if (failure instanceof TavernException no) {
                            isStriking = false;
                            if (no.code() != ErrorCode.BAD_VALUE && no.code() != ErrorCode.RATE_LIMITED) {
                                faults.accept(name + " is refused a blow: " + no.getMessage());
                            }
                        }
                    });
        }

        @Override
        public Parser<ArenaOut> parser() {
            return ArenaOut.parser();
        }

        @Override
        public void view(ClientRoom shown, ArenaOut what) {
            rats = what.getView().getRatsSlain();
            ogres = what.getView().getOgresSlain();
            if (rats + ogres < slain.size()) {
                faults.accept(room + " knows of " + (rats + ogres) + " monsters slain, and " + slain.size()
                        + " were told of");
            }
        }

        @Override
        public void told(ArenaOut what) {
            switch (what.getSayCase()) {
                case LANDED -> isStriking = false;
                case MISSED -> {
                    isStriking = false;
                    hasMissed = true;
                }
                case SLAIN -> slain(what.getSlain());
                default -> {}
            }
        }

        private void slain(Slain kill) {
            if (heard.put(kill.getMonster(), true) != null) {
                faults.accept(name + " is told again that monster " + kill.getMonster() + " is slain");
            }
            String before = slain.put(kill.getMonster(), kill.getBy());
            if (before != null && !before.equals(kill.getBy())) {
                faults.accept("monster " + kill.getMonster() + " of " + room + " is slain by " + before + ", and by "
                        + kill.getBy());
            }
            if (kill.getBy().equals(name)) {
                isStriking = false;
                hasSlain = true;
            }
        }

        @Override
        public void onError(int seq, Error error) {
            if (error.getCode() != ErrorCode.BUSY && error.getCode() != ErrorCode.UNAVAILABLE) {
                faults.accept(name + " is told " + error);
            }
        }

        @Override
        public void onFault(String what) {
            faults.accept(name + ": " + what);
        }

        @Override
        public void onGap(boolean ofRoom, long expected, long received) {
            faults.accept(name + " misses events from " + expected + " to " + received);
        }
    }
}
