package tavern.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VarintsTest {
    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 127, 128, 300, 16_383, 16_384, 1 << 21, 1 << 28, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void whatIsWrittenIsProtobufs(int value) throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        CodedOutputStream protobuf = CodedOutputStream.newInstance(expected);
        protobuf.writeUInt32NoTag(value);
        protobuf.flush();

        ByteBuf written = Unpooled.buffer();
        Varints.write(written, value);
        byte[] array = new byte[8];
        int length = Varints.write(array, 1, value) - 1;

        assertThat(ByteBufUtil.getBytes(written)).isEqualTo(expected.toByteArray());
        assertThat(Arrays.copyOfRange(array, 1, 1 + length)).isEqualTo(expected.toByteArray());
        assertThat(Varints.bytes(value)).isEqualTo(expected.size());
        assertThat(new Cursor().over(written, 0, written.writerIndex()).varint())
                .isEqualTo(value);
        assertThat(Varints.unZigZag(Varints.zigZag(value))).isEqualTo(value);
    }
}
