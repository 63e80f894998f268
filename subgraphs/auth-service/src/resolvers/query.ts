// The questions this subgraph answers. What the router has checked by directive is checked again here.

import { requireScope, requireUser } from '@mib/service/viewer';
import { ROLES, ROLE_IDS } from '../domain/roles.ts';
import type { QueryResolvers } from '../generated/resolvers-types.ts';
import { verifyAudit } from '../store/audit-log.ts';
import { auditConnection } from './audit.ts';
import { visibleUser } from './visibility.ts';

export const Query: QueryResolvers = {
  me: (_, _arguments, context) => visibleUser(context, requireUser(context.viewer).userId),
  user: (_, { id }, context) => {
    requireScope(context.viewer, 'user:read');
    return visibleUser(context, id);
  },
  roles: () => ROLE_IDS.map((id) => ROLES[id]),
  auditLog: (_, page, context) => {
    requireScope(context.viewer, 'audit:read');
    return auditConnection(context.services.prisma, page);
  },
  auditIntegrity: async (_, _arguments, context) => {
    requireScope(context.viewer, 'audit:read');
    const { entries, firstBroken } = await verifyAudit(context.services.prisma);
    return { intact: firstBroken === null, entries, firstBroken };
  },
};
