package tavern.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.List;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.dice.DiceMove;
import tavern.testkit.dice.DiceState;
import tavern.testkit.dice.DiceTold;

/** Players stake gold, which goes to the table's account; when the time is up, one of them gets it all. */
class DiceGame implements Game<DiceState, DiceMove, DiceTold> {
    static final NamedAccount TABLE = new NamedAccount("table");
    private static final List<String> GREETINGS = List.of("hello", "welcome");
    private static final long ROUND_MILLIS = 5_000;

    static GameType<DiceState, DiceMove, DiceTold> type(Game<DiceState, DiceMove, DiceTold> game) {
        return GameType.of("dice", game, DiceState.parser(), DiceMove.parser()).keeping("wins");
    }

    @Override
    public DiceState open(Opening opening) {
        return DiceState.getDefaultInstance();
    }

    @Override
    public Admission admit(DiceState state, Player who, ByteString ticket) {
        if (ticket.toStringUtf8().equals("watch")) {
            return Admission.spectator();
        }
        return ticket.isEmpty() ? Admission.player() : Admission.refuse(ErrorCode.NOT_ALLOWED, "no such ticket");
    }

    @Override
    public DiceState joined(DiceState state, Player who, Turn<DiceTold> turn) {
        if (turn.count(who.id(), "gold") == 0) {
            turn.give(who.id(), "gold", 100);
        }
        turn.tell(
                who,
                DiceTold.newBuilder()
                        .setBoast(GREETINGS.get(turn.random().nextInt(2)))
                        .build());
        return state;
    }

    @Override
    public DiceState on(DiceState state, Player from, DiceMove move, Turn<DiceTold> turn) {
        return switch (move.getMoveCase()) {
            case STAKE -> stake(state, from, move.getStake(), turn);
            case ROLL -> end(state, turn);
            case BUY -> {
                turn.take(from.id(), "gold", 10);
                turn.mint(from.id(), "hat");
                turn.signal(new RoomId("shop"), ByteString.copyFromUtf8("sold"));
                yield state;
            }
            case BOAST -> {
                turn.tellExcept(
                        from, DiceTold.newBuilder().setBoast(move.getBoast()).build());
                yield state;
            }
            case MOVE_NOT_SET -> throw turn.refuse(ErrorCode.BAD_VALUE, "say something");
        };
    }

    private static DiceState stake(DiceState state, Player from, long gold, Turn<DiceTold> turn) {
        if (gold <= 0 || gold > turn.count(from.id(), "gold")) {
            throw turn.refuse(ErrorCode.BAD_VALUE, "you do not have that");
        }
        turn.move(from.id(), TABLE, Goods.of("gold", gold));
        if (state.getPot() == 0) {
            turn.timer("round", turn.now() + ROUND_MILLIS);
        }
        DiceState next = state.toBuilder()
                .putStakes(from.id().value(), state.getStakesOrDefault(from.id().value(), 0) + gold)
                .setPot(state.getPot() + gold)
                .build();
        turn.tellAll(DiceTold.newBuilder().setPot(next.getPot()).build());
        return next;
    }

    @Override
    public DiceState due(DiceState state, String timer, Turn<DiceTold> turn) {
        return end(state, turn);
    }

    private static DiceState end(DiceState state, Turn<DiceTold> turn) {
        List<Player> staked = turn.present().stream()
                .filter(player -> state.containsStakes(player.id().value()))
                .toList();
        DiceState.Builder next = state.toBuilder().clearStakes().setPot(0).setRounds(state.getRounds() + 1);
        turn.stop("round");
        if (state.getPot() == 0) {
            return next.build();
        }
        if (staked.isEmpty()) {
            turn.take(TABLE, "gold", state.getPot());
            return next.build();
        }
        Player winner = staked.get(turn.random().nextInt(staked.size()));
        turn.move(TABLE, winner.id(), Goods.of("gold", state.getPot()));
        int wins = turn.kept(winner.id(), "wins").value().size();
        turn.put(winner.id(), "wins", StringValue.of("w".repeat(Math.min(wins + 1, 50))));
        turn.publish("won", next.build());
        turn.tellAll(DiceTold.newBuilder()
                .setWinner(winner.name())
                .setRounds(next.getRounds())
                .build());
        return next.build();
    }

    @Override
    public DiceState left(DiceState state, Player who, Turn<DiceTold> turn) {
        return state.toBuilder().setNewest(turn.now()).build();
    }

    @Override
    public DiceState signalled(DiceState state, RoomId from, ByteString what, Turn<DiceTold> turn) {
        turn.tellAll(DiceTold.newBuilder().setBoast(what.toStringUtf8()).build());
        return state.toBuilder().setNewest(state.getNewest() + 1).build();
    }

    @Override
    public DiceTold view(DiceState state, Viewer viewer) {
        return DiceTold.newBuilder()
                .setPot(state.getPot())
                .setRounds(state.getRounds())
                .setWinner(viewer.isSpectator() ? "?" : "")
                .build();
    }
}
