package tavern.server.game.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;
import tavern.server.game.PersonalEvent;
import tavern.server.game.Recording;
import tavern.server.game.RoomEvent;
import tavern.server.game.RoomRules;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.game.TestGame;
import tavern.server.game.TradeId;

/** Plays a schedule on the rules, with a store that is late and fails, while the oracle checks every step. */
final class World {
    /**
     * The record of a run.
     *
     * @param log all effects in order, followed by the final entities
     * @param outcomes how many trades ended in this room with each outcome
     */
    record Run(
            List<Object> log,
            Map<TradeOutcome, Integer> outcomes,
            Map<ErrorCode, Integer> refusals,
            int retries,
            int repeatsFound) {}

    /** A request to the store, or an answer that will be delivered a second time. */
    private record Waiting(
            TradeId trade,
            @Nullable Settlement settlement,
            @Nullable Action late) {}

    private static final int DRAIN_ROUNDS_MAX = 100;

    private final RoomRules rules;
    private final StoreModel store = new StoreModel();
    private final Oracle oracle = new Oracle(store);
    private final Walkers walkers = new Walkers();
    private final Recording effects = new Recording();
    private final List<Waiting> waiting = new ArrayList<>();
    private final TreeMap<Integer, Integer> entities = new TreeMap<>();
    private final int[] moveSeqs = new int[Schedules.PLAYERS + 1];
    private final List<Object> log = new ArrayList<>();
    private final Map<TradeOutcome, Integer> outcomes = new TreeMap<>();
    private final Map<ErrorCode, Integer> refusals = new TreeMap<>();
    private final Set<TradeId> requestedBefore = new HashSet<>();
    private long now = 1_000_000;
    private int lastSeq;
    private int retries;
    private int repeatsFound;

    private World(RoomRules rules) {
        this.rules = rules;
    }

    static Run play(Supplier<RoomRules> rules, List<Step> steps) {
        World world = new World(rules.get());
        steps.forEach(world::play);
        world.drain();
        world.offerAll();
        world.drain();
        return new Run(world.log, world.outcomes, world.refusals, world.retries, world.repeatsFound);
    }

    private void play(Step step) {
        if (step instanceof Step.Join it) {
            join(TestGame.player(it.player()), it.player());
        } else if (step instanceof Step.Leave it) {
            Player player = TestGame.player(it.player());
            oracle.forgets(player.id());
            apply(new Action.Leave(player.id()));
            entities.remove(it.player());
        } else if (step instanceof Step.Move it) {
            move(it);
        } else if (step instanceof Step.Chat it) {
            apply(new Action.Chat(id(it.player()), seq(it.player()), it.text(), now));
        } else if (step instanceof Step.Custom it) {
            apply(new Action.Custom(id(it.player()), seq(it.player()), 1, new byte[0], 0));
        } else if (step instanceof Step.Offer it) {
            TradeId trade = TestGame.trade(it.proposer(), it.number());
            Player partner = TestGame.player(it.partner());
            int seq = seq(it.proposer());
            oracle.offered(seq, trade, partner.id(), it.terms());
            apply(new Action.OfferTrade(
                    id(it.proposer()), seq, trade, partner.name(), it.terms(), TestGame.TODAY_MILLIS));
        } else if (step instanceof Step.Act it) {
            act(it);
        } else if (step instanceof Step.Store it && !waiting.isEmpty()) {
            answer(waiting.remove(it.pick() % waiting.size()), it.fate());
        } else if (step instanceof Step.Elsewhere it) {
            elsewhere(it);
        } else if (step instanceof Step.Grant it) {
            GoodsChange change = store.grant(id(it.player()), it.kind(), it.count());
            if (change != null && it.isHeard() && entities.containsKey(it.player())) {
                oracle.learn(id(it.player()), change);
                apply(new Action.GoodsChanged(id(it.player()), change));
            }
        } else if (step instanceof Step.Pass it) {
            now += it.millis();
            rules.tick(now, effects);
        }
        check();
        if (step instanceof Step.Store || step instanceof Step.Elsewhere || step instanceof Step.Grant) {
            String differences = store.differences();
            Violation.unless(differences == null, "goods are not conserved: " + differences);
        }
    }

    private void move(Step.Move move) {
        int entity = entities.getOrDefault(move.player(), 1_000);
        int x = move.isStep() ? walkers.x(entity) + move.x() : move.x();
        int y = move.isStep() ? walkers.y(entity) + move.y() : move.y();
        moveSeqs[move.player()] += move.seqStep();
        rules.move(entity, moveSeqs[move.player()], x, y, now, effects);
    }

    private void join(Player player, int number) {
        entities.putIfAbsent(number, walkers.lowestFree());
        walkers.restartSeq(entities.getOrDefault(number, 0));
        oracle.knows(player.id(), store.inventory(player.id()));
        apply(new Action.Join(player, store.inventory(player.id()), null, 0));
    }

    private void act(Step.Act act) {
        TradeId trade = TestGame.trade(act.proposer(), act.number());
        PlayerId player = id(act.player());
        oracle.acted(act.verb(), player, trade);
        int seq = seq(act.player());
        apply(
                switch (act.verb()) {
                    case ACCEPT -> new Action.AcceptTrade(player, seq, trade);
                    case DECLINE -> new Action.DeclineTrade(player, seq, trade);
                    case CANCEL -> new Action.CancelTrade(player, seq, trade);
                });
    }

    private void elsewhere(Step.Elsewhere it) {
        Terms terms = it.terms();
        if (it.proposer() != it.partner() && isCounted(terms.give()) && isCounted(terms.want())) {
            store.settle(
                    new Settlement(
                            TestGame.trade(it.proposer(), it.number()),
                            TestGame.player(it.proposer()),
                            TestGame.player(it.partner()),
                            terms,
                            it.outcome()),
                    now);
        }
    }

    private void answer(Waiting request, Step.Fate fate) {
        if (request.late() != null) {
            apply(request.late());
            return;
        }
        TradeId trade = request.trade();
        Settlement settlement = request.settlement();
        oracle.storeAnswers(trade);
        if (settlement == null) {
            boolean fails = fate == Step.Fate.FAILED_BEFORE || fate == Step.Fate.FAILED_AFTER;
            repeatsFound += fails || store.find(trade) == null ? 0 : 1;
            apply(fails ? new Action.TradeLookUpFailed(trade) : new Action.TradeLookedUp(trade, store.find(trade)));
            return;
        }
        SettledTrade settled = fate == Step.Fate.FAILED_BEFORE ? null : store.settle(settlement, now);
        if (settled == null || fate == Step.Fate.FAILED_AFTER) {
            apply(new Action.TradeSettleFailed(trade));
            return;
        }
        oracle.settled(settled);
        outcomes.merge(settled.outcome(), 1, Integer::sum);
        Action.TradeSettled answer = new Action.TradeSettled(trade, settled);
        apply(answer);
        if (fate == Step.Fate.ANSWERED_TWICE) {
            waiting.add(new Waiting(trade, null, answer));
        }
    }

    /** The store recovers and all offers expire; after that every request must have been answered. */
    private void drain() {
        for (int round = 0; rules.isSettling() || !waiting.isEmpty() || round < 3; round++) {
            Violation.unless(round < DRAIN_ROUNDS_MAX, "the trades never settle");
            while (!waiting.isEmpty()) {
                play(new Step.Store(0, Step.Fate.DONE));
            }
            play(new Step.Pass(TestGame.OFFER_MILLIS + 1_000));
        }
        oracle.checkAtEnd();
        log.addAll(rules.entities());
    }

    /** At the end nothing may still be reserved: each player here can offer all of their gold. */
    private void offerAll() {
        for (int number : List.copyOf(entities.keySet())) {
            play(new Step.Join(number));
            long gold = store.inventory(id(number)).count("gold");
            int partner = entities.keySet().stream()
                    .filter(it -> it != number)
                    .findFirst()
                    .orElse(number);
            if (gold > 0 && partner != number) {
                play(new Step.Offer(number, 1_000_000, partner, new Terms(Goods.of("gold", gold), Goods.NONE)));
                play(new Step.Store(0, Step.Fate.DONE));
                boolean isOpen = log.stream()
                        .anyMatch(it -> it instanceof Recording.ToPlayer told
                                && told.event() instanceof PersonalEvent.TradeOpened opened
                                && opened.trade().equals(TestGame.trade(number, 1_000_000)));
                Violation.unless(isOpen, "player " + number + " cannot offer what nobody holds");
            }
        }
    }

    private void apply(Action action) {
        rules.apply(action, now, effects);
    }

    private void check() {
        List<Recording.Effect> taken = effects.take();
        for (Recording.Effect effect : taken) {
            log.add(effect);
            if (effect instanceof Recording.Refused it) {
                oracle.answered(it.player(), it.seq());
                refusals.merge(it.code(), 1, Integer::sum);
            } else if (effect instanceof Recording.ToPlayer it) {
                oracle.personal(it.player(), it.replyTo(), it.event());
            } else if (effect instanceof Recording.ToRoom it) {
                room(it.event());
            } else if (effect instanceof Recording.Moved it) {
                walkers.moved(it, now);
            } else if (effect instanceof Recording.MoveRejected it) {
                walkers.rejected(it);
            } else if (effect instanceof Recording.LookedUp it) {
                oracle.asksStore(it.trade());
                waiting.add(new Waiting(it.trade(), null, null));
            } else if (effect instanceof Recording.Settled it) {
                TradeId trade = it.settlement().id();
                retries += requestedBefore.add(trade) ? 0 : 1;
                oracle.settles(it.settlement());
                waiting.add(new Waiting(trade, it.settlement(), null));
            } else if (effect instanceof Recording.InventoryNeeded it) {
                PlayerId player = it.player().id();
                oracle.knows(player, store.inventory(player));
                apply(new Action.InventoryRead(player, store.inventory(player)));
            }
        }
        if (!taken.isEmpty()) {
            check();
        }
        walkers.checkSame(rules.entities());
    }

    private void room(RoomEvent event) {
        if (event instanceof RoomEvent.Chatted it) {
            oracle.answered(it.player().id(), it.seq());
        } else if (event instanceof RoomEvent.Joined it) {
            walkers.joined(it.entity(), now);
        } else if (event instanceof RoomEvent.Left it) {
            walkers.left(it.entity());
        }
    }

    private int seq(int player) {
        oracle.requested(id(player), ++lastSeq);
        return lastSeq;
    }

    private static PlayerId id(int player) {
        return TestGame.player(player).id();
    }

    private static boolean isCounted(Goods goods) {
        return goods.stacks().values().stream().allMatch(count -> count > 0);
    }
}
