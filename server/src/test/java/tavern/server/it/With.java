package tavern.server.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Settings of the server for one test, each {@code key=value}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface With {
    String[] value();
}
