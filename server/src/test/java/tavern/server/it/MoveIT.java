package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.MoveRejected;
import tavern.protocol.v1.ServerMessage;

/** Impossible moves, and too many moves: the others see players where they really are. */
class MoveIT {
    /** The edge of the map, in steps of the protocol: 200 units. */
    private static final int EDGE = 3_200;

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.rates.joins=100", "limits.frames-per-second=2000");

    @Test
    void aTeleportIsAnsweredWithThePlaceThatHoldsAndNobodySeesIt() throws Exception {
        RawClient mallory = tavern.stranger();
        mallory.login("mallory");
        Entity self = self(mallory.join(Tavern.HALL));
        int[][] places = {
            {EDGE - self.getX(), EDGE - self.getY()},
            {Integer.MAX_VALUE, Integer.MIN_VALUE},
            {Integer.MIN_VALUE, self.getY()},
            {self.getX(), EDGE + 1},
            {-1, 0}
        };
        for (int[] place : places) {
            MoveRejected answer =
                    mallory.answerTo(mallory.move(place[0], place[1])).getMoveRejected();
            assertThat(answer.getX()).isEqualTo(self.getX());
            assertThat(answer.getY()).isEqualTo(self.getY());
        }
        RawClient witness = tavern.stranger();
        witness.login("witness");
        Entity seen = witness.join(Tavern.HALL).getState().getEntitiesList().stream()
                .filter(entity -> entity.getPlayer().equals("mallory"))
                .findFirst()
                .orElseThrow();
        assertThat(seen).isEqualTo(self);
    }

    @Test
    @With("game.violations-max=5")
    void whoKeepsTeleportingIsSentAway() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        ServerMessage answer;
        do {
            // One at a time: of several before a tick only the newest counts.
            int asked = mallory.move(-1, -1);
            answer = mallory.expect(message -> message.getReplyTo() == asked || message.hasError());
        } while (answer.hasMoveRejected());
        assertThat(answer.getError().getCode()).isEqualTo(ErrorCode.KICKED);
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.OK);
        tavern.bystander().sees(message -> message.getPlayerLeft().getPlayer().equals("mallory"));
        assertThat(tavern.resumed(mallory).welcome().getResumed()).isFalse();
    }

    @Test
    void aThousandMovesAreNoFasterThanOne() throws Exception {
        RawClient runner = tavern.stranger();
        runner.login("runner");
        Joined joined = runner.join(Tavern.HALL);
        Entity start = self(joined);
        int direction = start.getX() > EDGE / 2 ? -1 : 1;
        long began = System.nanoTime();
        for (int i = 1; i <= 1_000; i++) {
            runner.move(start.getX() + direction * i, start.getY());
        }
        assertThat(runner.answerTo(runner.ping(1)).hasPong()).isTrue();
        RawClient witness = tavern.stranger();
        witness.login("witness");
        Entity end = entity(witness.join(Tavern.HALL), joined.getSelf());
        double seconds = (System.nanoTime() - began) / 1e9;
        // The server lets a second and a quarter of travel be made up for at once.
        assertThat(Math.abs(end.getX() - start.getX())).isLessThan((int) (joined.getMaxSpeed() * (seconds + 1.25)) + 1);
    }

    /** Far more moves than the rate allows, in one write: the newest one counts. */
    @Test
    void theNewestOfManyMovesAlwaysCounts() throws Exception {
        assertTheNewestCounts(90);
    }

    @Test
    @With("limits.rates.moves=2")
    void aMoveThatComesTooSoonIsMadeWhenItsTimeHasCome() throws Exception {
        for (int burst = 0; burst < 6; burst++) {
            assertTheNewestCounts(3);
        }
    }

    private void assertTheNewestCounts(int moves) throws Exception {
        RawClient anna = tavern.client("anna");
        Joined joined = anna.join(Tavern.HALL);
        Entity start = self(joined);
        int direction = start.getX() > EDGE / 2 ? -1 : 1;
        byte[] all = {};
        int first = anna.seq() + 1;
        for (int i = 0; i < moves; i++) {
            all = Say.concat(all, Say.frame(first + i, Say.move(start.getX() + direction * (i % 3), start.getY())));
        }
        int newest = first + moves - 1;
        anna.seq(newest);
        anna.sendBytes(all);
        int seen = 0;
        while (seen != newest) {
            seen += anna.expect(message -> message.getSnapshot().getIdsList().contains(joined.getSelf()))
                    .getSnapshot()
                    .getSeqs(0);
        }
        assertThat(anna.skipped()).noneMatch(message -> message.hasMoveRejected() || message.hasError());
    }

    @Test
    void anOldMoveDoesNotUndoANewOne() throws Exception {
        RawClient anna = tavern.stranger();
        anna.login("anna");
        Joined joined = anna.join(Tavern.HALL);
        Entity start = self(joined);
        int x = start.getX() > 10 ? start.getX() - 2 : start.getX() + 2;
        int newest = anna.move(x, start.getY());
        anna.expect(message -> message.getSnapshot().getSeqsList().contains(newest));
        anna.sendAs(newest, Say.move(start.getX(), start.getY()));
        anna.sendAs(newest - 1, Say.move(start.getX(), start.getY()));
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
        Entity end = entity(anna.join(Tavern.HALL), joined.getSelf());
        assertThat(end.getX()).isEqualTo(x);
        assertThat(end.getSeq()).isEqualTo(newest);
        assertThat(anna.skipped()).noneMatch(ServerMessage::hasError);
    }

    @Test
    void movesGoOnWhereTheNumbersWrap() throws Exception {
        RawClient anna = tavern.stranger();
        anna.login("anna");
        Joined joined = anna.join(Tavern.HALL);
        Entity at = self(joined);
        int direction = at.getX() > EDGE / 2 ? -1 : 1;
        int step = 0;
        for (int seq : new int[] {Integer.MAX_VALUE, -2, -1, 1}) {
            step++;
            anna.sendAs(seq, Say.move(at.getX() + direction * step, at.getY()));
            anna.expect(message -> message.getSnapshot().getIdsList().contains(joined.getSelf()));
        }
        anna.seq(1);
        Entity end = entity(anna.join(Tavern.HALL), joined.getSelf());
        assertThat(end.getX()).isEqualTo(at.getX() + direction * step);
        assertThat(end.getSeq()).isEqualTo(1);
    }

    private static Entity self(Joined joined) {
        return entity(joined, joined.getSelf());
    }

    private static Entity entity(Joined joined, int id) {
        return joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == id)
                .findFirst()
                .orElseThrow();
    }
}
