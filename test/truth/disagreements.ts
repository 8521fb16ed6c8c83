import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disagreement } from './score.js';

/** A row of disagreements.md: cases of one suite and topic that we judge otherwise, and why. */
export interface Explanation {
  readonly topic: string;
  readonly suite: string;
  /** Names of cases, `*` for any characters. */
  readonly cases: readonly string[];
  readonly theirs: 'pass' | 'fail';
  readonly why: string;
}

const columns = ['topic', 'suite', 'cases', 'theirs', 'ours', 'who is right, and by what'] as const;

/** Reads the table: one row an explanation, its cases as code spans, whatever is said beside them. */
export function readExplanations(text = readFileSync(join(import.meta.dirname, 'disagreements.md'), 'utf8')): readonly Explanation[] {
  const [head, , ...rows] = text.split('\n').filter((line) => line.startsWith('|')).map(cellsOf);
  if (head?.join() !== columns.join()) throw new Error(`disagreements.md: the table's columns are ${columns.join(', ')}`);
  return rows.map((cells) => {
    const [topic = '', suite = '', listed = '', theirs, , why = ''] = cells;
    const cases = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    const broken = cells.length !== columns.length ? `has ${cells.length} cells`
      : cases.length === 0 ? 'names no case as a `code span`'
      : theirs !== 'pass' && theirs !== 'fail' ? 'says neither pass nor fail of theirs'
      : why === '' ? 'does not say why'
      : undefined;
    if (broken !== undefined) throw new Error(`disagreements.md: the row of ${topic} ${suite} ${listed} ${broken}`);
    return { topic, suite, cases, theirs: theirs as Explanation['theirs'], why };
  });
}

const cellsOf = (line: string): readonly string[] => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim());

export const explains = ({ topic, suite, cases, theirs }: Explanation, disagreement: Disagreement): boolean =>
  topic === disagreement.topic && suite === disagreement.suite && theirs === disagreement.theirs && cases.some((name) => isNamed(name, disagreement.case));

const isNamed = (pattern: string, name: string): boolean => new RegExp(`^${pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(name);
