package tavern.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.engine.Commit;
import tavern.engine.MemberGoods;
import tavern.engine.ReadGoods;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.Mint;

/** What all accounts have: once as the store has it, and once as far as the host has heard. */
final class KitLedger {
    private static final class Account implements MemberGoods {
        final Map<String, Long> counts = new TreeMap<>();
        final Map<Long, String> items = new TreeMap<>();
        final Map<String, Kept> values = new HashMap<>();
        long version;

        @Override
        public long count(String kind) {
            return counts.getOrDefault(kind, 0L);
        }

        @Override
        public Map<Long, String> items() {
            return items;
        }

        @Override
        public Kept kept(String key) {
            return values.getOrDefault(key, Kept.NONE);
        }

        void add(String kind, long count) {
            version++;
            counts.merge(kind, count, (one, other) -> {
                long sum = Math.addExact(one, other);
                return sum == 0 ? null : sum;
            });
        }
    }

    private final Map<AccountId, Account> accounts = new HashMap<>();

    /** What came out of mints, less what went in. */
    private final Map<String, Long> minted = new TreeMap<>();

    private long lastItem;
    private long lastVersion;

    KitLedger copy() {
        KitLedger copy = new KitLedger();
        accounts.forEach((id, account) -> {
            Account other = copy.account(id);
            other.counts.putAll(account.counts);
            other.items.putAll(account.items);
            other.values.putAll(account.values);
            other.version = account.version;
        });
        copy.minted.putAll(minted);
        copy.lastItem = lastItem;
        copy.lastVersion = lastVersion;
        return copy;
    }

    MemberGoods of(AccountId id) {
        return account(id);
    }

    /** A copy of what the account has. */
    ReadGoods.Account read(AccountId id) {
        Account account = account(id);
        Account copy = new Account();
        copy.counts.putAll(account.counts);
        copy.items.putAll(account.items);
        copy.values.putAll(account.values);
        return new ReadGoods.Account(account.version, copy);
    }

    private Account account(AccountId id) {
        return accounts.computeIfAbsent(id, unknown -> new Account());
    }

    /** Returns why the commit cannot be carried out, in words; null if it can. */
    @Nullable
    String refusal(Commit commit) {
        Map<AccountId, Map<String, Long>> given = new HashMap<>();
        for (Commit.Transfer transfer : commit.transfers()) {
            if (transfer.from() instanceof Mint) {
                continue;
            }
            Account from = account(transfer.from());
            for (var stack : transfer.goods().stacks().entrySet()) {
                long sum = given.computeIfAbsent(transfer.from(), unknown -> new HashMap<>())
                        .merge(stack.getKey(), stack.getValue(), Math::addExact);
                if (from.count(stack.getKey()) < sum) {
                    return transfer.from() + " has " + from.count(stack.getKey()) + " " + stack.getKey() + ", not "
                            + sum;
                }
            }
            for (long item : transfer.goods().items()) {
                if (!from.items.containsKey(item)) {
                    return transfer.from() + " does not have item " + item;
                }
            }
        }
        for (Commit.Value value : commit.values()) {
            long version = account(value.holder()).kept(value.key()).version();
            if (version != value.seenVersion()) {
                return value.key() + " of player " + value.holder() + " has version " + version + ", not "
                        + value.seenVersion();
            }
        }
        return null;
    }

    /** Returns what the commit has seen that is not so any more, in words; null for nothing. */
    @Nullable
    String outdated(Commit commit) {
        for (Commit.Seen seen : commit.seen()) {
            Account account = account(seen.account());
            long version = seen.key().isEmpty()
                    ? account.version
                    : account.kept(seen.key()).version();
            if (version != seen.version()) {
                return "what was seen of " + seen.account() + " has version " + version + ", not " + seen.version();
            }
        }
        return null;
    }

    void apply(Commit commit) {
        for (Commit.Transfer transfer : commit.transfers()) {
            transfer.goods().stacks().forEach((kind, count) -> move(transfer.from(), transfer.to(), kind, count));
            transfer.goods().items().forEach(item -> {
                String kind = account(transfer.from()).items.remove(item);
                account(transfer.from()).version++;
                if (kind != null && !(transfer.to() instanceof Mint)) {
                    account(transfer.to()).items.put(item, kind);
                    account(transfer.to()).version++;
                }
            });
            for (String kind : transfer.made()) {
                lastItem++;
                account(transfer.to()).items.put(lastItem, kind);
                account(transfer.to()).version++;
            }
        }
        for (Commit.Value value : commit.values()) {
            Account holder = account(value.holder());
            lastVersion++;
            if (value.value().isEmpty()) {
                holder.values.remove(value.key());
            } else {
                holder.values.put(value.key(), new Kept(value.value(), lastVersion));
            }
        }
    }

    void move(AccountId from, AccountId to, String kind, long count) {
        if (from instanceof Mint) {
            minted.merge(kind, count, Math::addExact);
        } else {
            account(from).add(kind, -count);
        }
        if (to instanceof Mint) {
            minted.merge(kind, -count, Math::addExact);
        } else {
            account(to).add(kind, count);
        }
    }

    /** Returns what is wrong with the sums, in words; nothing if all is well. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        Map<String, Long> sums = new TreeMap<>();
        accounts.forEach((id, account) -> account.counts.forEach((kind, count) -> {
            sums.merge(kind, count, Math::addExact);
            if (count < 0) {
                problems.add(id + " has " + count + " " + kind);
            }
        }));
        minted.forEach((kind, count) -> {
            if (sums.getOrDefault(kind, 0L) != (long) count) {
                problems.add("there are " + sums.getOrDefault(kind, 0L) + " " + kind + ", but " + count + " were made");
            }
        });
        return problems;
    }

    /** The kinds of which the account has some, in order. */
    List<String> kinds(AccountId id) {
        return List.copyOf(account(id).counts.keySet());
    }

    /** Of all accounts together. */
    long total(String kind) {
        return accounts.values().stream()
                .mapToLong(account -> account.count(kind))
                .sum();
    }
}
