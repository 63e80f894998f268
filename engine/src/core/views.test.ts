import { describe, expect, it } from '@jest/globals';
import { InvalidValueError } from '@mib/model/invalid-value';
import { CoreDriver } from './core-driver.ts';
import { viewAccounts } from './views.ts';

describe('a read of accounts', () => {
  it('is refused when it has more rows than the core may stop for', () => {
    const driver = new CoreDriver();
    driver.submit({ kind: 'OpenAccount', accountNumber: 1000 });
    for (let instrumentNumber = 1; instrumentNumber <= 17; instrumentNumber++) {
      driver.submit({ kind: 'RegisterInstrument', instrumentNumber, instrumentId: `I${instrumentNumber}.XSIM`, tickSize: '1', lotSize: '1', currency: 'USD', cashScale: 0 });
      driver.submit({ kind: 'SetRiskLimits', accountNumber: 1000, instrumentNumber, maxPositionLots: 5, collarBasisPoints: 0 });
    }
    const { core } = driver;
    expect(viewAccounts(core, Array.from({ length: 963 }, () => 1000))).toHaveLength(963);
    const tooMany = () => viewAccounts(core, Array.from({ length: 1_024 }, () => 1000));
    expect(tooMany).toThrow(InvalidValueError);
    expect(tooMany).toThrow('positions and limits of the accounts of one read must be an integer 0..16384, was 16388');
  });
});
