import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas?: number };
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

export const root = resolve(import.meta.dirname, '../..');

export const composeText = (): string => readFileSync(join(root, 'docker-compose.yml'), 'utf8');

export const composeFile = (): ComposeFile => parse(composeText(), { merge: true }) as ComposeFile;

/** One `${NAME}`, `${NAME:-default}` or `${NAME:?message}` of a compose file. */
export interface Variable {
  readonly name: string;
  readonly operator: ':-' | ':?' | undefined;
  readonly rest: string;
}

const pattern = /\$\{(?<name>\w+)(?:(?<operator>:[-?])(?<rest>[^}]*))?\}/g;

export const variablesIn = (text: string): readonly Variable[] =>
  [...text.matchAll(pattern)].map(({ groups }) => ({ name: groups!['name']!, operator: groups!['operator'] as Variable['operator'], rest: groups!['rest'] ?? '' }));

/** Puts values in as `docker compose` does; throws where a needed one is missing. */
export function interpolated(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(pattern, (_, name: string, operator: string | undefined, rest: string | undefined) => {
    const value = values[name];
    if (value !== undefined && value !== '') return value;
    if (operator === ':?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return operator === ':-' ? (rest ?? '') : '';
  });
}

/** `30s` as milliseconds. */
export function milliseconds(duration: string): number {
  const seconds = /^(\d+)s$/.exec(duration)?.[1];
  if (seconds === undefined) throw new Error(`not a duration in seconds: ${duration}`);
  return Number(seconds) * 1_000;
}
