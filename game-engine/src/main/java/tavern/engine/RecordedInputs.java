package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.Map;
import tavern.engine.recorded.RecordedAccount;
import tavern.engine.recorded.RecordedAnswer;
import tavern.engine.recorded.RecordedJoin;
import tavern.engine.recorded.RecordedMessage;
import tavern.engine.recorded.RecordedOpening;
import tavern.engine.recorded.RecordedSignal;
import tavern.engine.recorded.RecordedTimer;
import tavern.engine.recorded.RecordedTurn;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reply;
import tavern.game.RoomId;

/** Reads inputs from what {@link TurnInput#record} has written. */
final class RecordedInputs {
    /** What recorded members have is read from {@link RecordedGoods}. */
    private static final MemberGoods ELSEWHERE = new MemberGoods() {
        @Override
        public long count(String kind) {
            throw new IllegalStateException("read from the recorded turn");
        }

        @Override
        public Map<Long, String> items() {
            throw new IllegalStateException("read from the recorded turn");
        }

        @Override
        public Kept kept(String key) {
            throw new IllegalStateException("read from the recorded turn");
        }
    };

    private RecordedInputs() {}

    static Present.Member member(Player player) {
        return new Present.Member(player, ELSEWHERE);
    }

    /** @throws InvalidProtocolBufferException when it is not an input that this version and the game know */
    static TurnInput read(RecordedTurn turn, GameCalls<?, ?, ?> game) throws InvalidProtocolBufferException {
        long now = turn.getNowMs();
        try {
            return switch (turn.getInputCase()) {
                case OPENING -> opening(turn.getOpening(), now);
                case JOINED -> joined(turn.getJoined(), now);
                case LEFT ->
                    new LeftInput(
                            new PlayerId(turn.getLeft().getPlayer()),
                            !turn.getLeft().getUntold(),
                            now);
                case DROPPED -> new ConnectionInput(new PlayerId(turn.getDropped()), false, now);
                case RETURNED -> new ConnectionInput(new PlayerId(turn.getReturned()), true, now);
                case SAID -> said(turn.getSaid(), game, now);
                case TIMER -> timer(turn.getTimer(), now);
                case SIGNALLED -> signalled(turn.getSignalled(), now);
                case ARRIVED -> new ArrivalInput(turn.getArrived(), now);
                case ANSWERED -> answered(turn.getAnswered(), now);
                case LATER -> new LaterInput(turn.getLater(), new TickContext(), now);
                case INPUT_NOT_SET ->
                    throw new InvalidProtocolBufferException(
                            "a turn of something that this version does not know; use the server's version");
            };
        } catch (IllegalArgumentException e) {
            throw new InvalidProtocolBufferException("a turn with a name or number that cannot be: " + e.getMessage());
        }
    }

    private static TurnInput opening(RecordedOpening opening, long now) {
        return new OpeningInput(new KeptOptions(opening.getUnlisted(), opening.getMetadataMap()), now);
    }

    private static TurnInput joined(RecordedJoin joined, long now) {
        return new JoinedInput(member(new Player(new PlayerId(joined.getPlayer()), joined.getName())), now);
    }

    private static TurnInput said(RecordedMessage said, GameCalls<?, ?, ?> game, long now)
            throws InvalidProtocolBufferException {
        MessageInput input = new MessageInput(
                new PlayerId(said.getPlayer()),
                said.getSeq(),
                said.getRequest(),
                game.parseMessage(said.getMessage()),
                said.getMessage().size(),
                now);
        return said.getWasRead() ? input.with(read(said)) : input;
    }

    private static ReadGoods read(RecordedMessage said) {
        Map<AccountId, ReadGoods.Account> accounts = new HashMap<>();
        for (RecordedAccount read : said.getReadList()) {
            String account = read.getAccount();
            AccountId id = account.startsWith("@")
                    ? new NamedAccount(account.substring(1))
                    : new PlayerId(Long.parseLong(account));
            accounts.put(id, new ReadGoods.Account(read.getVersion(), ELSEWHERE));
        }
        Map<String, Player> players = new HashMap<>();
        said.getNamedMap().forEach((name, id) -> players.put(name, new Player(new PlayerId(id), name)));
        return new ReadGoods(accounts, players);
    }

    private static TurnInput timer(RecordedTimer timer, long now) {
        return new TimerInput(timer.getName(), timer.getAtMs(), new RoomTimers(), now);
    }

    private static TurnInput signalled(RecordedSignal signal, long now) {
        return new SignalInput(
                new RoomId(signal.getFrom()),
                signal.getNumber(),
                signal.getWhat(),
                !signal.getUntold(),
                new SignalLanes(),
                now);
    }

    private static TurnInput answered(RecordedAnswer answer, long now) {
        Reply reply = answer.hasFailed()
                ? new Reply.Failed(
                        Reply.Cause.valueOf(answer.getFailed().getCause()),
                        answer.getFailed().getText())
                : new Reply.Ok(answer.getDone());
        return new AnswerInput(answer.getNumber(), reply, !answer.getUntold(), new RoomAnswers(), now);
    }
}
