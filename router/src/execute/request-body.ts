// The JSON body of a call to a subgraph, written as text: its head is made once per plan, only the variables per request.

/** Up to and including `"variables":{`; {@link bodyText} ends it. */
export function bodyHead(operation: string, operationName: string | undefined): string {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`;
  return `{"query":${JSON.stringify(operation)},${name}"variables":{`;
}

/** @param members - of the variables object, as JSON text. */
export function bodyText(head: string, members: readonly string[]): string {
  return `${head}${members.join(',')}}}`;
}

/** Variables the client gave, of those a call uses. */
export function givenVariables(names: readonly string[], variables: Readonly<Record<string, unknown>>): readonly string[] {
  return names.flatMap((name) => (Object.hasOwn(variables, name) && variables[name] !== undefined ? [`${JSON.stringify(name)}:${JSON.stringify(variables[name])}`] : []));
}
