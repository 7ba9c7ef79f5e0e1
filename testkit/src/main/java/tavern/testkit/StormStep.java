package tavern.testkit;

import java.util.SplittableRandom;

/** One step of a schedule. Its chance is its own, so that it does the same when other steps are left out. */
record StormStep(Kind kind, long seed) {
    enum Kind {
        SAY(50),
        SAY_AGAIN(4),
        JOIN(8),
        LEAVE(2),
        CUT(3),
        RETURN(5),
        PASS(8),
        CARRY_OUT(25),
        ANSWER(25),
        SETTLE(6),
        SUBMIT_AGAIN(2),
        LOSE_ANSWERS(1),
        REFUSE(1),
        MOVE_GOODS(2),
        SIGNAL(2),
        CRASH(1),
        WALK(10),
        REPLY(6);

        private static final int WEIGHTS;

        static {
            int sum = 0;
            for (Kind kind : values()) {
                sum += kind.weight;
            }
            WEIGHTS = sum;
        }

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        private static Kind next(SplittableRandom random) {
            int left = random.nextInt(WEIGHTS);
            for (Kind kind : values()) {
                left -= kind.weight;
                if (left < 0) {
                    return kind;
                }
            }
            throw new AssertionError("the weights' sum is too large");
        }
    }

    static StormStep next(SplittableRandom random) {
        return new StormStep(Kind.next(random), random.nextLong());
    }
}
