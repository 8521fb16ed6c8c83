import type { EnvironmentFileSettings, ArgumentFileSettings } from '../config-facts.js';
import { bundleLimits } from '../limits.js';
import { withholdWords } from '../secrets.js';
import type { UnitSettings } from '../unit-fact.js';
import { ConfigError } from './config-error.js';
import { bounded } from './fields.js';
import { keptVariables } from './kept-variables.js';
import { linesOf, wordsOf } from './words.js';

/** What a unit or a drop-in sets for its service. */
export function unitSettings(text: string): UnitSettings {
  const execStart: (readonly string[])[] = [];
  const environmentFiles: string[] = [];
  const withheld = new Set<string>();
  let pairs: (readonly [string, string])[] = [];
  let section = '';
  for (const line of linesOf(text)) {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const [, name, value] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section !== 'Service' || name === undefined || value === undefined) continue;
    if (name === 'ExecStart') execStart.push(safeWords(value.replace(/^[@\-:+!|]+/, ''), withheld));
    else if (name === 'Environment') pairs = value === '' ? [] : [...pairs, ...wordsOf(value).map(pairOf)];
    // Nothing after the sign forgets the files before, as it does for what is set above.
    else if (name === 'EnvironmentFile' && value === '') environmentFiles.length = 0;
    else if (name === 'EnvironmentFile' && /^-?\//.test(value)) environmentFiles.push(bounded(value.replace(/^-/, ''), name));
  }
  if (execStart.length > bundleLimits.configItems || environmentFiles.length > bundleLimits.configItems) throw new ConfigError('It has more lines than a unit has.');
  return { execStart, withheld: [...withheld], environment: keptVariables(pairs), environmentFiles };
}

/** systemd's EnvironmentFile, which `kubeadm-flags.env` and /etc/default are too. */
export const environmentFileSettings = (text: string): EnvironmentFileSettings => ({
  variables: keptVariables(linesOf(text).flatMap((line) => {
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, wordsOf(value).join(' ')] as const];
  })),
});

/** One flag a line, or several. */
export function argumentFileSettings(text: string): ArgumentFileSettings {
  const withheld = new Set<string>();
  const argv = linesOf(text).flatMap((line) => safeWords(line, withheld));
  if (argv.length > bundleLimits.configItems) throw new ConfigError('It has more arguments than are read.');
  return { argv, withheld: [...withheld] };
}

function safeWords(line: string, withheld: Set<string>): readonly string[] {
  const words = wordsOf(line);
  if (words.length > bundleLimits.configItems) throw new ConfigError('A line has more words than are read.');
  const safe = withholdWords(words);
  for (const name of safe.withheld) withheld.add(name);
  return safe.words.map((word) => bounded(word, 'A word'));
}

function pairOf(word: string): readonly [string, string] {
  const at = word.indexOf('=');
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}
