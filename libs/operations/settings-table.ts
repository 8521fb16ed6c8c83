import { catalogue, roles } from './setting-catalogue.js';
import type { Setting } from './setting-catalogue.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (setting: Setting): string => {
  const fallback = setting.default === undefined ? (setting.neededBy.length > 0 ? `needed by ${setting.neededBy.join(', ')}` : 'none') : `\`${setting.default}\``;
  const readers = setting.usedBy.length === roles.length ? 'all' : setting.usedBy.join(', ');
  return `| \`${setting.env}\`${setting.isSecret ? ' (secret)' : ''} | ${[setting.type.expected, fallback, readers, setting.about].map(cell).join(' | ')} |`;
};

/** docs/settings.md: every setting of the catalogue, as Markdown. */
export function settingsTable(): string {
  const settings: readonly Setting[] = Object.values(catalogue);
  const sections = [...new Set(settings.map(({ section }) => section))];
  return [
    '# Settings',
    '',
    '<!-- Generated from libs/operations/setting-catalogue.ts; do not edit. -->',
    '',
    'All settings are environment variables. An empty one counts as not set. A wrong value, a missing one or an unknown',
    '`BULWARK_` name stops the start, and the message names every such setting and what was expected.',
    'A secret may also come from a file, as container platforms mount them: `BULWARK_OPERATOR_KEY_FILE=/run/secrets/operator-key`',
    'in place of `BULWARK_OPERATOR_KEY` (one newline at the end is ignored).',
    ...sections.flatMap((section) => [
      '',
      `## ${section}`,
      '',
      '| Setting | Value | Default | Read by | What it does |',
      '| --- | --- | --- | --- | --- |',
      ...settings.filter((setting) => setting.section === section).map(row),
    ]),
    '',
  ].join('\n');
}
