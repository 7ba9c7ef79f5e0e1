package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;

/**
 * Rooms where nothing happens leave out their ticks, and nobody notices. Places are written every ten minutes here, so
 * that only what is tested ends a room's rest.
 */
class RestIT {
    private static final String DEN = "den";
    private static final int MANY = 20;

    private final TickCounter ticks = new TickCounter();

    @RegisterExtension
    final Tavern tavern = Tavern.with(
                    "room.position-flush-millis=600000", "limits.idle-seconds=60", "game.offer-seconds=2")
            .rules(config -> ticks.over(TavernRules.factory(config.game(), WordFilter.of(List.of()))));

    @Test
    void aRoomWhereNothingHappensLeavesOutItsTicksAndRulesThatSayNothingAreCalledAtEach() throws Exception {
        tavern.client("anna", DEN);
        tavern.client("ben", TickCounter.RESTLESS);
        awaitRest();
        int before = ticks.of(DEN);
        awaitTicksElsewhere();
        assertThat(ticks.of(DEN)).isEqualTo(before);
    }

    @Test
    void aMoveEndsTheRestAndTheNumbersOfTicksGoOn() throws Exception {
        RawClient anna = tavern.stranger();
        anna.login("anna");
        Entity start = self(anna.join(DEN));
        tavern.client("ben", TickCounter.RESTLESS);
        RawClient cora = tavern.client("cora", DEN);
        int first = tickOf(anna, cora, start, 1);
        int atFirst = ticks.atLastMove(DEN);
        awaitRest();
        awaitTicksElsewhere();
        int second = tickOf(anna, cora, start, 2);
        int atSecond = ticks.atLastMove(DEN);
        assertThat(second - first).as("ticks from one move to the next").isGreaterThanOrEqualTo(MANY);
        assertThat(atSecond - atFirst).as("of them the rules were called at").isLessThan(second - first);
    }

    @Test
    void rulesThatSayNothingOfRestAreCalledOnceATick() throws Exception {
        RawClient ben = tavern.stranger();
        ben.login("ben");
        Entity start = self(ben.join(TickCounter.RESTLESS));
        int first = tickOf(ben, ben, start, 1);
        int atFirst = ticks.atLastMove(TickCounter.RESTLESS);
        awaitTicksElsewhere();
        int second = tickOf(ben, ben, start, 2);
        assertThat(ticks.atLastMove(TickCounter.RESTLESS) - atFirst).isEqualTo(second - first);
    }

    @Test
    void anOfferExpiresInARoomAtRest() throws Exception {
        RawClient anna = tavern.client("anna", DEN);
        RawClient ben = tavern.client("ben", DEN);
        tavern.client("cora", TickCounter.RESTLESS);
        UUID offer = TestIds.fresh();
        long began = System.nanoTime();
        anna.answerTo(anna.offer(offer, "ben", RawClient.gold(1), RawClient.gold(2)));
        int before = ticks.of(DEN);
        assertThat(ben.tradeResult(offer).getOutcome()).isEqualTo(TradeOutcome.EXPIRED);
        assertThat((System.nanoTime() - began) / 1e9).as("seconds").isGreaterThan(1.9);
        assertThat(anna.tradeResult(offer).getOutcome()).isEqualTo(TradeOutcome.EXPIRED);
        assertThat(ticks.of(DEN) - before).as("ticks of two seconds").isLessThan(MANY);
    }

    /** Waits until the rules of the den are not called for a while. */
    private void awaitRest() {
        await("the room rests").until(() -> {
            int before = ticks.of(DEN);
            awaitTicksElsewhere();
            return ticks.of(DEN) == before;
        });
    }

    private void awaitTicksElsewhere() {
        int until = ticks.of(TickCounter.RESTLESS) + MANY;
        await("ticks of another room").until(() -> ticks.of(TickCounter.RESTLESS) >= until);
    }

    /** Moves one step, while nobody else moves. @return the tick in which the witness sees it */
    private static int tickOf(RawClient mover, RawClient witness, Entity start, int step) throws IOException {
        int direction = start.getX() > 1_600 ? -1 : 1;
        mover.move(start.getX() + direction * step, start.getY());
        return witness.expect(message -> message.hasSnapshot()
                        && message.getSnapshot().getIdsList().equals(List.of(start.getId())))
                .getSnapshot()
                .getTick();
    }

    private static Entity self(Joined joined) {
        return joined.getState().getEntitiesList().stream()
                .filter(entity -> entity.getId() == joined.getSelf())
                .findFirst()
                .orElseThrow();
    }
}
