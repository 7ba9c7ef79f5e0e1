package tavern.server.room;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;

/**
 * What a room does when it is no longer certain that it belongs to this server, is certain again, or is not. Whoever has sat
 * down before hears of it as all others do.
 */
@OnRoomThread
final class LeaseChanges implements Tenure.Changes {
    private static final Logger log = LoggerFactory.getLogger(Room.class);

    private final Room room;
    private final Seats seats;
    private final Interest interest;
    private final WriteBehind writeBehind;
    private final TradeStoreClient trades;
    private final GameHost game;

    LeaseChanges(
            Room room,
            Seats seats,
            Interest interest,
            WriteBehind writeBehind,
            TradeStoreClient trades,
            GameHost game) {
        this.room = room;
        this.seats = seats;
        this.interest = interest;
        this.writeBehind = writeBehind;
        this.trades = trades;
        this.game = game;
    }

    @Override
    public void suspended() {
        room.showIn();
        if (room.isOpen()) {
            log.warn("room {} is suspended: its lease could not be renewed", room.id());
            interest.event(Frames.encode(Frames.ALLOCATOR, Wire.suspended(room.id())));
            interest.flush();
        }
    }

    @Override
    public void resumed() {
        room.showIn();
        if (room.isOpen()) {
            log.info("room {} resumes", room.id());
            interest.event(Frames.encode(Frames.ALLOCATOR, Wire.resumed(room.id())));
            interest.refresh();
            writeBehind.flush();
        }
    }

    @Override
    public void lost() {
        room.showIn();
        writeBehind.discard();
        trades.abandon();
        game.stop();
        if (room.isOpen()) {
            log.warn("room {} is another server's by now: closing it here", room.id());
            interest.flush();
            interest.clear();
            for (Seat seat : seats.all()) {
                seat.member.answer(Wire.error(0, ErrorCode.ROOM_CLOSED, "another server runs the room now", 0));
                room.unseat(seat);
            }
            // Sent to nobody: only releases the frames that these leaves caused.
            interest.flush();
            room.close();
        }
    }
}
