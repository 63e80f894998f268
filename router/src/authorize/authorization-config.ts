// Section `authorization` of the settings file: who satisfies a @policy. A credential may grant policies itself, by its
// claim; a policy that neither a claim grants nor a rule here names is closed to everyone.
//
//   authorization:
//     policies:
//       read_profile: { roles: [admin], scopes: [profile:read] }   # one of these roles, or one of these scopes

import { z } from 'zod';

const words = z.array(z.string('must be a name').min(1, 'must be a name')).max(1_000).default([]);

export const authorizationSection = z.strictObject({
  policies: z.record(z.string(), z.strictObject({ roles: words, scopes: words })).default({}),
});

export type AuthorizationConfig = z.infer<typeof authorizationSection>;

export const NO_POLICIES: AuthorizationConfig = { policies: {} };
