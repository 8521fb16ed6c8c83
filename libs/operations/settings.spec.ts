import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';

import { ringOf } from './crypto/key-ring.js';
import { catalogue } from './setting-catalogue.js';
import { readSettings, SettingsError } from './settings.js';
import type { KeyEncryptionKey } from './settings.js';
import { settingsTable } from './settings-table.js';

const bytes = (seed: number): Buffer => createHash('sha256').update(String(seed)).digest();
const key = (seed: number): string => bytes(seed).toString('base64');

const api = {
  BULWARK_DATABASE_URL: 'postgres://app:hunter2@db:5432/bulwark',
  BULWARK_OPERATOR_KEY: key(101),
  BULWARK_API_KEY_PEPPER: key(102),
  BULWARK_KEY_ENCRYPTION_KEYS: `k1:${key(1)}`,
};

function problemsOf(env: Record<string, string>, role: 'api' | 'worker' | 'migrate' | 'standalone' = 'api'): Record<string, string> {
  try {
    readSettings(env, role);
  } catch (error) {
    if (error instanceof SettingsError) return Object.fromEntries(error.problems.map(({ env: name, detail }) => [name, detail]));
    throw error;
  }
  return {};
}

describe('reading settings', () => {
  it('gives typed values, and defaults for what is not set', () => {
    const settings = readSettings({ ...api, BULWARK_PORT: '8080', BULWARK_LOG_LEVEL: '', PATH: '/bin' }, 'api');
    expect(settings).toMatchObject({ port: 8080, host: '127.0.0.1', logLevel: 'info', logFormat: 'auto', allowLoopbackHttp: false, shutdownGraceMs: 20_000 });
    expect(settings.allowedPrivateRanges).toBeUndefined();
    expectTypeOf(settings.databaseUrl).toEqualTypeOf<string>();
    expectTypeOf(settings.redisUrl).toEqualTypeOf<string | undefined>();
    expectTypeOf(settings.keyEncryptionKeys).toEqualTypeOf<readonly [KeyEncryptionKey, ...KeyEncryptionKey[]]>();
    expectTypeOf(settings.cursorKey).toEqualTypeOf<Buffer>();
    expectTypeOf(readSettings({}, 'standalone').databaseUrl).toEqualTypeOf<string | undefined>();
  });

  it('lets the standalone start with nothing set', () => {
    expect(() => readSettings({}, 'standalone')).not.toThrow();
  });

  it('names everything that a role needs and lacks, at once', () => {
    expect(Object.keys(problemsOf({}))).toEqual(['BULWARK_DATABASE_URL', 'BULWARK_OPERATOR_KEY', 'BULWARK_KEY_ENCRYPTION_KEYS', 'BULWARK_API_KEY_PEPPER']);
    expect(Object.keys(problemsOf({}, 'worker'))).toEqual(['BULWARK_DATABASE_URL', 'BULWARK_KEY_ENCRYPTION_KEYS']);
    expect(Object.keys(problemsOf({}, 'migrate'))).toEqual(['BULWARK_DATABASE_URL', 'BULWARK_ADMIN_DATABASE_URL']);
    expect(problemsOf({})['BULWARK_OPERATOR_KEY']).toMatch(/is needed by the api; expected at least 32 random characters/);
  });

  it.each([
    ['BULWARK_PORT', '65536'],
    ['BULWARK_PORT', '-1'],
    ['BULWARK_PORT', '3e3'],
    ['BULWARK_PORT', ' 3000'],
    ['BULWARK_HOST', 'a b'],
    ['BULWARK_HOST', 'http://x'],
    ['BULWARK_PUBLIC_URL', 'ftp://x'],
    ['BULWARK_PUBLIC_URL', 'https://x/?a=1'],
    ['BULWARK_LOG_LEVEL', 'verbose'],
    ['BULWARK_LOG_FORMAT', 'text'],
    ['BULWARK_ALLOW_LOOPBACK_HTTP', 'yes'],
    ['BULWARK_ALLOWED_PRIVATE_RANGES', '10.0.0.1/8'],
    ['BULWARK_ALLOWED_PRIVATE_RANGES', '10.0.0.0/33'],
    ['BULWARK_ALLOWED_PRIVATE_RANGES', '10.0.0.0/8,,'],
    ['BULWARK_ALLOWED_PRIVATE_RANGES', '10.0.0.0'],
    ['BULWARK_ALLOWED_PRIVATE_RANGES', '::ffff:10.0.0.0/104'],
    ['BULWARK_SHUTDOWN_GRACE_MS', '10s'],
    ['BULWARK_QUEUE_PREFIX', 'a:b'],
    ['BULWARK_OTEL_SAMPLE_RATIO', '1.5'],
  ])('refuses %s=%s, showing both and what was expected', (env, value) => {
    const problem = problemsOf({ ...api, [env]: value })[env];
    expect(problem).toMatch(/^expected /);
    expect(problem).toContain(JSON.stringify(value));
  });

  it.each([
    ['BULWARK_DATABASE_URL', 'mysql://app:hunter2@db/bulwark'],
    ['BULWARK_DATABASE_URL', 'postgres://app:hunter2@db/'],
    ['BULWARK_REDIS_URL', 'http://:hunter2@redis'],
    ['BULWARK_OPERATOR_KEY', 'hunter2'],
    ['BULWARK_CURSOR_KEY', 'hunter2'],
    ['BULWARK_KEY_ENCRYPTION_KEYS', `k1:${Buffer.from('hunter2').toString('base64')}`],
    ['BULWARK_KEY_ENCRYPTION_KEYS', `k1:${key(1)},k1:${key(2)}`],
    ['BULWARK_KEY_ENCRYPTION_KEYS', key(1)],
    ['BULWARK_KEY_ENCRYPTION_KEYS', `k1:${key(1)},`],
  ])('refuses a wrong %s without showing its value', (env, value) => {
    try {
      readSettings({ ...api, [env]: value }, 'api');
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      const message = String(error);
      expect(message).toContain(`${env}: expected`);
      expect(message).not.toContain(value);
      expect(message).not.toContain('hunter2');
    }
  });

  it.each([
    ['BULWARK_OPERATOR_KEY', 'a'.repeat(44)],
    ['BULWARK_OPERATOR_KEY', 'changeme-changeme-changeme-changeme'],
    ['BULWARK_OPERATOR_KEY', `${key(1)} ${key(2)}`],
    ['BULWARK_OPERATOR_KEY', `${key(1)}\u00e9`],
    ['BULWARK_OPERATOR_KEY', `bwk_${key(1)}`],
    ['BULWARK_API_KEY_PEPPER', '0123456701234567012345670123456701234567'],
    ['BULWARK_CURSOR_KEY', Buffer.alloc(32).toString('base64')],
    ['BULWARK_KEY_ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`],
    ['BULWARK_KEY_ENCRYPTION_KEYS', `k1:${key(1)},k2:${key(1)}`],
  ])('refuses a %s that nobody drew at random, or that could never be used', (env, value) => {
    expect(problemsOf({ ...api, [env]: value })).toEqual({ [env]: expect.stringMatching(/^expected .*random/) });
  });

  it('takes no ring of keys that the vault would refuse', () => {
    expect(ringOf(readSettings({ ...api, BULWARK_KEY_ENCRYPTION_KEYS: `a-1:${key(1).replace('=', '')},b_2:${key(2)}` }, 'api').keyEncryptionKeys).active.id).toBe('a-1');
  });

  it('hides a password in a URL that is no secret', () => {
    expect(problemsOf({ ...api, BULWARK_PUBLIC_URL: 'https://me:hunter2@x/' })['BULWARK_PUBLIC_URL']).not.toContain('hunter2');
  });

  it('reads a ring of keys, the first one active', () => {
    const { keyEncryptionKeys } = readSettings({ ...api, BULWARK_KEY_ENCRYPTION_KEYS: `new:${key(2)}, old:${key(1)}` }, 'api');
    expect(keyEncryptionKeys).toEqual([{ id: 'new', key: bytes(2) }, { id: 'old', key: bytes(1) }]);
  });

  it('reads ranges in canonical form', () => {
    expect(readSettings({ ...api, BULWARK_ALLOWED_PRIVATE_RANGES: '10.0.0.0/8, FD00:0::/8' }, 'api').allowedPrivateRanges).toEqual(['10.0.0.0/8', 'fd00::/8']);
  });

  it('derives the cursor key from the pepper, and prefers the one that is set', () => {
    const derived = readSettings(api, 'api').cursorKey;
    expect(derived).toHaveLength(32);
    expect(readSettings(api, 'api').cursorKey).toEqual(derived);
    expect(readSettings({ ...api, BULWARK_API_KEY_PEPPER: key(103) }, 'api').cursorKey).not.toEqual(derived);
    expect(readSettings({ ...api, BULWARK_CURSOR_KEY: key(7) }, 'api').cursorKey).toEqual(bytes(7));
  });

  it('refuses a name that does not exist, and guesses which was meant', () => {
    expect(problemsOf({ ...api, BULWARK_REDISURL: 'x', BULWARK_NOTHING_LIKE_IT: 'x', BULWARK_PORT_FILE: 'x' })).toEqual({
      BULWARK_REDISURL: 'there is no such setting; did you mean BULWARK_REDIS_URL?',
      BULWARK_NOTHING_LIKE_IT: 'there is no such setting',
      BULWARK_PORT_FILE: 'there is no such setting; only secrets are read from files',
    });
    expect(problemsOf({ ...api, BULWARK_TEST_DATABASE_URL: 'x', BULWARK_OLD: '' })).toEqual({});
  });

  it('does not read what the role does not use', () => {
    expect(readSettings({ ...api, BULWARK_ADMIN_DATABASE_URL: 'postgres://owner:x@db/bulwark' }, 'api').adminDatabaseUrl).toBeUndefined();
  });

  describe('from files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bulwark-settings-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const fileWith = (text: string): string => {
      const path = join(folder, String(Math.random()));
      writeFileSync(path, text);
      return path;
    };
    const { BULWARK_OPERATOR_KEY: _, ...rest } = api;

    it('takes the content without the last newline', () => {
      expect(readSettings({ ...rest, BULWARK_OPERATOR_KEY_FILE: fileWith(`${key(9)}\n`) }, 'api').operatorKey).toBe(key(9));
    });

    it('says which file cannot be read, which is too large, and that two sources are one too many', () => {
      expect(problemsOf({ ...rest, BULWARK_OPERATOR_KEY_FILE: join(folder, 'missing') })['BULWARK_OPERATOR_KEY']).toMatch(/missing.*cannot be read \(ENOENT\)/);
      expect(problemsOf({ ...rest, BULWARK_OPERATOR_KEY_FILE: fileWith('x'.repeat(70_000)) })['BULWARK_OPERATOR_KEY']).toMatch(/larger than 64 KiB/);
      expect(problemsOf({ ...api, BULWARK_OPERATOR_KEY_FILE: fileWith(key(9)) })['BULWARK_OPERATOR_KEY']).toMatch(/set twice/);
      expect(problemsOf({ ...rest, BULWARK_OPERATOR_KEY_FILE: fileWith('\n') })['BULWARK_OPERATOR_KEY']).toMatch(/is needed by the api/);
    });
  });
});

describe('the table of settings', () => {
  it('has one row a setting, and every default is a value that its setting accepts', () => {
    const table = settingsTable();
    for (const setting of Object.values(catalogue)) {
      expect(table.split('\n').filter((line) => line.startsWith(`| \`${setting.env}\``))).toHaveLength(1);
      if (setting.default !== undefined) expect(setting.type.schema.safeParse(setting.default).success).toBe(true);
    }
    for (const line of table.split('\n').filter((text) => text.startsWith('|'))) expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
  });
});
