package tavern.sim.games;

import com.google.protobuf.Parser;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientRoom;
import tavern.client.ClientSettings;
import tavern.client.GameListener;
import tavern.client.JoinOptions;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.examples.cards.v1.CardPlayed;
import tavern.examples.cards.v1.CardsIn;
import tavern.examples.cards.v1.CardsOut;
import tavern.examples.cards.v1.CardsView;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.ServerMessage;

/**
 * A player of the card game who remembers what was told, through all lives of the server. Confined to the event loop that it
 * shares with the others at its table.
 *
 * <p>What is told to all comes in order, and so does what is told to one; a new hand may come after the first cards are played.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class CardsWitness implements GameListener<CardsOut> {
    private static final int HAND_CARDS = 5;
    private static final int RETRY_MILLIS = 100;

    private final CardsWatch watch;
    private final String name;
    private final boolean deals;
    private final RandomGenerator random;

    private @Nullable TavernClient client;
    private boolean isIn;
    private boolean plays;
    private boolean isDealing;
    private boolean isPlaying;
    private boolean isEchoing;

    // Of the match under way, or none.
    private boolean isUnderWay;
    private String next = "";
    private int cardsPlayed;
    private Set<Integer> hand = Set.of();
    private boolean hasHand;
    /** Of the match after this one, if it was heard of before this one's end. */
    private @Nullable Set<Integer> nextHand;
    /** Cards that are known to be played: told, or answered. */
    private final Set<Integer> gone = new HashSet<>();

    /** Of all matches, by what was told. */
    private long matchesOver;

    private final Map<String, Long> wins = new HashMap<>();
    private long goodsVersion;
    private long gold;
    private Known known = new Known(new Progress(0, 0, 0), Map.of(), Set.of(), Set.of());

    /** @param deals whether this player begins the matches */
    CardsWitness(CardsWatch watch, String name, boolean deals, RandomGenerator random) {
        this.watch = watch;
        this.name = name;
        this.deals = deals;
        this.random = random;
    }

    String name() {
        return name;
    }

    /** How far the matches of a room are. */
    record Progress(long matchesOver, int underWay, int cardsPlayed) implements Comparable<Progress> {
        @Override
        public int compareTo(Progress other) {
            int matches = Long.compare(matchesOver, other.matchesOver);
            int begun = matches != 0 ? matches : Integer.compare(underWay, other.underWay);
            return begun != 0 ? begun : Integer.compare(cardsPlayed, other.cardsPlayed);
        }
    }

    /** What a player has been told, or was answered. */
    record Known(Progress progress, Map<String, Long> wins, Set<Integer> hand, Set<Integer> gone) {}

    Known now() {
        return new Known(
                new Progress(matchesOver, isUnderWay ? 1 : 0, cardsPlayed),
                Map.copyOf(wins),
                Set.copyOf(hand),
                Set.copyOf(gone));
    }

    /** When the server was lost. */
    Known known() {
        return known;
    }

    /** What the goods are now; remembers them. */
    Goods goods() {
        TavernClient here = client;
        if (here != null && here.inventory().isComplete()) {
            long version = here.inventory().version();
            long count = here.inventory().count("gold");
            if (version < goodsVersion || (version == goodsVersion && count != gold)) {
                watch.fault(name + " had " + gold + " gold at version " + goodsVersion + ", and now " + count
                        + " at version " + version);
            }
            goodsVersion = version;
            gold = count;
        }
        return new Goods(goodsVersion, gold);
    }

    record Goods(long version, long gold) {}

    boolean isIn() {
        TavernClient here = client;
        return isIn && here != null && here.inventory().isComplete();
    }

    boolean isWaiting() {
        return isDealing || isPlaying || isEchoing;
    }

    void askForEcho() {
        TavernClient here = client;
        if (here != null) {
            isEchoing = true;
            here.ping().whenComplete((pong, failure) -> isEchoing = false);
        }
    }

    void enter(ClientSettings settings, String room) {
        TavernClient fresh = new TavernClient(settings, watch.loop(), this);
        client = fresh;
        connect(fresh, room);
    }

    private void connect(TavernClient fresh, String room) {
        fresh.connect().whenComplete((welcome, failure) -> {
            if (failure == null) {
                join(fresh, room);
            } else {
                tryLater(failure, () -> connect(fresh, room));
            }
        });
    }

    private void join(TavernClient fresh, String room) {
        fresh.join(room, JoinOptions.ofType("cards")).whenComplete((joined, failure) -> {
            if (failure == null) {
                isIn = true;
            } else {
                tryLater(failure, () -> join(fresh, room));
            }
        });
    }

    /** A server that has just begun may not be ready for all at once. */
    private void tryLater(Throwable failure, Runnable again) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof TavernException no && isForNow(no.code())) {
            watch.loop().schedule(again, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            watch.fault(name + " cannot come in: " + cause);
        }
    }

    private static boolean isForNow(ErrorCode code) {
        return code == ErrorCode.BUSY || code == ErrorCode.UNAVAILABLE;
    }

    /** The server is gone; what was said and not answered is in doubt. */
    void lost() {
        TavernClient old = client;
        if (old != null) {
            goods();
            old.close();
        }
        known = now();
        client = null;
        isIn = false;
        plays = false;
        isDealing = false;
        isPlaying = false;
        isEchoing = false;
    }

    /** Takes what was found out from the goods of all, since matches may have ended unheard. */
    void know(long matches, Map<String, Long> winsOfAll) {
        matchesOver = matches;
        wins.clear();
        wins.putAll(winsOfAll);
    }

    void play(boolean now) {
        plays = now;
        act();
    }

    private void act() {
        TavernClient here = client;
        if (!plays || here == null) {
            return;
        }
        if (deals && !isUnderWay && !isDealing) {
            isDealing = true;
            here.say(CardsIn.newBuilder().setDeal(true).build())
                    .whenComplete((done, failure) -> answered(here, failure, 0));
        } else if (next.equals(name) && !hand.isEmpty() && !isPlaying) {
            isPlaying = true;
            next = ""; // the answer may come before it is told who is next
            int card = List.copyOf(hand).get(random.nextInt(hand.size()));
            here.say(CardsIn.newBuilder().setPlay(card).build())
                    .whenComplete((done, failure) -> answered(here, failure, card));
        }
    }

    /** @param card 0 for a deal */
    private void answered(TavernClient by, @Nullable Throwable failure, int card) {
        if (by != client) {
            return; // of an earlier life
        }
        if (card == 0) {
            isDealing = false;
        } else {
            isPlaying = false;
        }
        if (failure == null) {
            watch.done();
            if (hand.contains(card)) { // else it was told before
                gone.add(card);
            }
        } else if (failure instanceof TavernException no) {
            // The table deals and plays by itself when nobody does for long.
            boolean isTheTables = no.code() == ErrorCode.NOT_ALLOWED && (card == 0 || !hand.contains(card));
            if (!isTheTables) {
                watch.fault(name + " is refused card " + card + ": " + no.getMessage());
            }
        }
        act();
    }

    // ---- what the client hears ----

    @Override
    public Parser<CardsOut> parser() {
        return CardsOut.parser();
    }

    @Override
    public void view(ClientRoom room, CardsOut what) {
        CardsView view = what.getView();
        isUnderWay = view.getSeatsCount() > 0;
        hasHand = isUnderWay;
        hand = new HashSet<>(view.getHandList());
        nextHand = null;
        next = view.getNext();
        cardsPlayed = view.getSeatsList().stream()
                .mapToInt(seat -> HAND_CARDS - seat.getCards())
                .sum();
        gone.clear();
    }

    @Override
    public void told(CardsOut what) {
        switch (what.getSayCase()) {
            case VIEW -> {
                Set<Integer> dealt = new HashSet<>(what.getView().getHandList());
                if (nextHand != null) {
                    watch.fault(name + " is dealt a hand, and has two");
                }
                if (hasHand) {
                    nextHand = dealt;
                } else {
                    isUnderWay = true;
                    hasHand = true;
                    hand = dealt;
                }
            }
            case NEXT -> {
                isUnderWay = true;
                next = what.getNext();
            }
            case PLAYED -> played(what.getPlayed());
            case OVER -> {
                if (!hand.isEmpty()) {
                    watch.fault(name + " still has " + hand + " when the match is over");
                }
                isUnderWay = nextHand != null;
                hasHand = isUnderWay;
                hand = nextHand == null ? Set.of() : nextHand;
                nextHand = null;
                next = "";
                cardsPlayed = 0;
                gone.clear();
                matchesOver++;
                wins.merge(what.getOver().getWinner(), 1L, Long::sum);
            }
            case FORFEITED -> watch.fault(what.getForfeited() + " forfeits, and was not away for long");
            default -> {}
        }
        goods();
        act();
    }

    private void played(CardPlayed card) {
        boolean isOwn = card.getName().equals(name);
        boolean isNew = gone.add(card.getCard());
        if (!isNew && !isOwn) {
            watch.fault("card " + card.getCard() + " is played twice in one match, as " + name + " hears");
        }
        if (isOwn && !hand.remove(card.getCard())) {
            watch.fault(name + " plays card " + card.getCard() + " without having it");
        }
        cardsPlayed++;
    }

    @Override
    public void onOther(ServerMessage message) {
        Left left = message.getLeft();
        if (message.hasLeft()) {
            watch.fault(name + " is out of room " + left.getRoom());
        }
    }

    @Override
    public void onError(int seq, Error error) {
        if (!isForNow(error.getCode())) {
            watch.fault(name + " is told " + error);
        }
    }

    @Override
    public void onFault(String what) {
        watch.fault(name + ": " + what);
    }

    @Override
    public void onGap(boolean ofRoom, long expected, long received) {
        watch.fault(name + " misses events from " + expected + " to " + received);
    }
}
