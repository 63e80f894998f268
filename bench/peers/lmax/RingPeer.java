// The LMAX Disruptor 3.4 as the ring's peer, wired the way its own performance tests are: BatchEventProcessor per
// consumer, claims of a batch, one publish. Every consumer checks by sum what it has seen; a wrong sum ends the process.
//
// Arguments: SHAPE EVENTS BATCH, two passes of EVENTS, the first to warm up.
//   unicast8   1 producer, 1 consumer, one long an event       unicast64  the same with eight longs, all written and read
//   pipeline   a then b then c, each reads what the one before has written
//   diamond    a and b side by side, then c, which reads both
//   multicast  a, b and c side by side                          twoToOne   2 producers, 1 consumer, one long an event
// Prints million events a second of the second pass. PINGPONG EVENTS prints p50 and p99 of round trips in nanoseconds.

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

public final class RingPeer {
    static final int SLOTS = 65536;
    static final int PING_PONG_SLOTS = 1024;

    public static void main(String[] args) throws Exception {
        int events = Integer.parseInt(args[1]);
        if (args[0].equals("pingpong")) {
            System.out.println(PingPong.run(events));
            return;
        }
        int batch = Integer.parseInt(args[2]);
        System.out.println(switch (args[0]) {
            case "unicast8" -> Unicast8.run(events, batch);
            case "unicast64" -> Unicast64.run(events, batch);
            case "twoToOne" -> TwoToOne.run(events, batch);
            default -> Graph.run(args[0], events, batch);
        });
    }

    /** Counts events of a pass down and keeps their sum. */
    abstract static class Checked<T> implements EventHandler<T> {
        long sum;
        long left;
        CountDownLatch done;

        final void expect(long events) {
            sum = 0;
            left = events;
            done = new CountDownLatch(1);
        }

        final void check(String name, long expected) throws InterruptedException {
            done.await();
            if (sum != expected) throw new IllegalStateException(name + "'s sum is " + sum + ", not " + expected);
        }
    }

    static final class Unicast8 {
        static final class Event {
            long value;
        }

        static final class Summer extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                sum += event.value;
                if (--left == 0) done.countDown();
            }
        }

        static double run(int events, int batch) throws Exception {
            RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, SLOTS, new YieldingWaitStrategy());
            Summer summer = new Summer();
            start(ring, ring.newBarrier(), summer, true);
            pass(ring, summer, events, batch);
            return pass(ring, summer, events, batch);
        }

        static double pass(RingBuffer<Event> ring, Summer summer, int events, int batch) throws Exception {
            summer.expect(events);
            long start = System.nanoTime();
            for (long sent = 0; sent < events; ) {
                int count = (int) Math.min(batch, events - sent);
                long high = ring.next(count);
                for (long sequence = high - count + 1; sequence <= high; sequence++) ring.get(sequence).value = sent++;
                ring.publish(high - count + 1, high);
            }
            summer.check("consumer", sumTo(events));
            return rate(events, start);
        }
    }

    static final class Unicast64 {
        static final class Event {
            long a, b, c, d, e, f, g, h;
        }

        static final class Summer extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                sum += event.a + event.b + event.c + event.d + event.e + event.f + event.g + event.h;
                if (--left == 0) done.countDown();
            }
        }

        static double run(int events, int batch) throws Exception {
            RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, SLOTS, new YieldingWaitStrategy());
            Summer summer = new Summer();
            start(ring, ring.newBarrier(), summer, true);
            pass(ring, summer, events, batch);
            return pass(ring, summer, events, batch);
        }

        static double pass(RingBuffer<Event> ring, Summer summer, int events, int batch) throws Exception {
            summer.expect(events);
            long start = System.nanoTime();
            for (long sent = 0; sent < events; ) {
                int count = (int) Math.min(batch, events - sent);
                long high = ring.next(count);
                for (long sequence = high - count + 1; sequence <= high; sequence++) {
                    Event event = ring.get(sequence);
                    long value = sent++;
                    event.a = value;
                    event.b = value + 1;
                    event.c = value + 2;
                    event.d = value + 3;
                    event.e = value + 4;
                    event.f = value + 5;
                    event.g = value + 6;
                    event.h = value + 7;
                }
                ring.publish(high - count + 1, high);
            }
            summer.check("consumer", 8 * sumTo(events) + 28L * events);
            return rate(events, start);
        }
    }

    static final class TwoToOne {
        static double run(int events, int batch) throws Exception {
            RingBuffer<Unicast8.Event> ring = RingBuffer.createMultiProducer(Unicast8.Event::new, SLOTS, new BlockingWaitStrategy());
            Unicast8.Summer summer = new Unicast8.Summer();
            start(ring, ring.newBarrier(), summer, true);
            pass(ring, summer, events, batch);
            return pass(ring, summer, events, batch);
        }

        static double pass(RingBuffer<Unicast8.Event> ring, Unicast8.Summer summer, int events, int batch) throws Exception {
            summer.expect(2L * events);
            long start = System.nanoTime();
            Thread other = new Thread(() -> publish(ring, events, batch));
            other.start();
            publish(ring, events, batch);
            summer.check("consumer", 2 * sumTo(events));
            return rate(2L * events, start);
        }

        static void publish(RingBuffer<Unicast8.Event> ring, int events, int batch) {
            for (long sent = 0; sent < events; ) {
                int count = (int) Math.min(batch, events - sent);
                long high = ring.next(count);
                for (long sequence = high - count + 1; sequence <= high; sequence++) ring.get(sequence).value = sent++;
                ring.publish(high - count + 1, high);
            }
        }
    }

    static final class Graph {
        static final class Event {
            long value, left, right;
        }

        /** c sums; what it sums depends on the shape. */
        static final class Last extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                sum += event.left + event.right;
                if (--left == 0) done.countDown();
            }
        }

        static final class Left extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                event.left = event.value + 1;
                sum += event.value;
                if (--left == 0) done.countDown();
            }
        }

        static final class Right extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                event.right = event.value + 2;
                sum += event.value;
                if (--left == 0) done.countDown();
            }
        }

        static final class AfterLeft extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                event.right = event.left + 1;
                sum += event.left;
                if (--left == 0) done.countDown();
            }
        }

        static final class Reader extends Checked<Event> {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                sum += event.value;
                if (--left == 0) done.countDown();
            }
        }

        static double run(String shape, int events, int batch) throws Exception {
            RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, SLOTS, new BlockingWaitStrategy());
            List<Checked<Event>> handlers = new ArrayList<>();
            long[] sums;
            long sum = sumTo(events);
            switch (shape) {
                case "pipeline" -> {
                    handlers.addAll(List.of(new Left(), new AfterLeft(), new Last()));
                    Sequence a = start(ring, ring.newBarrier(), handlers.get(0), false);
                    Sequence b = start(ring, ring.newBarrier(a), handlers.get(1), false);
                    start(ring, ring.newBarrier(b), handlers.get(2), true);
                    sums = new long[] {sum, sum + events, 2 * sum + 3L * events};
                }
                case "diamond" -> {
                    handlers.addAll(List.of(new Left(), new Right(), new Last()));
                    Sequence a = start(ring, ring.newBarrier(), handlers.get(0), false);
                    Sequence b = start(ring, ring.newBarrier(), handlers.get(1), false);
                    start(ring, ring.newBarrier(a, b), handlers.get(2), true);
                    sums = new long[] {sum, sum, 2 * sum + 3L * events};
                }
                case "multicast" -> {
                    for (int i = 0; i < 3; i++) {
                        handlers.add(new Reader());
                        start(ring, ring.newBarrier(), handlers.get(i), true);
                    }
                    sums = new long[] {sum, sum, sum};
                }
                default -> throw new IllegalArgumentException("no such shape: " + shape);
            }
            pass(ring, handlers, sums, events, batch);
            return pass(ring, handlers, sums, events, batch);
        }

        static double pass(RingBuffer<Event> ring, List<Checked<Event>> handlers, long[] sums, int events, int batch) throws Exception {
            for (Checked<Event> handler : handlers) handler.expect(events);
            long start = System.nanoTime();
            for (long sent = 0; sent < events; ) {
                int count = (int) Math.min(batch, events - sent);
                long high = ring.next(count);
                for (long sequence = high - count + 1; sequence <= high; sequence++) ring.get(sequence).value = sent++;
                ring.publish(high - count + 1, high);
            }
            for (int i = 0; i < sums.length; i++) handlers.get(i).check("consumer " + i, sums[i]);
            return rate(events, start);
        }
    }

    static final class PingPong {
        static String run(int events) throws Exception {
            RingBuffer<Unicast8.Event> ping = RingBuffer.createSingleProducer(Unicast8.Event::new, PING_PONG_SLOTS, new BusySpinWaitStrategy());
            RingBuffer<Unicast8.Event> pong = RingBuffer.createSingleProducer(Unicast8.Event::new, PING_PONG_SLOTS, new BusySpinWaitStrategy());
            start(ping, ping.newBarrier(), (event, sequence, endOfBatch) -> send(pong, event.value + 1), true);
            Sequence own = new Sequence();
            pong.addGatingSequences(own);
            long[] nanos = new long[events];
            trips(ping, pong, own, nanos);
            trips(ping, pong, own, nanos);
            Arrays.sort(nanos);
            return nanos[events / 2] + " " + nanos[(int) (events * 0.99)];
        }

        static void trips(RingBuffer<Unicast8.Event> ping, RingBuffer<Unicast8.Event> pong, Sequence own, long[] nanos) throws Exception {
            SequenceBarrier barrier = pong.newBarrier();
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                send(ping, i);
                long sequence = barrier.waitFor(own.get() + 1);
                long value = pong.get(sequence).value;
                own.set(sequence);
                nanos[i] = System.nanoTime() - start;
                if (value != i + 1) throw new IllegalStateException("pong is " + value + ", not " + (i + 1));
            }
        }

        static void send(RingBuffer<Unicast8.Event> ring, long value) {
            long sequence = ring.next();
            ring.get(sequence).value = value;
            ring.publish(sequence);
        }
    }

    static <T> Sequence start(RingBuffer<T> ring, SequenceBarrier barrier, EventHandler<T> handler, boolean gates) {
        BatchEventProcessor<T> processor = new BatchEventProcessor<>(ring, barrier, handler);
        if (gates) ring.addGatingSequences(processor.getSequence());
        Thread thread = new Thread(processor);
        thread.setDaemon(true);
        thread.start();
        return processor.getSequence();
    }

    static long sumTo(long events) {
        return events * (events - 1) / 2;
    }

    static double rate(long events, long startNanos) {
        return events / ((System.nanoTime() - startNanos) / 1e9) / 1e6;
    }
}
