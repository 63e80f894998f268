// exchange-core's Direct order book as the core's peer: the same steps, read from a file of little-endian int32, five a
// step (operation, side, price, lots, id). Arguments: file, steps that fill the book, steps that are timed, passes.
// Prints of the last pass: million steps per second, trades, lots and the checksum of maker ids.

import exchange.core2.collections.objpool.ObjectsPool;
import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.MatcherEventType;
import exchange.core2.core.common.MatcherTradeEvent;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.SymbolType;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.cmd.OrderCommandType;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.orderbook.IOrderBook;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import exchange.core2.core.orderbook.OrderBookEventsHelper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.HashMap;

public final class DirectBookPeer {
    static final int STEP_WORDS = 5;
    static final int TAKE = 2;
    static final int CANCEL = 3;
    static final long USER = 1;

    final OrderCommand command = new OrderCommand();
    /** Events are used again after every command, as the engine's own pool does. */
    MatcherTradeEvent free;
    final IOrderBook book;
    long trades;
    long lots;
    int checksum;

    DirectBookPeer() {
        CoreSymbolSpecification symbol = CoreSymbolSpecification.builder().symbolId(1).type(SymbolType.CURRENCY_EXCHANGE_PAIR).baseCurrency(1).quoteCurrency(2).baseScaleK(1).quoteScaleK(1).takerFee(0).makerFee(0).build();
        HashMap<Integer, Integer> sizes = new HashMap<>();
        sizes.put(ObjectsPool.DIRECT_ORDER, 512 * 1024);
        sizes.put(ObjectsPool.DIRECT_BUCKET, 128 * 1024);
        sizes.put(ObjectsPool.ART_NODE_4, 32 * 1024);
        sizes.put(ObjectsPool.ART_NODE_16, 16 * 1024);
        sizes.put(ObjectsPool.ART_NODE_48, 8 * 1024);
        sizes.put(ObjectsPool.ART_NODE_256, 4 * 1024);
        book = new OrderBookDirectImpl(symbol, new ObjectsPool(sizes), new OrderBookEventsHelper(this::takeEvent), LoggingConfiguration.DEFAULT);
    }

    public static void main(String[] args) throws Exception {
        IntBuffer file = ByteBuffer.wrap(Files.readAllBytes(Paths.get(args[0]))).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        int[] steps = new int[file.remaining()];
        file.get(steps);
        int fill = Integer.parseInt(args[1]);
        int count = Integer.parseInt(args[2]);
        int passes = Integer.parseInt(args[3]);
        for (int pass = 1; pass <= passes; pass++) {
            DirectBookPeer peer = new DirectBookPeer();
            peer.run(steps, 0, fill);
            long start = System.nanoTime();
            peer.run(steps, fill, fill + count);
            double micros = (System.nanoTime() - start) / 1e3;
            if (pass == passes) System.out.println(count / micros + " " + peer.trades + " " + peer.lots + " " + peer.checksum);
        }
    }

    void run(int[] steps, int from, int to) {
        for (int at = from * STEP_WORDS; at < to * STEP_WORDS; at += STEP_WORDS) {
            command.symbol = 1;
            command.uid = USER;
            command.orderId = steps[at + 4];
            command.action = steps[at + 1] == 1 ? OrderAction.BID : OrderAction.ASK;
            command.price = steps[at + 2];
            command.size = steps[at + 3];
            command.reserveBidPrice = command.price;
            command.matcherEvent = null;
            command.resultCode = CommandResultCode.VALID_FOR_MATCHING_ENGINE;
            if (steps[at] == CANCEL) {
                command.command = OrderCommandType.CANCEL_ORDER;
            } else {
                command.command = OrderCommandType.PLACE_ORDER;
                command.orderType = steps[at] == TAKE ? OrderType.IOC : OrderType.GTC;
            }
            CommandResultCode result = IOrderBook.processCommand(book, command);
            if (result != CommandResultCode.SUCCESS) throw new IllegalStateException("order " + command.orderId + ": " + result);
            countEvents();
        }
    }

    void countEvents() {
        MatcherTradeEvent last = null;
        for (MatcherTradeEvent event = command.matcherEvent; event != null; event = event.nextEvent) {
            last = event;
            if (event.eventType != MatcherEventType.TRADE) continue;
            trades++;
            lots += event.size;
            checksum = checksum * 31 + (int) event.matchedOrderId;
        }
        if (last == null) return;
        last.nextEvent = free;
        free = command.matcherEvent;
    }

    MatcherTradeEvent takeEvent() {
        MatcherTradeEvent event = free;
        if (event == null) return new MatcherTradeEvent();
        free = event.nextEvent;
        event.nextEvent = null;
        return event;
    }
}
