package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ScriptArgumentsTest {
    private static final List<String> TEXTS =
            List.of("", "s:gold", "Zoë", "№ 7", "\uD83C\uDFF9", "\r\n", "x".repeat(5_000));
    private static final List<Long> NUMBERS =
            List.of(0L, 9L, 10L, 99L, 100L, 1_780_000_000_000L, Long.MAX_VALUE, -1L, Long.MIN_VALUE);

    @Test
    void areEncodedAsLettuceDoes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int run = 0; run < 200; run++) {
            ScriptArguments ours = ScriptArguments.of("{main}:meta");
            CommandArgs<byte[], byte[]> values = new CommandArgs<>(ByteArrayCodec.INSTANCE);
            for (int i = random.nextInt(60); i > 0; i--) {
                switch (random.nextInt(3)) {
                    case 0 -> {
                        String text = TEXTS.get(random.nextInt(TEXTS.size()));
                        ours.add(text);
                        values.add(text);
                    }
                    case 1 -> {
                        long number = NUMBERS.get(random.nextInt(NUMBERS.size()));
                        ours.add(number);
                        values.add(Long.toString(number));
                    }
                    default -> {
                        byte[] bytes = new byte[random.nextInt(3_000)];
                        random.nextBytes(bytes);
                        ours.add(bytes);
                        values.add(bytes);
                    }
                }
            }
            ours.key("{Zoë}:fence"); // keys may follow
            byte[] first = "{main}:meta".getBytes(UTF_8);
            byte[] second = "{Zoë}:fence".getBytes(UTF_8);

            assertSame(ours.plain(), args().addKey(first).addKey(second).addAll(values));
            assertSame(
                    ours.call(Script.NOW, false),
                    args().add(Script.NOW.digest())
                            .add(2)
                            .addKey(first)
                            .addKey(second)
                            .addAll(values));
            assertSame(
                    ours.call(Script.NOW, true),
                    args().add(Script.NOW.text())
                            .add(2)
                            .addKey(first)
                            .addKey(second)
                            .addAll(values));
        }
    }

    @Test
    void theFirstKeySaysWhichServerOfAClusterIsAsked() {
        assertThat(ScriptArguments.of("{a}:1", "{a}:2").plain().getFirstEncodedKey())
                .isEqualTo(ByteBuffer.wrap("{a}:1".getBytes(UTF_8)));
        assertThat(ScriptArguments.of().add("DEL").plain().getFirstEncodedKey()).isNull();
    }

    private static CommandArgs<byte[], byte[]> args() {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE);
    }

    private static void assertSame(CommandArgs<byte[], byte[]> ours, CommandArgs<byte[], byte[]> lettuces) {
        assertThat(ours.count()).isEqualTo(lettuces.count());
        assertThat(encoded(ours)).isEqualTo(encoded(lettuces));
    }

    private static byte[] encoded(CommandArgs<byte[], byte[]> args) {
        ByteBuf out = Unpooled.buffer();
        args.encode(out);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
