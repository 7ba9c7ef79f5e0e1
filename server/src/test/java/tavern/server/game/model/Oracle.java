package tavern.server.game.model;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.PlayerId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.game.PersonalEvent;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;

/** What must hold of trades and answers, expressed without the desk's own notions of state. */
final class Oracle {
    private record Request(PlayerId player, int seq) {}

    private record Made(TradeId trade, PlayerId partner, Terms terms) {}

    private record Acted(Step.Verb verb, PlayerId player, TradeId trade) {}

    private record Owed(TradeId trade, PlayerId player) {}

    private final StoreModel store;
    private final Set<Request> unanswered = new HashSet<>();
    private final Set<Made> made = new HashSet<>();
    private final Map<Integer, Made> madeBySeq = new HashMap<>();
    private final Set<Acted> acted = new HashSet<>();
    private final Set<Owed> owed = new HashSet<>();
    private final Set<Owed> opened = new HashSet<>();
    private final Map<PlayerId, Inventory> known = new HashMap<>();
    private final Map<TradeId, Settlement> committing = new HashMap<>();
    private final Set<TradeId> waitingForStore = new HashSet<>();

    Oracle(StoreModel store) {
        this.store = store;
    }

    void requested(PlayerId player, int seq) {
        unanswered.add(new Request(player, seq));
    }

    void offered(int seq, TradeId trade, PlayerId partner, Terms terms) {
        made.add(new Made(trade, partner, terms));
        madeBySeq.put(seq, new Made(trade, partner, terms));
    }

    void acted(Step.Verb verb, PlayerId player, TradeId trade) {
        acted.add(new Acted(verb, player, trade));
    }

    void knows(PlayerId player, Inventory inventory) {
        known.merge(player, inventory, (old, next) -> next.version() > old.version() ? next : old);
    }

    void forgets(PlayerId player) {
        known.remove(player);
    }

    void answered(PlayerId player, int seq) {
        Violation.unless(
                unanswered.remove(new Request(player, seq)),
                "player " + player + " got an answer to " + seq + ", which was answered before or never asked");
    }

    void asksStore(TradeId trade) {
        Violation.unless(waitingForStore.add(trade), "asked the store twice at once about " + trade);
    }

    void storeAnswers(TradeId trade) {
        waitingForStore.remove(trade);
    }

    void settles(Settlement settlement) {
        asksStore(settlement.id());
        PlayerId partner = settlement.partner().id();
        Violation.unless(
                made.contains(new Made(settlement.id(), partner, settlement.terms())), "nobody offered " + settlement);
        if (settlement.outcome() == TradeOutcome.DECLINED) {
            boolean isRequested = acted.contains(new Acted(Step.Verb.DECLINE, partner, settlement.id()));
            Violation.unless(isRequested, "the partner did not decline " + settlement);
        }
        if (settlement.outcome() == TradeOutcome.COMMITTED
                && !settlement.equals(committing.put(settlement.id(), settlement))) {
            boolean isRequested = acted.contains(new Acted(Step.Verb.ACCEPT, partner, settlement.id()));
            Violation.unless(isRequested, "the partner did not accept " + settlement);
            checkReserved(settlement.proposer().id(), settlement.terms().give());
            checkReserved(partner, settlement.terms().want());
        }
    }

    void settled(SettledTrade settled) {
        committing.remove(settled.id());
        learn(settled.proposer().id(), settled.proposerChange());
        learn(settled.partner().id(), settled.partnerChange());
    }

    void personal(PlayerId player, int replyTo, PersonalEvent event) {
        if (replyTo != 0) {
            answered(player, replyTo);
        }
        if (event instanceof PersonalEvent.TradeOpened now) {
            owed.add(new Owed(now.trade(), player));
            opened.add(new Owed(now.trade(), player));
            long open = opened.stream().filter(it -> it.player().equals(player)).count();
            Violation.unless(open <= TestGame.OPEN_OFFERS_MAX, "too many open offers of " + player);
        } else if (event instanceof PersonalEvent.TradeOffered now) {
            owed.add(new Owed(now.trade(), player));
        } else if (event instanceof PersonalEvent.TradeEnded ended) {
            ended(player, ended);
            Made offer = madeBySeq.get(replyTo);
            Made found = new Made(
                    ended.trade().id(),
                    ended.trade().partner().id(),
                    ended.trade().terms());
            Violation.unless(offer == null || offer.equals(found), "an offer got another one's end: " + ended);
        }
    }

    void checkAtEnd() {
        Violation.unless(unanswered.isEmpty(), "never answered: " + unanswered);
        Violation.unless(owed.isEmpty(), "never told the outcome: " + owed);
        Violation.unless(committing.isEmpty() && waitingForStore.isEmpty(), "still waiting for the store");
    }

    private void ended(PlayerId player, PersonalEvent.TradeEnded event) {
        SettledTrade told = event.trade();
        owed.remove(new Owed(told.id(), player));
        opened.remove(new Owed(told.id(), player));
        boolean isParty = player.equals(told.proposer().id())
                || player.equals(told.partner().id());
        Violation.unless(isParty, "player " + player + " heard of a trade of others: " + told);
        SettledTrade first = store.find(told.id());
        if (first == null) {
            throw new Violation("told before it was final: " + told);
        }
        boolean isOtherOffer = told.outcome() == TradeOutcome.CANCELLED
                && !player.equals(told.id().proposer())
                && !(told.partner().equals(first.partner()) && told.terms().equals(first.terms()));
        Violation.unless(told.equals(first) || isOtherOffer, "told " + told + " but the store has " + first);
        GoodsChange change = event.change();
        boolean isOwn =
                change == null || change.version() <= store.inventory(player).version();
        Violation.unless(isOwn && (change == null || told.outcome() == TradeOutcome.COMMITTED), "whose is " + change);
    }

    /** The rules are told a change; one that does not follow what they know is of no use. */
    void learn(PlayerId player, @Nullable GoodsChange change) {
        Inventory before = known.get(player);
        if (change != null && before != null && change.follows(before.version())) {
            knows(player, before.after(change));
        }
    }

    /**
     * Goods that a commit may take must be owned and not promised to another trade. Other promised goods may already be
     * gone: a trade may have been committed although the answer was lost.
     */
    private void checkReserved(PlayerId player, Goods taken) {
        Inventory inventory = known.getOrDefault(player, Inventory.EMPTY);
        for (long item : taken.items()) {
            long promised =
                    promised(player).filter(it -> it.items().contains(item)).count();
            Violation.unless(promised == 1, "item " + item + " is reserved twice");
            Violation.unless(inventory.owns(item), "item " + item + " is reserved but not owned");
        }
        for (String kind : taken.stacks().keySet()) {
            long promised = promised(player)
                    .mapToLong(it -> it.stacks().getOrDefault(kind, 0L))
                    .reduce(0, Math::addExact);
            long owned = inventory.count(kind);
            Violation.unless(promised <= owned, kind + ": reserved " + promised + " of " + owned);
        }
    }

    private Stream<Goods> promised(PlayerId player) {
        return committing.values().stream().flatMap(it -> {
            if (it.proposer().id().equals(player)) {
                return Stream.of(it.terms().give());
            }
            return it.partner().id().equals(player) ? Stream.of(it.terms().want()) : Stream.empty();
        });
    }
}
