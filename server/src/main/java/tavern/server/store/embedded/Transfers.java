package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.PlayerId;
import tavern.server.game.GoodsChange;
import tavern.server.store.CommittedLegs;
import tavern.server.store.IdTooNewException;
import tavern.server.store.LedgerLeg;
import tavern.server.store.Leg;
import tavern.server.store.LegsText;
import tavern.server.store.Put;
import tavern.server.store.Refusal;
import tavern.server.store.RoomTurn;
import tavern.server.store.Score;
import tavern.server.store.Seen;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionPlan;
import tavern.server.store.TransactionPlan.Flow;
import tavern.server.store.TransactionPlan.MovedItem;
import tavern.server.store.TransactionPlan.Party;
import tavern.server.store.TransactionResult;

/** Carries transactions out: checks all of one, remembers how it ended, and only then changes anything. */
final class Transfers {
    private final Accounts accounts;
    private final ItemTable items;
    private final ValueTable values;
    private final OutcomeTable outcomes;
    private final EntryTable ledger;
    private final OutboxTable outbox;
    private final Fences fences;
    private final GameTable games;
    private final BoardTable boards;
    private final InstantSource clock;

    /**
     * @param remembered is told of all ids that have an outcome from now on
     * @param clock tells how far ahead the ids of new transactions are
     */
    Transfers(
            Connection connection,
            Accounts accounts,
            OutboxTable outbox,
            Fences fences,
            GameTable games,
            BoardTable boards,
            RememberedIds remembered,
            InstantSource clock)
            throws SQLException {
        this.clock = clock;
        this.accounts = accounts;
        this.outbox = outbox;
        this.fences = fences;
        this.games = games;
        this.boards = boards;
        items = new ItemTable(connection);
        values = new ValueTable(connection);
        outcomes = new OutcomeTable(connection, remembered);
        ledger = new EntryTable(connection);
    }

    OutcomeTable outcomes() {
        return outcomes;
    }

    void flush() throws SQLException {
        ledger.flush();
    }

    /** Implements {@code Store.transact}. */
    TransactionResult transact(TransactionPlan plan) throws SQLException, OperationRefusedException {
        Transaction it = plan.transaction();
        outcomes.requireNotForgotten(it.id());
        Transaction.RoomFence fence = it.fence();
        if (fence != null) {
            fences.require(fence.room(), fence.fence());
        }
        RoomTurn turn = it.turn();
        if (turn != null) {
            return take(turn, plan);
        }
        OperationRefusedException hindrance = hindrance(it);
        if (hindrance != null) {
            Optional<TransactionResult> first = outcomes.find(it.id());
            if (first.isPresent()) {
                return first.get();
            }
            throw hindrance;
        }
        Stock stock = stock(plan);
        Refusal refusal = refusal(plan, stock);
        if (!isRemembered(it, refusal) || !outcomes.remember(it, refusal)) {
            Optional<TransactionResult> first = outcomes.find(it.id());
            if (first.isPresent()) {
                return first.get();
            }
        }
        Map<AccountId, GoodsChange> changes = refusal == null ? carryOut(plan, stock) : Map.of();
        return result(it, refusal, false, changes);
    }

    /** Revisions make a turn happen once, so its outcome is not remembered. */
    private TransactionResult take(RoomTurn turn, TransactionPlan plan) throws SQLException, OperationRefusedException {
        Transaction it = plan.transaction();
        long revision = games.revision(turn.room());
        if (revision == turn.revision()) {
            return result(it, null, true, Map.of());
        }
        if (revision != turn.follows()) {
            return result(it, turn.outOfOrder(revision), false, Map.of());
        }
        OperationRefusedException hindrance = hindrance(it);
        if (hindrance != null) {
            throw hindrance;
        }
        Stock stock = stock(plan);
        Refusal refusal = refusal(plan, stock);
        if (refusal != null) {
            return result(it, refusal, false, Map.of());
        }
        Map<AccountId, GoodsChange> changes = carryOut(plan, stock);
        for (Score score : turn.scores()) {
            boards.add(score);
        }
        games.keep(turn);
        return result(it, null, false, changes);
    }

    private static TransactionResult result(
            Transaction it, @Nullable Refusal refusal, boolean isRepeat, Map<AccountId, GoodsChange> changes) {
        return new TransactionResult(it.id(), refusal, isRepeat, it.memo(), it.atMillis(), changes);
    }

    /** Returns why a new transaction cannot be carried out now, whatever the accounts have; null if it can. */
    private @Nullable OperationRefusedException hindrance(Transaction it) {
        long aheadMillis = it.id().bornMillis() - clock.millis();
        if (aheadMillis > Transaction.BORN_AHEAD_MILLIS_MAX) {
            return new OperationRefusedException(new IdTooNewException(it.id(), aheadMillis));
        }
        return !it.events().isEmpty() && outbox.isFull() ? new OperationRefusedException(outbox.full()) : null;
    }

    private static boolean isRemembered(Transaction transaction, @Nullable Refusal refusal) {
        if (refusal == null) {
            return true;
        }
        boolean isLasting =
                refusal.reason() != Refusal.Reason.NO_SUCH_ACCOUNT && refusal.reason() != Refusal.Reason.NO_SUCH_PLAYER;
        return isLasting && transaction.remembersRefusal();
    }

    /**
     * What there is before the transaction, in the order of its plan.
     *
     * @param accounts null for one that is not there
     * @param items null for one that nobody has
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Stock(@Nullable AccountState[] accounts, ItemTable.@Nullable Item[] items) {}

    private Stock stock(TransactionPlan plan) throws SQLException {
        AccountState[] known = new AccountState[plan.accounts().size()];
        for (int i = 0; i < known.length; i++) {
            known[i] = account(plan.accounts().get(i).id());
        }
        ItemTable.Item[] found = new ItemTable.Item[plan.items().size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = items.find(plan.items().get(i).item());
        }
        return new Stock(known, found);
    }

    private @Nullable AccountState account(AccountId id) throws SQLException {
        return id instanceof NamedAccount named ? accounts.find(named) : accounts.find((PlayerId) id);
    }

    // ---- check ----

    private @Nullable Refusal refusal(TransactionPlan plan, Stock stock) throws SQLException {
        Refusal unknown = unknown(plan, stock);
        if (unknown != null) {
            return unknown;
        }
        int lacking = firstLackingLeg(plan, stock);
        if (lacking < Integer.MAX_VALUE) {
            return new Refusal(Refusal.Reason.INSUFFICIENT, lacking, lacks(plan, stock, lacking));
        }
        Refusal tooMuch = tooMuch(plan, stock);
        if (tooMuch != null) {
            return tooMuch;
        }
        Refusal changed = changedValue(plan.transaction().puts());
        RoomTurn turn = plan.transaction().turn();
        return changed != null || turn == null ? changed : changedSince(turn.seen());
    }

    private @Nullable Refusal changedSince(List<Seen> all) throws SQLException {
        for (int i = 0; i < all.size(); i++) {
            Seen seen = all.get(i);
            AccountState account = account(seen.account());
            long version = account == null ? 0 : account.version();
            if (!seen.key().isEmpty()) {
                version = seen.account() instanceof PlayerId player ? values.version(player, seen.key()) : 0;
            }
            if (version != seen.version()) {
                return seen.changed(i, version);
            }
        }
        return null;
    }

    private @Nullable Refusal unknown(TransactionPlan plan, Stock stock) throws SQLException {
        for (int i = 0; i < plan.accounts().size(); i++) {
            Party party = plan.accounts().get(i);
            if (stock.accounts[i] == null && party.id() instanceof PlayerId) {
                return new Refusal(Refusal.Reason.NO_SUCH_ACCOUNT, party.leg(), "there is no player " + party.id());
            }
        }
        List<Put> puts = plan.transaction().puts();
        for (int i = 0; i < puts.size(); i++) {
            PlayerId holder = puts.get(i).holder();
            if (accounts.find(holder) == null) {
                return new Refusal(Refusal.Reason.NO_SUCH_PLAYER, i, "there is no player " + holder);
            }
        }
        RoomTurn turn = plan.transaction().turn();
        List<Score> scores = turn == null ? List.of() : turn.scores();
        for (int i = 0; i < scores.size(); i++) {
            PlayerId player = scores.get(i).player();
            if (accounts.find(player) == null) {
                return new Refusal(Refusal.Reason.NO_SUCH_PLAYER, i, "there is no player " + player);
            }
        }
        return null;
    }

    private int firstLackingLeg(TransactionPlan plan, Stock stock) throws SQLException {
        int leg = Integer.MAX_VALUE;
        for (int i = 0; i < plan.accounts().size(); i++) {
            for (Flow flow : plan.accounts().get(i).flows()) {
                if (flow.givingLeg() >= 0 && flow.givingLeg() < leg && flow.given() > count(stock.accounts[i], flow)) {
                    leg = flow.givingLeg();
                }
            }
        }
        for (int i = 0; i < plan.items().size(); i++) {
            if (plan.items().get(i).leg() < leg && !isOwner(plan, stock, i)) {
                leg = plan.items().get(i).leg();
            }
        }
        return leg;
    }

    private long count(@Nullable AccountState account, Flow flow) throws SQLException {
        return account == null ? 0 : accounts.count(account, flow.kind());
    }

    private boolean isOwner(TransactionPlan plan, Stock stock, int index) throws SQLException {
        ItemTable.Item item = stock.items[index];
        AccountState giver = account(plan.items().get(index).from());
        return item != null && giver != null && item.owner() == giver.id();
    }

    /** All that is lacking for a leg, in words. */
    private String lacks(TransactionPlan plan, Stock stock, int leg) throws SQLException {
        AccountId giver = plan.transaction().legs().get(leg).from();
        StringBuilder text = new StringBuilder(name(giver)).append(" lacks");
        String separator = " ";
        for (int i = 0; i < plan.accounts().size(); i++) {
            Party party = plan.accounts().get(i);
            for (Flow flow : party.flows()) {
                long count = count(stock.accounts[i], flow);
                if (party.id().equals(giver) && flow.givingLeg() == leg && flow.given() > count) {
                    text.append(separator).append(flow.given()).append(' ').append(flow.kind());
                    text.append(" (has ").append(count).append(')');
                    separator = ", ";
                }
            }
        }
        for (int i = 0; i < plan.items().size(); i++) {
            if (plan.items().get(i).leg() == leg && !isOwner(plan, stock, i)) {
                text.append(separator)
                        .append("item ")
                        .append(plan.items().get(i).item());
                separator = ", ";
            }
        }
        return text.toString();
    }

    private static String name(AccountId account) {
        return account instanceof PlayerId ? "player " + account : account.toString();
    }

    private @Nullable Refusal tooMuch(TransactionPlan plan, Stock stock) throws SQLException {
        Refusal first = null;
        for (int i = 0; i < plan.accounts().size(); i++) {
            for (Flow flow : plan.accounts().get(i).flows()) {
                long count = count(stock.accounts[i], flow);
                if (flow.isTooMuch(count) && (first == null || flow.receivingLeg() < first.index())) {
                    String text = name(plan.accounts().get(i).id()) + " has " + count + " " + flow.kind() + ", and "
                            + flow.received() + " more are more than a count can hold";
                    first = new Refusal(Refusal.Reason.TOO_MUCH, flow.receivingLeg(), text);
                }
            }
        }
        return first;
    }

    private @Nullable Refusal changedValue(List<Put> puts) throws SQLException {
        for (int i = 0; i < puts.size(); i++) {
            Put put = puts.get(i);
            long version = values.version(put.holder(), put.key());
            if (version != put.seenVersion()) {
                return new Refusal(
                        Refusal.Reason.VALUE_CHANGED,
                        i,
                        put.key() + " of player " + put.holder() + " has version " + version + ", not "
                                + put.seenVersion());
            }
        }
        return null;
    }

    // ---- change ----

    private Map<AccountId, GoodsChange> carryOut(TransactionPlan plan, Stock stock) throws SQLException {
        Transaction it = plan.transaction();
        Map<AccountId, ChangeDraft> drafts = new LinkedHashMap<>();
        for (int i = 0; i < plan.accounts().size(); i++) {
            Party party = plan.accounts().get(i);
            AccountState account = stock.accounts[i];
            if (account == null) {
                account = accounts.create(party.id().toString(), it.atMillis());
            }
            drafts.put(party.id(), change(account, party.flows()));
        }
        String legs = moveItems(plan, stock, drafts);
        if (!legs.isEmpty()) {
            ledger.append(it, legs);
        }
        for (Put put : it.puts()) {
            AccountState holder = accounts.find(put.holder());
            if (holder != null) { // as was checked
                values.write(put, holder.countPut());
                accounts.changed(holder);
            }
        }
        announce(it, legs, drafts);
        Map<AccountId, GoodsChange> changes = new HashMap<>();
        drafts.forEach((id, draft) -> changes.put(id, draft.change()));
        return changes;
    }

    /** Only the first message tells the goods, so that nobody counts them twice. */
    private void announce(Transaction it, String legs, Map<AccountId, ChangeDraft> drafts) throws SQLException {
        for (int i = 0; i < it.events().size(); i++) {
            String told = i == 0 ? committed(it, legs, drafts) : CommittedLegs.NONE.toString();
            outbox.append(it.messageId(i), it.events().get(i), told, it.atMillis());
        }
    }

    private String committed(Transaction it, String text, Map<AccountId, ChangeDraft> drafts) throws SQLException {
        boolean hasNamed = false;
        StringJoiner after = new StringJoiner(",");
        for (Map.Entry<AccountId, ChangeDraft> draft : drafts.entrySet()) {
            AccountId id = draft.getKey();
            AccountState player = id instanceof PlayerId ? account(id) : null;
            hasNamed |= player == null;
            after.add(new CommittedLegs.After(
                            id,
                            draft.getValue().version(),
                            player == null ? "" : player.player().name())
                    .toString());
        }
        return (hasNamed ? withNames(it, text) : text) + " " + after;
    }

    private static String withNames(Transaction it, String text) {
        List<LedgerLeg> legs = new ArrayList<>();
        for (LedgerLeg leg : LegsText.parse(text)) {
            Leg wanted = it.legs().get(legs.size());
            legs.add(new LedgerLeg(wanted.from(), wanted.to(), leg.stacks(), leg.items(), leg.made()));
        }
        return LegsText.of(legs);
    }

    private ChangeDraft change(AccountState account, List<Flow> flows) throws SQLException {
        ChangeDraft draft = new ChangeDraft(account.id(), account.grow());
        for (Flow flow : flows) {
            long before = accounts.count(account, flow.kind());
            long after = flow.after(before);
            if (after != before) {
                account.change(flow.kind(), after);
                draft.count(flow.kind(), after);
            }
        }
        accounts.changed(account);
        return draft;
    }

    /** Hands over and makes the items, and returns the legs for the ledger. */
    private String moveItems(TransactionPlan plan, Stock stock, Map<AccountId, ChangeDraft> drafts)
            throws SQLException {
        LegsText text = new LegsText();
        int next = 0; // the plan has the items in the order of the legs
        for (Leg leg : plan.transaction().legs()) {
            ChangeDraft from = drafts.get(leg.from());
            ChangeDraft to = drafts.get(leg.to());
            text.leg(numbered(leg.from(), from), numbered(leg.to(), to));
            leg.goods().stacks().forEach(text::stack);
            for (int i = leg.goods().items().size(); i > 0; i--, next++) {
                MovedItem moved = plan.items().get(next);
                ItemTable.Item item = stock.items[next];
                if (item == null || from == null) {
                    throw new IllegalStateException("item " + moved.item() + " was not checked");
                }
                from.itemGone(moved.item());
                if (to == null) {
                    items.remove(moved.item());
                } else {
                    items.hand(moved.item(), to.account());
                    to.itemCame(moved.item(), item.kind());
                }
                text.item(moved.item(), item.kind());
            }
            for (String kind : leg.made()) {
                if (to == null) {
                    throw new IllegalStateException("items were to be made for nobody");
                }
                long made = items.make(kind, to.account());
                to.itemCame(made, kind);
                text.made(made, kind);
            }
        }
        return text.toString();
    }

    private static AccountId numbered(AccountId id, @Nullable ChangeDraft draft) {
        return draft == null || id instanceof Mint ? id : new PlayerId(draft.account());
    }
}
