import type { Client } from '@mib/sdk/client';
import { useNotifications } from '../hooks/use-notifications.ts';
import { timeOfDay } from '../messages.ts';
import { Panel } from './panel.tsx';

/** What the alert rules and the risk engine had to say, newest first, read aloud as it comes. */
export function NotificationsPanel({ client }: { readonly client: Client }) {
  const { notifications, unread, markAllRead, ...task } = useNotifications(client);
  const actions = unread > 0 && <button type="button" className="quiet" onClick={() => void markAllRead().catch(() => undefined)}>Mark {unread} read</button>;
  return (
    <Panel title="Notifications" className="grow" task={task} actions={actions}>
      <ul aria-label="Notifications" aria-live="polite" className="notifications">
        {notifications.map(({ id, severity, title, body, createdAt, readAt }) => (
          <li key={id} className={readAt === null ? 'unread' : ''} data-severity={severity}>
            <strong>{title}</strong> <time dateTime={createdAt}>{timeOfDay(createdAt)}</time>
            <p>{body}</p>
          </li>
        ))}
      </ul>
      {notifications.length === 0 && task.problem === undefined && <p className="empty">Nothing yet</p>}
    </Panel>
  );
}
