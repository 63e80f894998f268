// What became of the command being applied, collected while it is applied and written into its result at the end.

import * as fromCodes from './codes.ts';

/** Held here: V8 folds a module's own constants into the code, an imported name it loads at every use. */
const { CODE, STATUS } = fromCodes;

export class Outcome {
  code = CODE.OK;
  status = STATUS.NONE;
  replayed = false;
  orderId = 0;
  filledLots = 0;
  /** NaN when the code needs no figures. */
  limit = NaN;
  observed = NaN;

  reset(): void {
    this.code = CODE.OK;
    this.status = STATUS.NONE;
    this.replayed = false;
    this.orderId = 0;
    this.filledLots = 0;
    this.limit = NaN;
    this.observed = NaN;
  }

  refuse(code: number, limit = NaN, observed = NaN): void {
    this.code = code;
    this.status = STATUS.DENIED;
    this.limit = limit;
    this.observed = observed;
  }
}
