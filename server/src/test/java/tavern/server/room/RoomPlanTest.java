package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tavern.engine.KeptOptions;
import tavern.engine.kept.KeptRoom;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.games.sample.TableModule;
import tavern.server.store.ChatHistory;
import tavern.server.store.KeptGame;

/** P-80: what a room is when it opens. */
final class RoomPlanTest {
    private static final RoomId ROOM = new RoomId("hall");
    private static final ChatHistory SILENCE = new ChatHistory(0, List.of());
    private static final KeptGame KEPT = new KeptGame("cards", 7, new byte[0], Long.MAX_VALUE);

    private static RoomType type(boolean listed, boolean clientsMayOpen) {
        return new RoomType(
                "cards",
                TableModule.table(),
                4,
                true,
                listed,
                9,
                Map.of(),
                true,
                true,
                true,
                0,
                1,
                clientsMayOpen,
                false,
                50);
    }

    private static RoomPlan plan(RoomOptions asked, boolean byClient, Optional<KeptGame> kept, RoomType type) {
        return RoomPlan.of(
                ROOM, asked, byClient, SILENCE, kept, name -> type.name().equals(name) ? type : null);
    }

    @Test
    void withoutATypeThereIsNoGame() {
        RoomPlan plan = plan(new RoomOptions(3, true, Map.of("a", "b"), ""), true, Optional.empty(), type(true, true));

        assertThat(plan.type()).isNull();
        assertThat(plan.options().capacity()).isEqualTo(3);
    }

    @Test
    void theTypeSaysHowLargeARoomIsAndWhetherItIsListed() {
        RoomPlan plan =
                plan(new RoomOptions(100, false, Map.of("a", "b"), "cards"), true, Optional.empty(), type(false, true));

        assertThat(plan.options()).isEqualTo(new RoomOptions(4, true, Map.of("a", "b"), "cards"));
        assertThat(plan.kept()).isNull();
    }

    @Test
    void aRoomStaysOfTheTypeThatItHas() {
        RoomPlan plan = plan(RoomOptions.DEFAULT, true, Optional.of(KEPT), type(true, false));

        assertThat(plan.type()).isNotNull();
        assertThat(plan.kept()).isSameAs(KEPT);
        refused(RoomOptions.ofType("chess"), true, Optional.of(KEPT), type(true, true), ErrorCode.BAD_VALUE);
    }

    @Test
    void aRoomKeepsWhatItsFirstOpenerChose() {
        byte[] state = KeptRoom.newBuilder()
                .setUnlisted(true)
                .putMetadata("a", "first")
                .build()
                .toByteArray();
        RoomOptions asked = new RoomOptions(7, false, Map.of("a", "later"), "");

        RoomPlan plan = plan(asked, true, Optional.of(new KeptGame("cards", 7, state, 1)), type(true, true));

        assertThat(plan.options()).isEqualTo(new RoomOptions(4, true, Map.of("a", "first"), "cards"));
        assertThat(plan.chosen()).isEqualTo(new KeptOptions(true, Map.of("a", "first")));
    }

    @Test
    void aTypeThatIsNotListedIsNotTheOpenersChoice() {
        RoomPlan plan = plan(RoomOptions.ofType("cards"), true, Optional.empty(), type(false, true));

        assertThat(plan.options().unlisted()).isTrue();
        assertThat(plan.chosen().unlisted()).isFalse();
    }

    @Test
    void whatCannotBeReadIsNotListed() {
        KeptGame broken = new KeptGame("cards", 7, new byte[] {1, 2, 3}, 1);

        RoomPlan plan = plan(RoomOptions.DEFAULT, true, Optional.of(broken), type(true, true));

        assertThat(plan.options().unlisted()).isTrue();
    }

    @Test
    void aTypeThatIsNotThereIsTheClientsMistakeUnlessTheRoomHasIt() {
        RoomType chess = new RoomType(
                "chess", TableModule.table(), 2, true, true, 9, Map.of(), true, true, true, 0, 1, true, false, 50);

        refused(RoomOptions.ofType("cards"), true, Optional.empty(), chess, ErrorCode.BAD_VALUE);
        refused(RoomOptions.DEFAULT, true, Optional.of(KEPT), chess, ErrorCode.UNAVAILABLE);
    }

    @Test
    void onlyTheServerOpensNewRoomsOfSomeTypes() {
        refused(RoomOptions.ofType("cards"), true, Optional.empty(), type(true, false), ErrorCode.NOT_ALLOWED);

        assertThat(plan(RoomOptions.ofType("cards"), false, Optional.empty(), type(true, false))
                        .type())
                .isNotNull();
    }

    private static void refused(
            RoomOptions asked, boolean byClient, Optional<KeptGame> kept, RoomType type, ErrorCode code) {
        assertThatThrownBy(() -> plan(asked, byClient, kept, type))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
