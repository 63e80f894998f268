// Signing in and registering, the second factor included. The demo user's password is in the launcher's welcome.

import { useState } from 'react';
import { session } from '../connection.ts';
import { useForm } from '../hooks/use-form.ts';
import { describeRefusals } from '../messages.ts';
import { Field } from './field.tsx';
import { Panel } from './panel.tsx';

export function SignIn() {
  const [registering, setRegistering] = useState(false);
  const [challengeId, setChallengeId] = useState<string>();
  const form = useForm(async (values) => {
    const { email = '', password = '', displayName = '', totp } = values;
    const refused = registering ? await session.register({ email, password, displayName }) : await session.signIn({ email, password, ...(challengeId && { challengeId, totp }) });
    if (refused?.__typename === 'LoginFailed') throw new Error(describeRefusals(refused.userErrors));
    setChallengeId(refused?.challengeId);
  });
  return (
    <Panel title={registering ? 'Create a user' : 'Sign in'}>
      <form onSubmit={form.submit} aria-label={registering ? 'Create a user' : 'Sign in'}>
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete={registering ? 'new-password' : 'current-password'} minLength={12} required />
        {registering && <Field label="Name" name="displayName" autoComplete="name" maxLength={80} required />}
        {challengeId !== undefined && <Field label="Code of your authenticator, or a backup code" name="totp" autoComplete="one-time-code" required autoFocus />}
        <button type="submit" className="primary" disabled={form.busy}>{registering ? 'Create and sign in' : 'Sign in'}</button>
        {form.problem !== undefined && <p className="problem" role="alert">{form.problem}</p>}
      </form>
      <button type="button" className="quiet" onClick={() => setRegistering(!registering)}>{registering ? 'I have a user' : 'Create a user instead'}</button>
      {!registering && <p className="muted">The demo user is demo@mib.local; `npm start` printed its password.</p>}
    </Panel>
  );
}
