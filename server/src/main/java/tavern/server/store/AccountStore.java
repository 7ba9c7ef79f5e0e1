package tavern.server.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;

/**
 * Accounts and what happens to their goods: players and named accounts, the transactions that move goods, the outcomes
 * that are remembered, and the ledger. Once a stage completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm. A repeated
 * transaction is recognised by its id.
 */
public interface AccountStore {
    /**
     * Loads the player of this name. A player that does not exist is created, with the kit as a grant in the ledger. Fails
     * with {@link ReservedNameException} while a player who had the name is being erased. With an event and a full outbox, a
     * player who does not exist is not created, and the stage fails with {@link StoreUnavailableException}.
     *
     * @param kitItems kinds of the unique items in the kit; each gets an id
     * @param event what the feed publishes about the kit unless it is empty, or null for nothing
     */
    CompletionStage<PlayerRecord> openPlayer(
            String name, Goods kitStacks, List<String> kitItems, @Nullable OutboxEvent event, long nowMillis);

    CompletionStage<Optional<PlayerRecord>> findPlayer(String name);

    CompletionStage<Optional<PlayerRecord>> findPlayer(PlayerId id);

    /** Returns the account as a player of the name {@code @<name>}; empty before the first transaction that names it. */
    CompletionStage<Optional<PlayerRecord>> findAccount(NamedAccount account);

    /**
     * Carries out a transaction, all or nothing. First every account must have, in sum over all legs, what it gives;
     * then no count may pass 2^63-1 by what arrives; then the values must have the versions that were seen. If any of
     * this does not hold, nothing happens, and the result says why ({@link Refusal}). A transaction under an id whose
     * outcome is remembered changes nothing either, and gets that outcome, whatever it contains.
     *
     * <p>Every account that a leg names gets the next version; a named account that is not there yet comes into being.
     * The outcome is remembered under the id: always when it was committed, and if {@code remembersRefusal} when it was
     * refused, unless an account does not exist.
     *
     * <p>A turn ({@link Transaction#turn(RoomTurn, long, List, List, List, long)}) first of all must follow the room's
     * revision, which is 0 when nothing is kept of the room; else it is refused as {@link Refusal.Reason#OUT_OF_ORDER}. If
     * the room has the turn's own revision, it is a repeat and was committed. No outcome of a turn is remembered.
     *
     * <p>Fails, and does and remembers nothing, with {@link IllegalArgumentException} when the transaction is malformed
     * ({@link TransactionPlan#of}), with {@link IdTooNewException} when the id is new and from too far ahead of the embedded
     * store's clock, with {@link StaleFenceException} when the fence is not the newest of the room, with {@link OutcomeForgottenException} when the id
     * is so old that its outcome may have been forgotten, and with {@link StoreUnavailableException} when it has events and
     * the outbox is full, whatever the accounts have; but the repeat of a remembered id is answered even then.
     */
    CompletionStage<TransactionResult> transact(Transaction transaction);

    /**
     * Returns the remembered outcome, as a repeat would get it; empty if there is none, which says nothing of a transaction that is
     * under way, even if it was begun before.
     */
    CompletionStage<Optional<TransactionResult>> findOutcome(TransactionId id);

    /** Returns the value that a transaction has put under the key; empty if there is none. */
    CompletionStage<Optional<KeptValue>> kept(PlayerId player, String key);

    /**
     * Forgets the oldest outcomes: those whose ids are older than the given time, or for ids without a time those that
     * were remembered longer ago. From then on, ids that are as old as a forgotten one are refused, so that nothing is done
     * twice; others that are older than the given time may be.
     *
     * @param keptMillis how old they may be
     * @param nowMillis by the caller's clock; the earlier of it and the store's own counts, so that one that is ahead does
     *     no harm
     * @param max how many to remove at most, approximately
     * @return whether more are left to forget
     */
    CompletionStage<Boolean> forgetOutcomes(long keptMillis, long nowMillis, int max);

    /**
     * Bans or mutes a player, or lifts a ban or mute.
     *
     * @param seen the sanction that the operator has seen, even if it has expired
     * @return the player afterwards; empty, with nothing done, when the stored sanction is not the one that was seen
     */
    CompletionStage<Optional<PlayerRecord>> sanction(PlayerId player, Sanction sanction, Sanction seen);

    /**
     * Returns what some of the rooms keep about a player, and with the first of them the player's durable values. A room
     * that is opened meanwhile may be missing, and in Redis a room may come twice.
     *
     * @param from empty to begin, then {@link PlayerTraces#next}
     */
    CompletionStage<PlayerTraces> traces(Player player, String from);

    /**
     * Replaces the name of a player who is banned, and removes the message of the ban and the durable values. The old name
     * is nobody's afterwards, but stays reserved until {@link #finishErasure}. May be repeated, whether or not the player
     * is banned then.
     *
     * @return false, with nothing done, when the player is not banned, has another name, or does not exist
     */
    CompletionStage<Boolean> eraseName(Erasure erasure, long nowMillis);

    /**
     * Removes what the player wrote, and lines that contain the name, from the rooms' chat; only the fact that there
     * was a line stays. Takes time in proportion to the number of rooms; must come after {@link #eraseName}.
     *
     * @return the number of lines that were changed
     */
    CompletionStage<Integer> eraseChat(Erasure erasure);

    /** Frees the old name: nothing that is kept contains it any more. Does nothing when that was done before. */
    CompletionStage<Void> finishErasure(Erasure erasure);

    /** Returns the erasures that were begun by {@link #eraseName} and are not finished. */
    CompletionStage<List<UnfinishedErasure>> unfinishedErasures();

    /**
     * Returns the oldest committed transactions that moved goods after {@code position}, in the order of their commits.
     * The ledger only grows at its end: an entry keeps its position. Its oldest entries leave the store once they are in
     * the archive ({@link SegmentStore}); a page from a position before the last one that was removed fails with
     * {@link EntriesRemovedException}.
     *
     * @param position of an entry; empty for the oldest one that is there
     */
    CompletionStage<List<LedgerEntry>> ledger(String position, int max);

    /**
     * Returns what players and named accounts own, for those with numbers above {@code after} (0 for all), in the order of their numbers.
     */
    CompletionStage<Holdings> holdings(long after, int max);
}
