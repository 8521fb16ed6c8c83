/**
 * Who may import whom: this table is the architecture. `libs` of a row may import only what the row lists (and
 * themselves); packages are listed where a library owns one that nobody else may touch.
 */
const allowed = {
  inventory: [],
  nodes: ['inventory'],
  controls: ['inventory', 'nodes'],
  'kube-bench': ['inventory'],
  benchmarks: ['inventory', 'nodes', 'controls', 'kube-bench'],
  findings: ['inventory', 'nodes', 'controls'],
  application: ['inventory', 'nodes', 'controls', 'benchmarks', 'kube-bench', 'findings'],
  database: ['inventory', 'nodes', 'controls', 'benchmarks', 'findings', 'application', 'operations', 'migrations'],
  kubernetes: ['inventory', 'nodes', 'controls', 'benchmarks', 'kube-bench', 'findings', 'application', 'egress', 'operations'],
  engines: ['inventory', 'nodes', 'kube-bench', 'application', 'operations'],
  queue: ['application', 'operations'],
  webhooks: ['application', 'egress', 'findings', 'controls', 'inventory', 'operations'],
  egress: [],
  operations: ['application'],
};

const owned = { typeorm: 'database', bullmq: 'queue', '@kubernetes/client-node': 'kubernetes', undici: 'egress' };

const tests = '\\.spec\\.ts$|^test/';

const boundaries = Object.entries(allowed).map(([lib, others]) => ({
  name: `${lib}-imports`,
  comment: `libs/${lib} may import ${others.length > 0 ? others.map((other) => `libs/${other}`).join(', ') : 'no other library'}.`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: tests },
  to: { path: '^(libs|apps|migrations|test)/', pathNot: `^(libs/(${[lib, ...others].join('|')})|${others.includes('migrations') ? 'migrations' : '\\$none'})/` },
}));

module.exports = {
  forbidden: [
    ...boundaries,
    {
      name: 'pure-libraries',
      comment: 'Facts, judgement, memory and imports are pure: no Node built-ins, no framework, of npm only small pure libraries.',
      severity: 'error',
      from: { path: '^libs/(inventory|controls|benchmarks|kube-bench|findings)/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/(ipaddr\\.js|semver|@bufbuild/cel|@secretlint/(secretlint-rule-preset-recommend|types))/' },
    },
    {
      name: 'pure-nodes',
      comment: 'What is known of nodes does no I/O: it parses, signs and packs. Its format is read with zod, its files with yaml.',
      severity: 'error',
      from: { path: '^libs/nodes/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^(node:)?(crypto|zlib|util)$|node_modules/(yaml|zod)/' },
    },
    {
      name: 'apps-apart',
      comment: 'Apps share their composition and never import each other; standalone alone joins api and worker in one process.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: `${tests}|^apps/standalone/` },
      to: { path: '^apps/', pathNot: '^apps/($1|composition)/' },
    },
    {
      name: 'agent-alone',
      comment: 'The node collector is one small file: of ours it takes only what is known of nodes, of npm nothing itself.',
      severity: 'error',
      from: { path: '^apps/agent/', pathNot: tests },
      to: { path: '^(libs|apps|migrations)/|node_modules/', pathNot: '^(libs/nodes|apps/agent)/|node_modules/@types/node/' },
    },
    { name: 'no-circular', severity: 'error', comment: 'A cycle is two files that are one.', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    ...Object.entries(owned).map(([pkg, lib]) => ({
      name: `${pkg.replace(/[^a-z]/g, '')}-only-in-${lib}`,
      comment: `Only libs/${lib} knows ${pkg}.`,
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: `${tests}|^libs/${lib}/` },
      to: { path: `node_modules/${pkg}/` },
    })),
    { name: 'no-tests-in-production', severity: 'error', comment: 'What ships imports no test support.', from: { path: '^(libs|apps|migrations)/', pathNot: tests }, to: { path: '^test/|\\.spec\\.ts$' } },
    { name: 'not-to-unresolvable', severity: 'error', comment: 'Every import resolves.', from: { pathNot: '^test/architecture/planted' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/|/node_modules/.*/node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'], extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
