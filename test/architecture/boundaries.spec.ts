import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Files that import what they may not, and the rule that says so. */
const planted = [
  ['facts import judgement', 'libs/inventory/planted.ts', "import { evaluate } from '#controls/engine/evaluate.js';\nexport default evaluate;\n", 'inventory-imports'],
  ['judgement imports memory', 'libs/controls/planted.ts', "import { reconcile } from '#findings/reconcile.js';\nexport default reconcile;\n", 'controls-imports'],
  ['a pure library does I/O', 'libs/findings/planted.ts', "import { readFileSync } from 'node:fs';\nexport default readFileSync;\n", 'pure-libraries'],
  ['a pure library imports a framework', 'libs/controls/planted-framework.ts', "import { Injectable } from '@nestjs/common';\nexport default Injectable;\n", 'pure-libraries'],
  ['a use case knows the database', 'libs/application/planted.ts', "import { DataSource } from 'typeorm';\nexport default DataSource;\n", 'typeorm-only-in-database'],
  ['a use case knows an adapter', 'libs/application/planted-adapter.ts', "import { EgressClient } from '#egress/egress-client.js';\nexport default EgressClient;\n", 'application-imports'],
  ['a socket is opened past the guarded door', 'libs/webhooks/planted.ts', "import { request } from 'undici';\nexport default request;\n", 'undici-only-in-egress'],
  ['what is known of nodes does I/O', 'libs/nodes/planted.ts', "import { readFileSync } from 'node:fs';\nexport default readFileSync;\n", 'pure-nodes'],
  ['the node collector takes a framework with it', 'apps/agent/planted.ts', "import { Injectable } from '@nestjs/common';\nexport default Injectable;\n", 'agent-alone'],
  ['one app imports another', 'apps/worker/planted.ts', "import { x } from '../api/planted-target.js';\nexport default x;\n", 'apps-apart'],
  ['production imports test support', 'libs/queue/planted.ts', "import { nodeCodec } from '#test/support/node-codec.js';\nexport default nodeCodec;\n", 'no-tests-in-production'],
] as const;

describe('the architecture', () => {
  let copy: string;
  let report: readonly { readonly from: string; readonly rule: { readonly name: string } }[];

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'bulwark-architecture-'));
    for (const name of ['libs', 'apps', 'migrations', 'test/support', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [, path, text] of planted) {
      cpSync(join(root, 'package.json'), join(copy, path), { force: true });
      writeFileSync(join(copy, path), text);
    }
    cpSync(join(root, 'package.json'), join(copy, 'apps/api/planted-target.ts'));
    writeFileSync(join(copy, 'apps/api/planted-target.ts'), 'export const x = 1;\n');
    const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const output = execFileSync(process.execPath, [cruise, '--output-type', 'json', 'libs', 'apps', 'migrations'], { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 256 * 1024 * 1024 }).toString();
    report = (JSON.parse(output) as { summary: { violations: typeof report } }).summary.violations;
  }, 120_000);

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(planted)('refuses that %s', (_, path, _text, rule) => {
    expect(report.filter((violation) => violation.from === path).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('finds nothing else to refuse', () => {
    const paths = new Set<string>(planted.map(([, path]) => path));
    expect(report.filter((violation) => !paths.has(violation.from))).toEqual([]);
  });
});
