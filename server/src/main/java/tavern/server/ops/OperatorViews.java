package tavern.server.ops;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tavern.server.operators.Right;
import tavern.server.operators.Roles;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;

/** What the API shows of operators: nothing that is secret, nor a hash of it. */
final class OperatorViews {
    private static final int ID_CHARACTERS = 16;

    private OperatorViews() {}

    /** @param recoveryCodes how many are left */
    record Account(
            String name,
            List<String> roles,
            boolean disabled,
            long untilMillis,
            long madeMillis,
            String madeBy,
            boolean password,
            boolean secondFactor,
            int recoveryCodes,
            long signedInMillis,
            String signedInFrom,
            long sessions,
            long tokens) {}

    /**
     * A session or a token.
     *
     * @param own whether the request was sent with it
     */
    record Key(
            String id,
            String operator,
            String kind,
            String label,
            long madeMillis,
            long untilMillis,
            long usedMillis,
            String address,
            boolean own) {}

    record Everybody(List<Account> operators, SortedMap<String, List<String>> roles) {}

    static Everybody everybody(OperatorRows rows, Roles roles) {
        SortedMap<String, List<String>> rights = new TreeMap<>();
        roles.all().forEach((name, some) -> rights.put(name, names(some)));
        return new Everybody(
                rows.accounts().stream()
                        .sorted(Comparator.comparing(OperatorAccount::name))
                        .map(account -> account(account, rows))
                        .toList(),
                rights);
    }

    static List<String> names(Set<Right> rights) {
        return rights.stream().map(Right::toString).sorted().toList();
    }

    static Account account(OperatorAccount account, OperatorRows rows) {
        Map<OperatorKey.Kind, Long> keys = rows.keys().stream()
                .filter(key -> key.operator().equals(account.name()))
                .collect(Collectors.groupingBy(OperatorKey::kind, Collectors.counting()));
        return new Account(
                account.name(),
                account.roles(),
                account.disabled(),
                account.untilMillis(),
                account.madeMillis(),
                account.madeBy(),
                !account.password().isEmpty(),
                !account.totp().isEmpty(),
                account.recovery().size(),
                account.signedInMillis(),
                account.signedInFrom(),
                keys.getOrDefault(OperatorKey.Kind.SESSION, 0L),
                keys.getOrDefault(OperatorKey.Kind.TOKEN, 0L));
    }

    /** @param own the hash of the key with which the request was sent */
    static Key key(OperatorKey key, String own) {
        return new Key(
                id(key),
                key.operator(),
                key.kind().name(),
                key.label(),
                key.madeMillis(),
                key.untilMillis(),
                key.usedMillis(),
                key.address(),
                key.hash().equals(own));
    }

    /** What names a key in the API. */
    static String id(OperatorKey key) {
        return key.hash().substring(0, ID_CHARACTERS);
    }
}
