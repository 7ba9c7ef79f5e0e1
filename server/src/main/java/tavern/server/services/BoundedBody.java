package tavern.server.services;

import com.google.protobuf.ByteString;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects an answer of bounded size. */
final class BoundedBody implements HttpResponse.BodySubscriber<ByteString> {
    private final int bytesMax;
    private final CompletableFuture<ByteString> body = new CompletableFuture<>();
    private ByteString collected = ByteString.EMPTY;
    private Flow.@Nullable Subscription subscription;

    /** The answer is larger than it may be. */
    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooLargeException(int bytesMax) {
            super("the answer has more than " + bytesMax + " bytes", null, false, false);
        }
    }

    BoundedBody(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public CompletionStage<ByteString> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        newSubscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            if (collected.size() + (long) buffer.remaining() > bytesMax) {
                if (subscription != null) {
                    subscription.cancel();
                }
                body.completeExceptionally(new TooLargeException(bytesMax));
                return;
            }
            collected = collected.concat(ByteString.copyFrom(buffer));
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        body.complete(collected);
    }
}
