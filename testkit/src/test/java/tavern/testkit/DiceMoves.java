package tavern.testkit;

import com.google.protobuf.ByteString;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;

final class DiceMoves implements Moves<DiceState, DiceMove> {
    @Override
    public DiceMove next(RandomGenerator random, Player who, DiceState state) {
        DiceMove.Builder move = DiceMove.newBuilder();
        switch (random.nextInt(6)) {
            case 0, 1, 2 -> move.setStake(random.nextInt(-1, 60));
            case 3 -> move.setRoll(true);
            case 4 -> move.setBuy(true);
            default -> {
                if (random.nextBoolean()) {
                    move.setBoast("ha");
                }
            }
        }
        return move.build();
    }

    @Override
    public ByteString ticket(RandomGenerator random, Player who) {
        return switch (random.nextInt(10)) {
            case 0 -> ByteString.copyFromUtf8("watch");
            case 1 -> ByteString.copyFromUtf8("forged");
            default -> ByteString.EMPTY;
        };
    }

    @Override
    public @Nullable ByteString signal(RandomGenerator random) {
        return ByteString.copyFromUtf8("news");
    }
}
