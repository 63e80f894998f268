// A titled region; says in its own place why it could not be filled and offers to try again, so that one silent service
// never blanks the page.

import { useId, type ReactNode } from 'react';
import type { Task } from '../hooks/use-task.ts';

interface PanelProps {
  readonly title: string;
  readonly className?: string;
  readonly task?: Task;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, className = '', task, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-title">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {task?.problem !== undefined && (
        <p className="problem" role="alert">
          {task.problem} <button type="button" className="quiet" onClick={task.retry}>Try again</button>
        </p>
      )}
      <div className="panel-body" tabIndex={0} role="group" aria-labelledby={id}>{children}</div>
    </section>
  );
}
