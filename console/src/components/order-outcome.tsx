import type { PlaceOrderMutation } from '@mib/sdk/generated/operations';
import { pretty } from '../decimal.ts';
import { describeRefusals } from '../messages.ts';

/** The answer to an order: what was done at once, or which rule stood against it, with its limit and what was observed. */
export function OrderOutcome({ outcome, decimals }: { readonly outcome: PlaceOrderMutation['placeOrder']; readonly decimals: number }) {
  switch (outcome.__typename) {
    case 'OrderAccepted': {
      const { status, filledQuantity, averageFillPrice } = outcome.order;
      return (
        <p className="good">
          {status.replace('_', ' ')}{averageFillPrice !== null && `: ${pretty(filledQuantity, 0)} at ${pretty(averageFillPrice, decimals)}`}
          {outcome.replayed && ' (sent before)'}
        </p>
      );
    }
    case 'OrderDenied':
      return (
        <div className="problem">
          <strong>DENIED {outcome.reason}</strong>
          <p>{outcome.message}</p>
          {(outcome.limit !== null || outcome.observed !== null) && (
            <dl className="inline">
              <dt>limit</dt><dd>{outcome.limit === null ? '–' : pretty(outcome.limit, 0)}</dd>
              <dt>observed</dt><dd>{outcome.observed === null ? '–' : pretty(outcome.observed, 0)}</dd>
            </dl>
          )}
        </div>
      );
    case 'InvalidInput':
      return <p className="problem">{describeRefusals(outcome.userErrors)}</p>;
  }
}
