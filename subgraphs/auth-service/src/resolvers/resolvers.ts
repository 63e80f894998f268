import type { Resolvers } from '../generated/resolvers-types.ts';
import { AuditEntry } from './audit.ts';
import { ApiKey, MfaRequired, Role, Session, SessionTokens, User } from './entities.ts';
import { LoginResult, Mutation } from './mutation.ts';
import { Query } from './query.ts';

export const resolvers: Resolvers = { Query, Mutation, User, Role, ApiKey, Session, SessionTokens, MfaRequired, AuditEntry, LoginResult };
