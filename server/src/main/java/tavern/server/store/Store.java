package tavern.server.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.TradeId;

/**
 * The realm's memory. What a method's stage completes with is durable, unless its text says otherwise.
 *
 * <p>No method blocks or throws. A stage fails with {@link StoreUnavailableException} when the store cannot be
 * reached, is full, or has too many operations in flight: the operation may or may not have been done, and each one
 * may be asked for again without harm, but for {@link #grant}, whose {@code reference} makes it so.
 *
 * <p>Stages complete on the store's threads; listeners must be short or go elsewhere.
 */
public interface Store extends AutoCloseable {
    /**
     * Loads the player of this name. One that does not exist is made, with the kit as a grant in the ledger.
     *
     * @param kitItems kinds of the unique items in the kit; each gets an id
     */
    CompletionStage<PlayerRecord> openPlayer(String name, Goods kitStacks, List<String> kitItems, long nowMillis);

    CompletionStage<Optional<PlayerRecord>> findPlayer(String name);

    CompletionStage<Optional<PlayerRecord>> findPlayer(PlayerId id);

    /** How this trade ended, without the inventories; empty when the id was never settled. */
    CompletionStage<Optional<SettledTrade>> findTrade(TradeId id);

    /** Likewise, for operators: with the room in which it ended. */
    CompletionStage<Optional<TradeRecord>> findTradeRecord(TradeId id);

    /**
     * Ends a trade, all or nothing: when the id was settled before, changes nothing and gives the first outcome.
     * Else, for {@code COMMITTED}, checks both sides' goods, moves them, writes the ledger, and appends {@code event}
     * to the outbox; goods that are missing give {@code FAILED} with {@code TRADE_INSUFFICIENT}, and a count that would
     * pass 2^63-1 {@code FAILED} with {@code TRADE_BAD_AMOUNT}. The outcome is remembered under the id, whichever it is.
     *
     * <p>Fails with {@link StaleFenceException}, and nothing is done or remembered, when {@code fence} is not the newest
     * of the room.
     *
     * @param event what the feed publishes once the trade is committed, or null for nothing
     */
    CompletionStage<SettledTrade> settle(
            Settlement settlement, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event);

    /**
     * Gives to a player out of nothing, or with a negative count or an item id takes back, as a row in the ledger.
     *
     * @param reference makes the grant unique: one that was done before is not done again
     */
    CompletionStage<Inventory> grant(PlayerId player, Grant grant, String reference, long nowMillis);

    CompletionStage<PlayerRecord> sanction(PlayerId player, Sanction sanction, long nowMillis);

    /**
     * Makes the caller the key's owner, unless another holder's lease has not run out: a new fence, after which older
     * ones are refused. A holder that asks again gets the lease anew, with a new fence. The fence is larger than any
     * before, and at least the clock's microseconds: the store's own clock where it has one, else the caller's, so that
     * fences grow even when data was lost.
     *
     * @param holder who asks, as others are told
     */
    CompletionStage<LeaseAnswer> acquireLease(LeaseKey key, String holder, long ttlMillis, long nowMillis);

    /**
     * Holds leases for another while. One that ran out is held again, as long as nobody else has acquired it since.
     *
     * @param fences of the leases to renew
     * @return the keys that are lost, because somebody else has acquired them
     */
    CompletionStage<Set<LeaseKey>> renewLeases(Map<LeaseKey, Long> fences, String holder, long ttlMillis);

    /** Gives the lease up, if the fence is the newest; else does nothing. The fence stays good until there is another. */
    CompletionStage<Void> releaseLease(LeaseKey key, long fence);

    /** The room's newest chat lines, oldest first. */
    CompletionStage<List<ChatLine>> chat(RoomId room, int max);

    /**
     * Appends lines and keeps the newest {@code keep} of the room; older ones are forgotten, some of them a little later.
     * Lines are numbered one after another; one whose number is not above the room's last is left out, so that a repeat
     * does no harm. Fails with {@link StaleFenceException} when the fence is not the room's newest.
     *
     * @param firstNumber of the first line; at least the fence, and so above those of earlier owners
     */
    CompletionStage<Void> appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep);

    /** Where a player stood when last in the room. */
    CompletionStage<Optional<Position>> position(RoomId room, PlayerId player);

    /** Fails with {@link StaleFenceException} when the fence is not the room's newest. */
    CompletionStage<Void> savePositions(RoomId room, long fence, List<PlayerPosition> positions);

    /** The oldest rows of the outbox after {@code afterSequence}, in order. */
    CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max);

    /** Removes rows that were published; those that are gone already are passed over. */
    CompletionStage<Void> removeOutbox(List<Long> sequences);

    /**
     * Appends an operator's deed behind the newest.
     *
     * @return false, and nothing is written, when the entry does not follow from the newest: its {@code seq} is not the
     *     next, or its {@code previousHash} not the newest's hash
     */
    CompletionStage<Boolean> appendAudit(AuditEntry entry);

    /** Operators' deeds after {@code afterSeq}, in order. */
    CompletionStage<List<AuditEntry>> audit(long afterSeq, int max);

    /** The newest of operators' deeds. */
    CompletionStage<Optional<AuditEntry>> newestAudit();

    /**
     * The oldest committed trades and grants after {@code position}, in the order of their commits. What moved nothing
     * may be left out. The ledger only grows at its end: an entry keeps its position.
     *
     * @param position of an entry; empty for the beginning
     */
    CompletionStage<List<LedgerEntry>> ledger(String position, int max);

    /** What players own, of those after {@code after} (0: of the first), in the order of their numbers. */
    CompletionStage<Holdings> holdings(long after, int max);

    /**
     * Stops something; one that is stopped already gets the newer reason.
     *
     * @param max how many there may be
     * @return false, and nothing is done, when there are as many already
     */
    CompletionStage<Boolean> freeze(FreezeRow row, int max);

    /** Lets it go on, whatever its reason. @return false when it was not stopped */
    CompletionStage<Boolean> unfreeze(FreezeRow row);

    /** All that is stopped, in no order. */
    CompletionStage<FreezeRows> freezes();

    /** Of {@link #freezes}, which need not be read again while it is the same. Cheap. */
    CompletionStage<Long> freezesVersion();

    /** Tells the realm's other servers, those that can be reached now. */
    CompletionStage<Void> announce(String text);

    /** Compares all balances and items with the ledger. Takes time in proportion to the realm. */
    CompletionStage<Conservation> checkConservation();

    /** Tells the listener from now on what others have changed. Called once, before the store is used. */
    void listen(ChangeListener listener);

    /** Numbers for operators, as of about now; never fails. */
    StoreStats stats();

    /** Finishes what was asked for, then closes. Blocks; called once, at the end. */
    @Override
    void close();
}
