// LMAX Disruptor 3.4 as the ring's peer: one producer, one consumer, 65,536 slots, one number written into each event
// and added up by the consumer. Arguments: events batch. Prints million events per second of the second of two passes.

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.util.concurrent.CountDownLatch;

public final class RingPeer {
    static final class Event {
        long value, p1, p2, p3, p4, p5, p6, p7;
    }

    static final class Summer implements EventHandler<Event> {
        long sum;
        long last;
        CountDownLatch done;

        @Override
        public void onEvent(Event event, long sequence, boolean endOfBatch) {
            sum += event.value;
            if (event.value == last) done.countDown();
        }
    }

    public static void main(String[] args) throws Exception {
        int events = Integer.parseInt(args[0]);
        int batch = Integer.parseInt(args[1]);
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, 65536, new YieldingWaitStrategy());
        Summer summer = new Summer();
        BatchEventProcessor<Event> processor = new BatchEventProcessor<>(ring, ring.newBarrier(), summer);
        ring.addGatingSequences(processor.getSequence());
        Thread consumer = new Thread(processor, "consumer");
        consumer.setDaemon(true);
        consumer.start();
        pass(ring, summer, events, batch);
        System.out.println(pass(ring, summer, events, batch));
    }

    static double pass(RingBuffer<Event> ring, Summer summer, int events, int batch) throws Exception {
        summer.sum = 0;
        summer.last = events - 1;
        summer.done = new CountDownLatch(1);
        long start = System.nanoTime();
        for (long sent = 0; sent < events; ) {
            int count = (int) Math.min(batch, events - sent);
            long high = ring.next(count);
            for (long sequence = high - count + 1; sequence <= high; sequence++) ring.get(sequence).value = sent++;
            ring.publish(high - count + 1, high);
        }
        summer.done.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (summer.sum != (long) events * (events - 1) / 2) throw new IllegalStateException("sum is " + summer.sum);
        return events / seconds / 1e6;
    }
}
