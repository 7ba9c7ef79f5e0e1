package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.List;

/**
 * P-104: a server's question for the session of a client that has come to it.
 *
 * @param id under which the answer is left in the store
 * @param node that asks
 * @param token with which the client has come
 * @param seq of its Hello
 * @param lastSeen the number of the newest personal event that it has seen
 * @param follows whether it follows a Redirect that answers its Hello
 * @param hops how often the question may still be passed on
 */
record HandoverRequest(String id, String node, ByteString token, int seq, long lastSeen, boolean follows, int hops) {
    /** The first word of the question. */
    static final String QUESTION = "handover";

    private static final int WORDS = 8;

    List<String> words() {
        return List.of(
                QUESTION,
                id,
                node,
                Base64.getUrlEncoder().encodeToString(token.toByteArray()),
                Integer.toUnsignedString(seq),
                Long.toUnsignedString(lastSeen),
                Boolean.toString(follows),
                Integer.toString(hops));
    }

    /** @throws IllegalArgumentException when these are not such words */
    static HandoverRequest of(List<String> words) {
        if (words.size() < WORDS) {
            throw new IllegalArgumentException("not a question for a session: " + words.size() + " words");
        }
        return new HandoverRequest(
                words.get(1),
                words.get(2),
                ByteString.copyFrom(Base64.getUrlDecoder().decode(words.get(3))),
                Integer.parseUnsignedInt(words.get(4)),
                Long.parseUnsignedLong(words.get(5)),
                Boolean.parseBoolean(words.get(6)),
                Integer.parseInt(words.get(7)));
    }

    /** The question as it is passed on. */
    HandoverRequest passedOn() {
        return new HandoverRequest(id, node, token, seq, lastSeen, follows, hops - 1);
    }
}
