package tavern.client;

import tavern.protocol.v1.ServerMessage;

/** P-21: the numbers of the newest room event and personal event, from which a resume continues. */
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
     * Records the message's numbers, and reports gaps and repeats to the listener.
     *
     * @return false when the message is a repeat
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
            // P-23: a join gives the number from which to continue.
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
