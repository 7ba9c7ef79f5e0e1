package tavern.server.room;

import java.util.Map;
import tavern.engine.Commit;
import tavern.game.AccountId;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.cache.Players;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;

/** Tells players, wherever they are, what a room's turns have done to their goods. */
final class GoodsNews {
    private static final String REASON = "turn";

    private final Room room;
    private final Seats seats;
    private final Players players;
    private final PlayerDirectory directory;

    GoodsNews(Room room, Seats seats, Players players, PlayerDirectory directory) {
        this.room = room;
        this.seats = seats;
        this.players = players;
        this.directory = directory;
    }

    /** Safe on any thread. */
    void cache(Map<AccountId, GoodsChange> changes) {
        changes.forEach((account, change) -> {
            if (account instanceof PlayerId player) {
                players.update(player, change);
            }
        });
    }

    @OnRoomThread
    void tell(Map<AccountId, GoodsChange> changes) {
        changes.forEach((account, change) -> {
            if (account instanceof PlayerId player) {
                tell(player, change);
            }
        });
    }

    /** P-55. */
    private void tell(PlayerId player, GoodsChange change) {
        Seat seat = seats.get(player);
        if (seat != null) {
            room.apply(new Action.GoodsChanged(player, change), null, 0);
            seat.member.deliver(Wire.goodsChanged(change, REASON));
        } else {
            directory.goodsChanged(player, change, null, REASON);
        }
    }

    /** It is not known how the commit has changed goods: they are read again. */
    @OnRoomThread
    void reread(Commit commit) {
        for (Commit.Transfer moved : commit.transfers()) {
            reread(moved.from());
            reread(moved.to());
        }
    }

    private void reread(AccountId account) {
        if (account instanceof PlayerId player) {
            Seat seat = seats.get(player);
            if (seat != null) {
                Player member = seat.member.player();
                players.reread(member);
            } else {
                players.playerChanged(player);
            }
        }
    }
}
