package tavern.sim.client;

import tavern.protocol.v1.ServerMessage;

/** P-21: the numbers of the newest room event and personal event, from which a resume goes on. */
final class EventNumbers {
    private long room;
    private long session;

    long room() {
        return room;
    }

    long session() {
        return session;
    }

    void reset() {
        room = 0;
        session = 0;
    }

    /**
     * Takes note of the message's numbers, and tells the listener when they leave something out or come again.
     *
     * @return false when the message came before
     */
    boolean isNew(ServerMessage message, ClientListener listener) {
        long sessionSeq = message.getSessionSeq();
        if (sessionSeq != 0) {
            if (!follows(false, session, sessionSeq, listener)) {
                return false;
            }
            session = sessionSeq;
        }
        long roomSeq = message.getRoomSeq();
        if (message.hasJoined()) {
            // P-23: a join says where to count on from.
            room = roomSeq;
        } else if (roomSeq != 0) {
            if (!follows(true, room, roomSeq, listener)) {
                return false;
            }
            room = roomSeq;
        }
        return true;
    }

    private static boolean follows(boolean ofRoom, long last, long next, ClientListener listener) {
        if (next <= last) {
            listener.onRepeat(ofRoom, next);
            return false;
        }
        if (next != last + 1) {
            listener.onGap(ofRoom, last + 1, next);
        }
        return true;
    }
}
