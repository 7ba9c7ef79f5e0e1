package tavern.server.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Mint;

/**
 * A transaction as the stores carry it out: what each account gives and receives in sum. Made before the transaction is
 * sent to the store, so that malformed ones ask nothing of it.
 *
 * @param accounts all that legs name, except mints, in the order in which the legs name them
 * @param items those that change hands
 */
public record TransactionPlan(Transaction transaction, List<Party> accounts, List<MovedItem> items) {
    /**
     * @param leg the first leg that names the account
     * @param flows by kind, in the order of the legs
     */
    public record Party(AccountId id, int leg, List<Flow> flows) {}

    /**
     * One kind of goods at one account.
     *
     * @param given the sum of all legs; 0 for none
     * @param received the sum of all legs; 0 for none
     * @param givingLeg the first leg in which the account gives of this kind; -1 for none
     * @param receivingLeg the first leg in which it receives of this kind; -1 for none
     */
    public record Flow(String kind, long given, long received, int givingLeg, int receivingLeg) {
        /** How much there is after what there was, of which all that is given was found to be there. */
        public boolean isTooMuch(long before) {
            return before - given > Long.MAX_VALUE - received;
        }

        public long after(long before) {
            return before - given + received;
        }
    }

    public record MovedItem(long item, AccountId from, AccountId to, int leg) {}

    /** @throws IllegalArgumentException when the transaction is malformed, or a sum of its legs passes 2^63-1 */
    public static TransactionPlan of(Transaction transaction) {
        TransactionCheck.require(transaction);
        Map<AccountId, Draft> drafts = new LinkedHashMap<>();
        List<MovedItem> items = new ArrayList<>();
        for (int i = 0; i < transaction.legs().size(); i++) {
            Leg leg = transaction.legs().get(i);
            Draft from = draft(drafts, leg.from(), i);
            Draft to = draft(drafts, leg.to(), i);
            for (var stack : leg.goods().stacks().entrySet()) {
                if (from != null) {
                    from.give(stack.getKey(), stack.getValue(), i);
                }
                if (to != null) {
                    to.receive(stack.getKey(), stack.getValue(), i);
                }
            }
            for (long item : leg.goods().items()) {
                items.add(new MovedItem(item, leg.from(), leg.to(), i));
            }
        }
        List<Party> accounts = new ArrayList<>(drafts.size());
        drafts.forEach((id, draft) -> accounts.add(new Party(id, draft.leg, List.copyOf(draft.flows.values()))));
        return new TransactionPlan(transaction, List.copyOf(accounts), List.copyOf(items));
    }

    private static @Nullable Draft draft(Map<AccountId, Draft> drafts, AccountId id, int leg) {
        return id instanceof Mint ? null : drafts.computeIfAbsent(id, unknown -> new Draft(unknown, leg));
    }

    private static final class Draft {
        private final AccountId id;
        private final int leg;
        private final Map<String, Flow> flows = new LinkedHashMap<>();

        Draft(AccountId id, int leg) {
            this.id = id;
            this.leg = leg;
        }

        void give(String kind, long count, int leg) {
            flows.merge(
                    kind,
                    new Flow(kind, count, 0, leg, -1),
                    (known, more) -> new Flow(
                            kind,
                            sum(kind, known.given, count),
                            known.received,
                            known.givingLeg < 0 ? leg : known.givingLeg,
                            known.receivingLeg));
        }

        void receive(String kind, long count, int leg) {
            flows.merge(
                    kind,
                    new Flow(kind, 0, count, -1, leg),
                    (known, more) -> new Flow(
                            kind,
                            known.given,
                            sum(kind, known.received, count),
                            known.givingLeg,
                            known.receivingLeg < 0 ? leg : known.receivingLeg));
        }

        private long sum(String kind, long known, long more) {
            if (known > Long.MAX_VALUE - more) {
                throw new IllegalArgumentException("the transaction is malformed: all legs together move more " + kind
                        + " from or to " + id + " than a count can hold");
            }
            return known + more;
        }
    }
}
