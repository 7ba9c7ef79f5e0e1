package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;

/** What came of a {@link Turn#call}. */
public sealed interface Reply {
    /** The service has done it. @param body of the answer, 64 KiB at most; empty if there was none */
    record Ok(ByteString body) implements Reply {
        /**
         * Returns the body as a message.
         *
         * @throws IllegalStateException when it is another one, which ends the turn
         */
        public <V> V read(Parser<V> parser) {
            try {
                return parser.parseFrom(body);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a service's answer is not the message that it is read as", e);
            }
        }
    }

    /** The service has not done it, or it is not known whether. @param text for people who run the server */
    record Failed(Cause cause, String text) implements Reply {}

    /** Why a call has failed. */
    enum Cause {
        /** The configuration has no service of this name: nothing was sent. */
        NOT_CONFIGURED(false),
        /** The service has answered that it does not do it (with a status from 300 to 499), so it is not tried again. */
        REFUSED(false),
        /** There was no answer in time, however often it was tried. */
        TIMED_OUT(true),
        /** The service could not be reached or had troubles of its own, however often it was tried. */
        UNAVAILABLE(true),
        /** The service has done it, but its answer is too large. */
        TOO_LARGE(true);

        private final boolean mayBeDone;

        Cause(boolean mayBeDone) {
            this.mayBeDone = mayBeDone;
        }

        /** Whether the service may have done what it was asked for. */
        public boolean mayBeDone() {
            return mayBeDone;
        }
    }
}
