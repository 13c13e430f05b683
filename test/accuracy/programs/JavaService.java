import java.util.LinkedHashMap;
import java.util.Map;

/** A healthy service on the JVM: bounded state, and garbage enough for several collections between its captures. */
public class JavaService {
  private static int serial;

  public static void main(String[] arguments) throws Exception {
    int steps = Integer.parseInt(arguments[1]);
    int limit = arguments[0].equals("cache") ? 5000 : 50;
    Map<Integer, byte[]> table = new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
        return size() > limit;
      }
    };
    runStep(table);
    for (int step = 0; step < steps; step++) {
      runStep(table);
      System.out.println("[]");
      if (System.in.read() < 0) break;
    }
  }

  private static void runStep(Map<Integer, byte[]> table) {
    for (int request = 0; request < 60_000; request++) {
      serial++;
      table.put(serial, new byte[500 + serial % 1000]);
      String answer = "user-" + serial % 5000;
      if (answer.hashCode() == serial) System.gc();
    }
  }
}
