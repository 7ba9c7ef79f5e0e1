package tavern.server.store;

import java.util.List;
import java.util.Optional;
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
     * Makes the caller the room's owner: gives a token larger than any before, at least the clock's microseconds, after
     * which older owners' settlements are refused.
     */
    CompletionStage<Long> fence(RoomId room, long nowMillis);

    /** The room's newest chat lines, oldest first. */
    CompletionStage<List<ChatLine>> chat(RoomId room, int max);

    /** Appends lines and forgets all but the newest {@code keep} of the room. */
    CompletionStage<Void> appendChat(RoomId room, List<ChatLine> lines, int keep);

    /** Where a player stood when last in the room. */
    CompletionStage<Optional<Position>> position(RoomId room, PlayerId player);

    CompletionStage<Void> savePositions(RoomId room, List<PlayerPosition> positions);

    /** The oldest rows of the outbox after {@code afterSequence}, in order. */
    CompletionStage<List<OutboxRow>> outbox(long afterSequence, int max);

    /** Removes rows that were published. */
    CompletionStage<Void> removeOutbox(List<Long> sequences);

    /** Compares all balances and items with the ledger. Takes time in proportion to the realm. */
    CompletionStage<Conservation> checkConservation();

    /** Numbers for operators, as of about now; never fails. */
    StoreStats stats();

    /** Finishes what was asked for, then closes. Blocks; called once, at the end. */
    @Override
    void close();
}
