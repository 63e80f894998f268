// The schema's types and their resolvers, one file a theme.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { accountRisk } from './account-risk.ts';
import { account } from './account.ts';
import { instrumentRiskLimits, riskLimits, tradingStateEvent } from './limits.ts';
import { mutation } from './mutation.ts';
import { order, riskAlert } from './order.ts';
import { position } from './position.ts';
import { subscription } from './subscription.ts';

export const resolvers: Resolvers = {
  Mutation: mutation,
  Subscription: subscription,
  Account: account,
  AccountRisk: accountRisk,
  RiskLimits: riskLimits,
  InstrumentRiskLimits: instrumentRiskLimits,
  TradingStateEvent: tradingStateEvent,
  Position: position,
  Order: order,
  RiskAlert: riskAlert,
};
