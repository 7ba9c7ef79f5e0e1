package tavern.testkit;

import java.util.function.Function;
import java.util.function.ToLongFunction;
import tavern.game.AccountId;

/** What always holds of a durable state and the goods that go with it. Throws {@link AssertionError} if it does not. */
public interface Invariant<S> {
    void check(S state, All goods);

    /**
     * The goods of all accounts.
     *
     * @param of what one account has
     * @param total how much of a kind all accounts have together
     */
    record All(Function<AccountId, KeptGoods> of, ToLongFunction<String> total) {}
}
