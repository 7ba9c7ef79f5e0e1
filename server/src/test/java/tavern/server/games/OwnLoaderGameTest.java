package tavern.server.games;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tavern.game.Game;
import tavern.game.Moving;

final class OwnLoaderGameTest {
    private final List<String> called = new ArrayList<>();
    private final ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {};

    @SuppressWarnings("unchecked")
    private Game<StringValue, StringValue, StringValue> game() {
        return (Game<StringValue, StringValue, StringValue>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Game.class}, (proxy, method, arguments) -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                    called.add(method.getName());
                    return null;
                });
    }

    @Test
    void eachCallOfAGameHasItsClassLoader() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        var game = new OwnLoaderGame<>(game(), loader);

        for (Method method : Game.class.getMethods()) {
            method.invoke(game, new Object[method.getParameterCount()]);
        }

        assertThat(called)
                .containsExactlyElementsOf(
                        Stream.of(Game.class.getMethods()).map(Method::getName).toList());
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    @SuppressWarnings("unchecked")
    void soHasEachCallOfAGameWhoseThingsMove() throws Exception {
        var moving = (Moving<StringValue, StringValue, StringValue>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Moving.class}, (proxy, method, arguments) -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                    called.add(method.getName());
                    return method.getReturnType() == boolean.class ? true : null;
                });
        var game = new OwnLoaderMoving<>(moving, loader);

        for (Method method : Moving.class.getMethods()) {
            method.invoke(
                    game,
                    Stream.of(method.getParameterTypes())
                            .map(type -> type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null)
                            .toArray());
        }

        assertThat(called)
                .containsExactlyElementsOf(Stream.of(Moving.class.getMethods())
                        .map(Method::getName)
                        .toList());
    }
}
