// Makes the one file of a new control and lists it in its layer: npm run new:control layer/slug. Its derived tests
// then say what is left to write.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const layers = ['control-plane', 'workloads', 'network', 'supply-chain', 'runtime', 'governance'];
const usage = `usage: npm run new:control layer/slug\n  layer: ${layers.join(', ')}\n  slug: lower case words joined by hyphens, such as host-ports\n`;

class Refused extends Error {}

const camelCase = (slug) => slug.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

const template = (id, name) => `import { defineControl } from '../engine/control.js';
import { container } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { eachContainer } from '../scopes/each-container.js';

export const ${name} = defineControl({
  id: '${id}',
  // The state that is wanted, as a sentence without a full stop.
  title: '',
  severity: 'medium',
  // What an attacker or an accident makes of it where it is not so.
  why: '',
  // What to change, for someone who has never seen this product.
  remediation: '',
  // Items that it answers, by framework: a number, or number#part where one of its parts does. See libs/controls/frameworks.
  frameworks: {},
  evidence: ['api'],
  scope: eachContainer,
  check({ container: judged }) {
    return judged.name === '' ? fail(\`container \${judged.name} \`) : pass;
  },
  examples: {
    passes: [container('')],
    fails: [],
  },
});
`;

/** Ids and aliases that controls have, and where: a name once given is given for ever. */
function idsIn(controls) {
  const ids = new Map();
  for (const layer of layers) {
    for (const file of readdirSync(join(controls, layer)).filter((each) => each.endsWith('.ts'))) {
      const text = readFileSync(join(controls, layer, file), 'utf8');
      for (const [, list] of text.matchAll(/^ {2}(?:id|aliases): (.+),$/gm)) for (const [, id] of list.matchAll(/'([^']+)'/g)) ids.set(id, `${layer}/${file}`);
    }
  }
  return ids;
}

/** The index with one import and one entry more; imports stay sorted, the entry goes last. */
function withEntry(index, slug, name) {
  const lines = index.split('\n');
  const imports = lines.flatMap((line, i) => (/^import \{ \w+ \} from '\.\/[^']+';$/.test(line) ? [i] : []));
  const list = /^export const \w+: readonly Control\[\] = \[([^\]]*)\];$/m.exec(index);
  const first = lines.findIndex((line) => line.startsWith('import type'));
  if (!list || first < 0) throw new Refused('the layer\'s index.ts does not look as expected: list the control by hand');
  if (new RegExp(`\\b${name}\\b`).test(index)) throw new Refused(`the layer's index.ts has a ${name} already`);
  const line = `import { ${name} } from './${slug}.js';`;
  const pathOf = (i) => /'([^']+)'/.exec(lines[i])[1];
  const before = imports.find((i) => pathOf(i) > `./${slug}.js`) ?? (imports.at(-1) ?? first) + 1;
  const withImport = [...lines.slice(0, before), line, ...lines.slice(before)].join('\n');
  const entries = list[1];
  const isTall = entries.includes('\n');
  const trimmed = entries.trimEnd().replace(/,$/, '');
  const grown = isTall ? `${trimmed},\n  ${name},\n` : trimmed.trim() === '' ? name : `${trimmed}, ${name}`;
  return withImport.replace(list[0], list[0].replace(`[${entries}];`, `[${grown}];`));
}

export function newControl(root, id) {
  const [layer, slug, ...more] = id.split('/');
  if (!layers.includes(layer) || slug === undefined || more.length > 0) throw new Refused(`${id} does not name a layer and a control`);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug) || slug.length > 60) throw new Refused(`${slug} is no slug`);
  const name = camelCase(slug);
  if (slug === 'index' || ['default', 'delete', 'new', 'class', 'function', 'import', 'export', 'package', 'private', 'public', 'static', 'switch', 'with'].includes(name)) throw new Refused(`${slug} cannot be a name in code`);
  const controls = join(root, 'libs/controls');
  const taken = idsIn(controls).get(id);
  if (taken !== undefined) throw new Refused(`${id} is taken by ${taken}`);
  const file = join(controls, layer, `${slug}.ts`);
  if (existsSync(file)) throw new Refused(`libs/controls/${layer}/${slug}.ts is there already`);
  const indexFile = join(controls, layer, 'index.ts');
  const index = withEntry(readFileSync(indexFile, 'utf8'), slug, name);
  writeFileSync(file, template(id, name), { flag: 'wx' });
  writeFileSync(`${indexFile}.new`, index);
  renameSync(`${indexFile}.new`, indexFile);
  return [`libs/controls/${layer}/${slug}.ts`, `libs/controls/${layer}/index.ts`];
}

function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { root: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help || positionals.length !== 1) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  const root = values.root ?? join(dirname(fileURLToPath(import.meta.url)), '..');
  try {
    const [file, index] = newControl(root, positionals[0]);
    const [layer, slug] = positionals[0].split('/');
    process.stdout.write(`made ${file}\nlisted it in ${index}: move it to its place in the table of controls\nnext: npx vitest run libs/controls/catalogue.spec.ts -t '${layer}/${slug}'\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    process.stderr.write(`${error.message}\n${usage}`);
    return 1;
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = main();
