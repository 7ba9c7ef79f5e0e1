package tavern.server.games.sample;

import com.google.protobuf.AbstractParser;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.GameModule;
import tavern.game.GameType;

/** A version of the game that cannot read any state but an empty one. */
public final class PickyModule implements GameModule {
    @Override
    public List<GameType<?, ?, ?>> games() {
        return List.of(GameType.of("pot", new PotGame(), new EmptyOnly(), StringValue.parser()));
    }

    public static final class EmptyOnly extends AbstractParser<Int64Value> {
        @Override
        public Int64Value parsePartialFrom(CodedInputStream in, ExtensionRegistryLite extensions)
                throws InvalidProtocolBufferException {
            Int64Value value = Int64Value.parser().parsePartialFrom(in, extensions);
            if (value.getValue() != 0) {
                throw new InvalidProtocolBufferException("not empty");
            }
            return value;
        }
    }
}
