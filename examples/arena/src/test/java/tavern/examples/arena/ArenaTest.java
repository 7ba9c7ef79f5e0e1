package tavern.examples.arena;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tavern.examples.arena.v1.ArenaIn;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.ArenaState;
import tavern.examples.arena.v1.Blow;
import tavern.examples.arena.v1.Hit;
import tavern.examples.arena.v1.Monster;
import tavern.examples.arena.v1.Slain;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Scene;
import tavern.protocol.v1.ErrorCode;
import tavern.testkit.GameTest;
import tavern.testkit.Invariant;
import tavern.testkit.Moves;
import tavern.testkit.Purity;

final class ArenaTest {
    static final Duration TICK = Duration.ofMillis(50);
    private static final long PLAYERS = 4;
    static final long RAT = 1;
    private static final long OTHER_RAT = 2;
    private static final long OGRE = 4;

    final GameTest<ArenaState, ArenaIn, ArenaOut> t = GameTest.of(ArenaModule.ARENA, ArenaOut.parser())
            .seed(7)
            .setting("monsters", "8")
            .always(ArenaTest::lootIsHadOnce)
            .always((arena, goods) -> eachMonsterLivesOrWasSlain(arena))
            .players("ann", "ben");

    /** There are as many trophies as ogres were slain. Storms ask tens of thousands of times, so this takes no detours. */
    private static void lootIsHadOnce(ArenaState arena, Invariant.All goods) {
        long trophies = 0;
        for (long player = 1; player <= PLAYERS; player++) {
            trophies += goods.of().apply(new PlayerId(player)).items().size();
        }
        assertThat(trophies).as("trophies").isEqualTo(arena.getOgresSlain());
    }

    private static void eachMonsterLivesOrWasSlain(ArenaState arena) {
        long before = 0;
        for (Monster monster : arena.getMonstersList()) {
            boolean isInOrder = monster.getNumber() > before && monster.getNumber() <= arena.getLastMonster();
            if (!isInOrder || monster.getHitPoints() < 1) {
                throw new AssertionError("after monster " + before + " comes " + monster);
            }
            before = monster.getNumber();
        }
        assertThat(arena.getRatsSlain() + arena.getOgresSlain() + arena.getMonstersCount())
                .as("slain and living")
                .isEqualTo(arena.getLastMonster());
        assertThat(arena.getBlowsList().stream().mapToLong(Blow::getPlayer).distinct())
                .as("players with a blow")
                .hasSize(arena.getBlowsCount());
    }

    @Test
    void monstersHaveWhatIsKeptOfThem() {
        t.passes(TICK);

        assertThat(t.scene().count(Fight.RAT)).isEqualTo(6);
        assertThat(t.scene().count(Fight.OGRE)).isEqualTo(2);
        for (Monster monster : t.state().getMonstersList()) {
            int entity = entity(monster.getNumber());
            assertThat(t.scene().kind(entity)).isEqualTo(monster.getKind());
            assertThat(t.scene().get(entity, Arena.HIT_POINTS)).isEqualTo(monster.getHitPoints());
        }
    }

    @Test
    void monstersWalkAboutWithinTheWall() {
        t.passes(TICK);
        int rat = entity(RAT);
        List<Integer> before = List.of(t.scene().x(rat), t.scene().y(rat));

        t.passes(Duration.ofSeconds(10));

        assertThat(List.of(t.scene().x(rat), t.scene().y(rat))).isNotEqualTo(before);
        t.scene().each(Fight.RAT, this::isWithinTheWall);
        t.scene().each(Fight.OGRE, this::isWithinTheWall);
    }

    private void isWithinTheWall(int entity) {
        assertThat(Math.abs(t.scene().x(entity) - t.scene().width() / 2)).isLessThanOrEqualTo(Arena.WALL);
        assertThat(Math.abs(t.scene().y(entity) - t.scene().height() / 2)).isLessThanOrEqualTo(Arena.WALL);
    }

    @Test
    void monstersGoAfterWhomTheySee() {
        t.passes(TICK);
        int ogre = entity(OGRE);
        int x = t.scene().x(ogre);
        int y = t.scene().y(ogre);
        int playersX = x > t.scene().width() / 2 ? x - 144 : x + 144;
        assertThat(t.moves("ann", playersX, y)).isTrue();

        t.passes(Duration.ofSeconds(2));

        assertThat(Math.abs(t.scene().x(ogre) - playersX)).isLessThan(Arena.REACH);
    }

    @Test
    void nobodyPassesTheWall() {
        t.passes(TICK);
        int middle = t.scene().width() / 2;

        assertThat(t.moves("ann", middle + Arena.WALL, middle)).isTrue();
        assertThat(t.moves("ann", middle + Arena.WALL + 1, middle)).isFalse();
    }

    @Test
    void aBlowCostsHitPointsThatEverybodySees() {
        t.passes(TICK);
        strike("ann", RAT);
        t.passes(TICK);

        assertThat(hitPoints(RAT)).isEqualTo(2);
        assertThat(t.scene().get(entity(RAT), Arena.HIT_POINTS)).isEqualTo(2);
        assertThat(t.told("ann"))
                .last()
                .extracting(told -> told.getLanded().getHitPoints())
                .isEqualTo(2);
        assertThat(t.told("ben")).noneMatch(ArenaOut::hasLanded);
    }

    @Test
    void whoIsTooFarAwayMisses() {
        t.passes(TICK);
        approach("ann", RAT, Arena.REACH + 16);
        t.says("ann", hit(RAT));
        t.passes(TICK);

        assertThat(hitPoints(RAT)).isEqualTo(3);
        assertThat(t.told("ann")).last().extracting(ArenaOut::getMissed).isEqualTo(RAT);
        assertThat(t.state().getBlowsList()).isEmpty();
    }

    @Test
    void ofTwoWhoHitAtOnceExactlyOneGetsTheLoot() {
        weaken(RAT);
        bothHit(RAT);

        assertThat(t.state().getBlowsCount()).isEqualTo(2);
        t.passes(TICK);

        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(Fight.RATS_GOLD);
        assertThat(t.goods("ben").count(Fight.GOLD)).isZero();
        assertThat(slain("ben")).containsExactly(slain(RAT, "ann", Fight.GOLD, Fight.RATS_GOLD));
        assertThat(t.told("ben")).extracting(ArenaOut::getMissed).contains(RAT);
        assertThat(t.board(Fight.BOARD)).isEqualTo(Map.of("ann", 1L));
    }

    @Test
    void whenTheFirstOnesCommitIsRefusedTheSecondGetsTheLoot() {
        weaken(RAT);
        bothHit(RAT);
        t.store().refuseNext();

        t.passes(TICK);

        assertThat(t.goods("ann").count(Fight.GOLD)).isZero();
        assertThat(t.goods("ben").count(Fight.GOLD)).isEqualTo(Fight.RATS_GOLD);
        assertThat(slain("ann")).extracting(Slain::getBy).containsExactly("ben");
        assertThat(t.board(Fight.BOARD)).isEqualTo(Map.of("ben", 1L));

        t.passes(Duration.ofSeconds(1));
        strike("ann", OTHER_RAT);
        assertThat(hitPoints(OTHER_RAT))
                .as("the blow that came to nothing is in nobody's way")
                .isEqualTo(2);
    }

    @Test
    void anOgreHasATrophy() {
        t.passes(TICK);
        for (int i = 0; i < 9; i++) {
            assertThat(t.goods("ann").items()).isEmpty();
            strike("ann", OGRE);
        }

        assertThat(t.goods("ann").owns(Fight.TROPHY)).isTrue();
        assertThat(slain("ben")).containsExactly(slain(OGRE, "ann", Fight.TROPHY, 0));
        t.passes(TICK);
        assertThat(entity(OGRE)).isZero();
    }

    @Test
    void whoIsSlainIsToldOnlyWhenItIsKept() {
        weaken(RAT);
        approach("ann", RAT, 0);
        t.says("ann", hit(RAT));
        t.store().silentFor(1);
        t.passes(TICK);

        assertThat(t.told("ben")).noneMatch(ArenaOut::hasSlain);
        assertThat(entity(RAT)).isPositive();

        t.store().answers();
        assertThat(slain("ben")).hasSize(1);
        t.passes(TICK);
        assertThat(entity(RAT)).isZero();
    }

    @Test
    void aKillThatWasNotKeptBeforeACrashHasNotHappened() {
        weaken(RAT);
        approach("ann", RAT, 0);
        t.says("ann", hit(RAT));
        t.store().silentFor(1);
        t.passes(TICK);

        t.crash();
        t.joins("ann");
        t.passes(TICK);

        assertThat(t.goods("ann").count(Fight.GOLD)).isZero();
        assertThat(t.scene().get(entity(RAT), Arena.HIT_POINTS)).isEqualTo(1);
        assertThat(t.state().getBlowsList()).isEmpty();
        strike("ann", RAT);
        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(Fight.RATS_GOLD);
    }

    @Test
    void aKillThatWasKeptBeforeACrashIsNotDoneAgain() {
        weaken(RAT);
        approach("ann", RAT, 0);
        t.says("ann", hit(RAT));
        t.store().silentFor(1);
        t.passes(TICK);

        t.crash(1);
        t.joins("ann");
        t.passes(TICK);

        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(Fight.RATS_GOLD);
        assertThat(entity(RAT)).isZero();
        t.says("ann", hit(RAT));
        assertThat(code("ann")).isEqualTo(ErrorCode.BAD_VALUE);
        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(Fight.RATS_GOLD);
    }

    @Test
    void theSceneIsMadeAnewAfterACrash() {
        t.passes(TICK);
        strike("ann", OGRE);

        t.crash();
        t.joins("ben");
        assertThat(t.scene().count(Fight.OGRE)).isZero();
        t.passes(TICK);

        assertThat(t.scene().count(Fight.RAT)).isEqualTo(6);
        assertThat(t.scene().count(Fight.OGRE)).isEqualTo(2);
        assertThat(t.scene().get(entity(OGRE), Arena.HIT_POINTS)).isEqualTo(8);
    }

    @Test
    void whoComesLaterSeesTheMonstersAsTheyAre() {
        t.passes(TICK);
        strike("ann", OGRE);
        slay("ann", RAT);
        t.joins("cleo");
        t.passes(TICK);

        assertThat(t.scene().of(new PlayerId(3))).isPositive();
        assertThat(t.scene().get(entity(OGRE), Arena.HIT_POINTS)).isEqualTo(8);
        assertThat(entity(RAT)).isZero();
        assertThat(t.view("cleo").getView().getRatsSlain()).isEqualTo(1);
        strike("cleo", OGRE);
        assertThat(hitPoints(OGRE)).isEqualTo(7);
    }

    @Test
    void aMonsterComesBackAsAnother() {
        t.passes(TICK);
        slay("ann", RAT);
        t.passes(Duration.ofMillis(Fight.BACK_MILLIS - 100));
        assertThat(t.state().getMonstersCount()).isEqualTo(7);

        t.passes(TICK.plus(TICK));

        assertThat(t.state().getMonsters(7).getNumber()).isEqualTo(9);
        t.passes(TICK);
        assertThat(t.scene().get(entity(9), Arena.HIT_POINTS)).isEqualTo(3);
    }

    @Test
    void aMonsterComesBackWhenNobodyIsThere() {
        t.passes(TICK);
        slay("ann", RAT);
        t.crash();

        t.passes(Duration.ofMinutes(1));

        assertThat(t.state().getMonstersCount()).isEqualTo(8);
    }

    @Test
    void aBlowOfWhoHasLeftComesToNothing() {
        t.passes(TICK);
        approach("ann", RAT, 0);
        t.says("ann", hit(RAT));
        t.leaves("ann");
        assertThat(t.state().getBlowsList()).isEmpty();

        t.passes(TICK);

        assertThat(hitPoints(RAT)).isEqualTo(3);
    }

    @Test
    void blowsThatCannotBeAreRefused() {
        t.passes(TICK);
        t.says("ann", hit(99));
        assertThat(code("ann")).isEqualTo(ErrorCode.BAD_VALUE);
        t.says("ann", hit(RAT, true));
        assertThat(code("ann")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        t.says("ann", hit(RAT));
        assertThat(code("ann")).isEqualTo(ErrorCode.OK);
        t.says("ann", hit(RAT));
        assertThat(code("ann")).isEqualTo(ErrorCode.RATE_LIMITED);
        t.says("ann", ArenaIn.getDefaultInstance());
        assertThat(code("ann")).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(t.state().getBlowsCount()).isEqualTo(1);
    }

    @Test
    void theShopSellsPotionsAndABlowWithOneIsStronger() {
        t.grant("ann", Fight.GOLD, 40);
        t.says("ann", buy(2));
        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(10);
        assertThat(t.goods("ann").count(Fight.POTION)).isEqualTo(2);

        t.passes(TICK);
        approach("ann", RAT, 0);
        t.says("ann", hit(RAT, true));
        t.passes(TICK);

        assertThat(t.goods("ann").count(Fight.POTION)).isEqualTo(1);
        assertThat(slain("ann")).extracting(Slain::getMonster).containsExactly(RAT);
    }

    @Test
    void theShopGivesNothingForNothing() {
        t.grant("ann", Fight.GOLD, 20);
        t.says("ann", buy(2));
        assertThat(code("ann")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);
        t.says("ann", buy(0));
        assertThat(code("ann")).isEqualTo(ErrorCode.BAD_VALUE);
        t.says("ann", buy(-1));
        assertThat(code("ann")).isEqualTo(ErrorCode.BAD_VALUE);
        t.store().refuseNext(); // somebody else has just taken the gold
        t.says("ann", buy(1));
        assertThat(code("ann")).isEqualTo(ErrorCode.TRADE_INSUFFICIENT);

        assertThat(t.goods("ann").count(Fight.GOLD)).isEqualTo(20);
        assertThat(t.goods("ann").count(Fight.POTION)).isZero();
    }

    /** The seed is in the text of a failure, with the shortest schedule that fails. */
    @Test
    void everythingHoldsInAStorm() {
        long[] slain = new long[2];
        t.players("cleo", "dan");
        t.always((arena, goods) -> {
            slain[0] = Math.max(slain[0], arena.getRatsSlain());
            slain[1] = Math.max(slain[1], arena.getOgresSlain());
        });

        t.storm(100_000, 7, new AnyMoves());

        assertThat(slain[0])
                .as("rats slain: otherwise the storm has proved little")
                .isGreaterThan(100);
        assertThat(slain[1]).as("ogres slain").isGreaterThan(10);
    }

    /** Also what is not allowed: monsters that are gone, and potions that nobody has. */
    private static final class AnyMoves implements Moves<ArenaState, ArenaIn> {
        @Override
        public ArenaIn next(RandomGenerator random, Player who, ArenaState arena) {
            if (random.nextInt(8) == 0) {
                return buy(random.nextInt(12));
            }
            boolean isGone = arena.getMonstersCount() == 0 || random.nextInt(20) == 0;
            long monster = isGone
                    ? random.nextLong(arena.getLastMonster() + 2)
                    : arena.getMonsters(random.nextInt(arena.getMonstersCount()))
                            .getNumber();
            return hit(monster, random.nextInt(4) == 0);
        }

        @Override
        public Goods grant(RandomGenerator random, Player who) {
            return Goods.of(Fight.GOLD, 1 + random.nextInt(60));
        }
    }

    @Test
    void theRulesDependOnNothingElse() {
        Purity.check(Arena.class, Fight.class);
    }

    private int entity(long monster) {
        int[] found = new int[1];
        t.scene().each(Fight.RAT, rat -> found[0] = isNumber(rat, monster) ? rat : found[0]);
        t.scene().each(Fight.OGRE, ogre -> found[0] = isNumber(ogre, monster) ? ogre : found[0]);
        return found[0];
    }

    private boolean isNumber(int entity, long monster) {
        return t.scene().get(entity, Arena.NUMBER) == monster;
    }

    private int hitPoints(long monster) {
        return t.state().getMonsters(Fight.find(t.state(), monster)).getHitPoints();
    }

    /** Goes so far away from a monster, towards the middle. */
    void approach(String name, long monster, int distance) {
        Scene scene = t.scene();
        int x = scene.x(entity(monster));
        int away = x > scene.width() / 2 ? -distance : distance;
        assertThat(t.moves(name, x + away, scene.y(entity(monster)))).isTrue();
    }

    private void strike(String name, long monster) {
        approach(name, monster, 0);
        t.says(name, hit(monster));
        assertThat(code(name)).isEqualTo(ErrorCode.OK);
        t.passes(TICK);
    }

    private void slay(String name, long rat) {
        for (int i = 0; i < 3; i++) {
            strike(name, rat);
        }
        assertThat(Fight.find(t.state(), rat)).isNegative();
    }

    /** Until a rat has one hit point. */
    void weaken(long rat) {
        t.passes(TICK);
        strike("ann", rat);
        strike("ben", rat);
        t.passes(TICK);
        assertThat(hitPoints(rat)).isEqualTo(1);
    }

    void bothHit(long monster) {
        approach("ann", monster, 0);
        approach("ben", monster, 0);
        t.says("ann", hit(monster));
        t.says("ben", hit(monster));
    }

    private List<Slain> slain(String toldTo) {
        return t.told(toldTo).stream()
                .filter(ArenaOut::hasSlain)
                .map(ArenaOut::getSlain)
                .toList();
    }

    private static Slain slain(long monster, String by, String kind, long count) {
        return Slain.newBuilder()
                .setMonster(monster)
                .setBy(by)
                .setLootKind(kind)
                .setLootCount(count)
                .build();
    }

    private ErrorCode code(String name) {
        return Objects.requireNonNull(t.answer(name)).code();
    }

    static ArenaIn hit(long monster) {
        return hit(monster, false);
    }

    private static ArenaIn hit(long monster, boolean potion) {
        return ArenaIn.newBuilder()
                .setHit(Hit.newBuilder().setMonster(monster).setPotion(potion))
                .build();
    }

    private static ArenaIn buy(int potions) {
        return ArenaIn.newBuilder().setBuy(potions).build();
    }
}
