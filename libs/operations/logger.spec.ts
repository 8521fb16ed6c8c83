import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { createLogger } from './logger.js';
import type { LoggerOptions } from './logger.js';
import { nestLogger } from './nest-logger.js';

function capture(over: Partial<LoggerOptions> = {}, isTTY = false) {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', format: 'json', service: 'api', sink: { isTTY, write: (line) => void lines.push(line) }, ...over });
  return { log, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const isOneHarmlessLine = (line: string): boolean => line.endsWith('\n') && !['\n', '\r', '\u001b', '\u009b', '\u2028', '\u202e'].some((bad) => line.slice(0, -1).includes(bad));

describe('the log as JSON', () => {
  it('writes one object a line, with the bindings of its parents', () => {
    const { log, entries } = capture();
    log.child({ requestId: 'r1' }).child({ scanId: 's1' }).info({ objects: 3 }, 'scan ended');
    expect(entries()).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), service: 'api', pid: process.pid, requestId: 'r1', scanId: 's1', objects: 3, msg: 'scan ended' },
    ]);
  });

  it('writes nothing below its level', () => {
    const { log, lines } = capture({ level: 'warn' });
    log.info({}, 'no');
    log.debug({}, 'no');
    log.warn({}, 'yes');
    expect(lines).toHaveLength(1);
  });

  it('redacts secrets by name, at any depth, in bindings, in errors and in strings', () => {
    const canary = 'canary-7f3a';
    const { log, lines } = capture();
    const error = Object.assign(new Error(`connect postgres://app:${canary}@db/x`, { cause: new Error(`Bearer ${canary}`) }), { config: { headers: { Authorization: canary } } });
    log.child({ apiKey: canary }).error(
      {
        err: error,
        authorization: canary,
        'x-api-key': canary,
        nested: [{ password: canary, client_secret: [canary], kubeconfig: { users: canary } }],
        map: new Map([['token', canary]]),
        BULWARK_OPERATOR_KEY: canary,
        databaseUrl: canary,
        url: `redis://:${canary}@redis:6379`,
        header: `Basic ${canary}`,
        jwt: canary,
        pem: `-----BEGIN EC PRIVATE KEY-----\n${canary}\n-----END EC PRIVATE KEY-----`,
        bytes: Buffer.from(canary),
      },
      `sent Bearer ${canary}`,
    );
    expect(lines.join('')).not.toContain(canary);
    expect(lines.join('')).not.toContain(Buffer.from(canary).toString('base64'));
  });

  it('keeps what is said about a secret', () => {
    const { log, entries } = capture();
    log.info({ keyId: 'k1', secretName: 'tls', token_count: 3, hasPassword: true, tenantId: 't' }, 'm');
    expect(entries()[0]).toMatchObject({ keyId: 'k1', secretName: 'tls', token_count: 3, hasPassword: true, tenantId: 't' });
  });

  it('survives cycles, depth, size, bigints, getters and bad dates', () => {
    const { log, entries } = capture();
    const cycle: Record<string, unknown> = { n: 1n, date: new Date(NaN), fn: () => 1, long: 'x'.repeat(100_000), list: Array.from({ length: 1_000 }, (_, index) => index) };
    cycle['self'] = cycle;
    let deep: unknown = 'end';
    for (let i = 0; i < 50_000; i += 1) deep = { deep };
    log.info({ cycle, deep, ['__proto__']: { polluted: true } }, 'm');
    const [entry] = entries();
    expect(entry).toMatchObject({ cycle: { n: '1', date: null, self: '[circular]' } });
    expect(JSON.stringify(entry).length).toBeLessThan(12_000);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('stays one line of the same JSON, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.constantFrom('\n', '\r', '\u001b[31m', '\u009b', '\u2028', '\u202e', '\\\u202e', '"'), (text, bad) => {
        const { log, lines } = capture();
        log.info({ field: text + bad }, bad + text);
        expect(lines).toHaveLength(1);
        expect(lines[0]).toSatisfy(isOneHarmlessLine);
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ field: text + bad, msg: bad + text });
      }),
    );
  });
});

describe('the log for people', () => {
  it('is one readable line an entry', () => {
    const { log, lines } = capture({ format: 'pretty' });
    log.child({ scanId: 's1' }).info({ objects: 3, phase: 'two words', list: [1] }, 'scan ended');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}scan ended scanId=s1 objects=3 phase="two words" list=\[1\]\n$/);
  });

  it('is chosen by auto on a terminal alone, with colours there alone', () => {
    // Whoever runs the tests may have asked for none.
    vi.stubEnv('NO_COLOR', undefined);
    const onTerminal = capture({ format: 'auto' }, true);
    onTerminal.log.warn({}, 'm');
    expect(onTerminal.lines[0]).toContain('\u001b[33mWARN');
    const elsewhere = capture({ format: 'auto' });
    elsewhere.log.warn({}, 'm');
    expect(elsewhere.lines[0]).toMatch(/^\{/);
    const forced = capture({ format: 'pretty' });
    forced.log.warn({}, 'm');
    expect(forced.lines[0]).not.toContain('\u001b');
    vi.unstubAllEnvs();
  });

  it('shows an error with its place and cause, on the same line', () => {
    const { log, lines } = capture({ format: 'pretty' });
    log.error({ err: new TypeError('outer\nline', { cause: new Error('inner') }) }, 'failed');
    expect(lines[0]).toMatch(/failed TypeError: outer\\u000aline \(at .*logger\.spec\.ts.*\) <- Error: inner/);
    expect(lines[0]?.match(/\n/g)).toHaveLength(1);
  });

  it('never lets a value begin a line or an escape sequence', () => {
    const { log, lines } = capture({ format: 'pretty' });
    const evil = 'a\r\n12:00:00.000 ERROR forged \u001b[2J\u009b31m\u202e';
    log.info({ [evil]: evil, nested: { [evil]: evil } }, evil);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toSatisfy(isOneHarmlessLine);
  });
});

describe("Nest's messages", () => {
  it('keep their context, stack and error', () => {
    const { log, entries } = capture();
    const nest = nestLogger(log);
    nest.log('started', 'NestFactory');
    nest.error('broke', 'Error: broke\n    at x', 'Router');
    nest.error(new Error('thrown'), undefined, 'Router');
    nest.warn({ an: 'object' });
    nest.fatal?.('end', 'Main');
    expect(entries()).toMatchObject([
      { level: 'info', msg: 'started', context: 'NestFactory' },
      { level: 'error', msg: 'broke', context: 'Router', err: { stack: 'Error: broke\n    at x' } },
      { level: 'error', msg: 'thrown', context: 'Router', err: { message: 'thrown' } },
      { level: 'warn', msg: '{"an":"object"}' },
      { level: 'error', msg: 'end', context: 'Main' },
    ]);
    expect(entries()[0]).not.toHaveProperty('err');
  });
});

describe('a reader that leaves', () => {
  it('does not take the process along', async () => {
    const checkout = join(import.meta.dirname, '..', '..');
    const folder = await mkdtemp(join(tmpdir(), 'bulwark-logger-'));
    // Node 20 does not run TypeScript, and the pipe must be a process' own.
    const tsc = ['--ignoreConfig', '--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--skipLibCheck', '--typeRoots', join(checkout, 'node_modules/@types')];
    await promisify(execFile)(process.execPath, [join(checkout, 'node_modules/typescript7/bin/tsc'), ...tsc, '--outDir', folder, '--rootDir', import.meta.dirname, join(import.meta.dirname, 'logger.ts')]);
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(
      join(folder, 'program.js'),
      `import { createLogger } from './logger.js';
       const log = createLogger({ level: 'info', format: 'auto', service: 'test' });
       log.info({}, 'first');
       process.on('message', () => {
         for (let i = 0; i < 5_000; i += 1) log.info({ i }, 'nobody reads this');
         setTimeout(() => process.exit(7), 50);
       });`,
    );
    const child = spawn(process.execPath, [join(folder, 'program.js')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    const [first] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(JSON.parse(first.toString())).toMatchObject({ msg: 'first', service: 'test' });
    child.stdout?.destroy();
    child.send('go on');
    expect(await once(child, 'exit')).toEqual([7, null]);
    await rm(folder, { recursive: true });
  });
});
