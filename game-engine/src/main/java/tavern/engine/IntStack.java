package tavern.engine;

import java.util.Arrays;

/** A stack that makes no garbage once its array has grown. Not thread-safe. */
class IntStack {
    private int[] values = new int[16];
    private int size;

    void push(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    int pop() {
        return values[--size];
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Puts all onto another one, in the order in which they were pushed here. */
    void moveTo(IntStack other) {
        for (int i = 0; i < size; i++) {
            other.push(values[i]);
        }
        size = 0;
    }
}
