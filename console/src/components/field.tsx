import { useId, type ComponentProps } from 'react';

/** A labelled input. */
export function Field({ label, ...input }: { readonly label: string } & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...input} />
    </div>
  );
}

/** A labelled choice of few words. */
export function Choice({ label, options, ...select }: { readonly label: string; readonly options: readonly string[] } & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} {...select}>
        {options.map((option) => <option key={option}>{option}</option>)}
      </select>
    </div>
  );
}
