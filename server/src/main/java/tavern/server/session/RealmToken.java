package tavern.server.session;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import java.util.Optional;

/**
 * P-104: a secret token that says in clear on which server it was made, so that every server of the realm knows whom to ask:
 * the length of the server's id, the id, and 128 random bits.
 */
final class RealmToken {
    static final int SECRET_BYTES = 16;
    private static final int NODE_BYTES_MAX = 32;

    private RealmToken() {}

    static ByteString of(String node, ByteString secret) {
        ByteString id = ByteString.copyFrom(node, US_ASCII);
        return ByteString.copyFrom(new byte[] {(byte) id.size()}).concat(id).concat(secret);
    }

    /** The id of the server that has made it; empty when it is not a token of this form. */
    static Optional<String> node(ByteString token) {
        int length = token.isEmpty() ? 0 : token.byteAt(0);
        if (length < 1 || length > NODE_BYTES_MAX || token.size() != 1 + length + SECRET_BYTES) {
            return Optional.empty();
        }
        String node = token.substring(1, 1 + length).toString(US_ASCII);
        return node.chars().allMatch(RealmToken::isOfNode) ? Optional.of(node) : Optional.empty();
    }

    private static boolean isOfNode(int character) {
        return Character.isLetterOrDigit(character) && character < 0x80 || character == '_' || character == '-';
    }
}
