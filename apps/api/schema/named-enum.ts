import { registerEnumType } from '@nestjs/graphql';

/** A closed list of words with a name of its own in both doors: as it is in REST, `SCREAMING_CASE` in GraphQL. */
export interface NamedEnum<V extends string> {
  readonly name: string;
  readonly values: readonly V[];
  /** What Nest knows the GraphQL enum by. */
  readonly members: Readonly<Record<string, V>>;
}

export function namedEnum<const V extends string>(name: string, values: readonly V[], about: string): NamedEnum<V> {
  const members = Object.fromEntries(values.map((value) => [value.replace(/[^A-Za-z0-9]/g, '_').toUpperCase(), value])) as Record<string, V>;
  registerEnumType(members, { name, description: about });
  return { name, values, members };
}
