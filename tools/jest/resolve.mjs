// Module hooks of runtime.mjs: `@jest/globals` means the suite that runs now, and a suite that asks for export conditions
// (`@jest-environment-options`) gets modules of its own, resolved with them.
const GLOBALS = new URL('./globals.mjs', import.meta.url).href;

export async function resolve(specifier, context, next) {
  const parent = new URLSearchParams(context.parentURL?.split('?')[1]);
  if (specifier === '@jest/globals') return { url: parent.has('suite') ? `${GLOBALS}?suite=${parent.get('suite')}` : GLOBALS, format: 'module', shortCircuit: true };
  const conditions = parent.getAll('condition');
  if (conditions.length === 0) return next(specifier, context);
  const resolved = await next(specifier, { ...context, conditions: [...context.conditions, ...conditions] });
  if (!resolved.url.startsWith('file:') || resolved.url.includes('/node_modules/')) return resolved;
  const url = new URL(resolved.url);
  for (const condition of conditions) url.searchParams.append('condition', condition);
  return { ...resolved, url: url.href };
}
