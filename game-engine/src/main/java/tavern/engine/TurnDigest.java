package tavern.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Hashes by which two computations of a turn are compared. */
final class TurnDigest {
    private static final int BYTES = 16;

    private final MessageDigest digest = sha256();

    private TurnDigest() {}

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static ByteString of(ByteString room) {
        TurnDigest digest = new TurnDigest();
        digest.update(room);
        return digest.end();
    }

    /** Of what a turn did besides the room's state; empty for nothing. */
    static ByteString of(TurnEffects effects) {
        if (effects.told().isEmpty() && effects.sent().isEmpty() && !effects.needsCommit()) {
            return ByteString.EMPTY;
        }
        TurnDigest digest = new TurnDigest();
        digest.outputs(effects.told());
        digest.outputs(effects.sent());
        digest.number(effects.transfers().size());
        effects.transfers().forEach(digest::transfer);
        digest.number(effects.values().size());
        for (Commit.Value value : effects.values()) {
            digest.number(value.holder().value());
            digest.text(value.key());
            digest.bytes(value.value());
            digest.number(value.seenVersion());
        }
        digest.number(effects.events().size());
        for (Commit.Event event : effects.events()) {
            digest.text(event.event());
            digest.bytes(event.body());
        }
        digest.number(effects.seen().size());
        for (Commit.Seen seen : effects.seen()) {
            digest.text(seen.account().toString());
            digest.text(seen.key());
            digest.number(seen.version());
        }
        digest.number(effects.scores().size());
        for (Commit.Score score : effects.scores()) {
            digest.text(score.board().name());
            digest.number(score.who().value());
            digest.number(score.points());
        }
        return digest.end();
    }

    private void outputs(List<Output> outputs) {
        number(outputs.size());
        for (Output output : outputs) {
            if (output instanceof Output.TellAll told) {
                text("all");
                bytes(told.what());
                number(told.except() == null ? 0 : told.except().value());
            } else if (output instanceof Output.Tell told) {
                text("one");
                bytes(told.what());
                number(told.who().value());
            } else if (output instanceof Output.Send sent) {
                text("send");
                number(sent.who().id().value());
                text(sent.to().name());
                bytes(sent.ticket());
            } else if (output instanceof Output.PutOut putOut) {
                text("out");
                number(putOut.who().value());
                number(putOut.code().getNumber());
                text(putOut.text());
            } else {
                // Signals and the like are kept in the room too, whose hash covers what they say.
                text(output.getClass().getSimpleName());
            }
        }
    }

    private void transfer(Commit.Transfer transfer) {
        text(transfer.from().toString());
        text(transfer.to().toString());
        number(transfer.goods().stacks().size());
        transfer.goods().stacks().forEach((kind, count) -> {
            text(kind);
            number(count);
        });
        number(transfer.goods().items().size());
        transfer.goods().items().forEach(this::number);
        number(transfer.made().size());
        transfer.made().forEach(this::text);
    }

    private void number(long number) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        number(bytes.length);
        digest.update(bytes);
    }

    private void bytes(ByteString bytes) {
        number(bytes.size());
        update(bytes);
    }

    private void update(ByteString bytes) {
        bytes.asReadOnlyByteBufferList().forEach(digest::update);
    }

    private ByteString end() {
        return ByteString.copyFrom(digest.digest(), 0, BYTES);
    }
}
