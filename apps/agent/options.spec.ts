import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError, usage } from './options.js';
import { version } from './version.js';

const parse = (...argv: string[]) => parseOptions(argv, () => 'Worker-1', version, () => undefined);

describe('the collector\'s options', () => {
  it('write a file by default from the machine it runs on', () => {
    expect(parse('--out', 'b.json')).toEqual({ root: '/', node: 'worker-1', target: { kind: 'file', path: 'b.json' } });
  });

  it('send to a server', () => {
    expect(parse('--server=https://b.example/base', '--cluster=c1', '--key-file=k', '--root=/host', '--node=n1', '--every=12h', '--ca-file=ca')).toEqual({
      root: '/host',
      node: 'n1',
      cluster: 'c1',
      keyFile: 'k',
      every: 43_200_000,
      target: { kind: 'server', url: new URL('https://b.example/base'), caFile: 'ca' },
    });
    expect(parse('--server=http://127.0.0.1:3000', '--cluster=c1', '--key-file=k')).toBeDefined();
  });

  it.each([
    ['nothing', []],
    ['both targets', ['--out=x', '--server=https://b']],
    ['a server without a key', ['--server=https://b', '--cluster=c']],
    ['a key without a cluster', ['--out=x', '--key-file=k']],
    ['plain HTTP to elsewhere', ['--server=http://b.example', '--cluster=c', '--key-file=k']],
    ['a password in the URL', ['--server=https://u:p@b', '--cluster=c', '--key-file=k']],
    ['another scheme', ['--server=ftp://b', '--cluster=c', '--key-file=k']],
    ['an option that is not known', ['--out=x', '--force']],
    ['a word that is no option', ['--out=x', 'y']],
    ['an option twice', ['--out=x', '--out=y']],
    ['an empty option', ['--out=x', '--root=']],
    ['a node that is no name', ['--out=x', '--node=a/b']],
    ['a period that is too short', ['--server=https://b', '--cluster=c', '--key-file=k', '--every=1m']],
    ['a period without a unit', ['--server=https://b', '--cluster=c', '--key-file=k', '--every=600']],
    ['a period for a file', ['--out=x', '--every=1h']],
  ])('refuse %s', (_, argv) => {
    expect(() => parse(...argv)).toThrow(UsageError);
  });

  it('explain themselves', () => {
    const printed: string[] = [];
    expect(parseOptions(['--help'], () => 'n', version, (text) => printed.push(text))).toBeUndefined();
    expect(parseOptions(['--version'], () => 'n', version, (text) => printed.push(text))).toBeUndefined();
    expect(printed).toEqual([usage, `${version}\n`]);
    expect(version).toBe((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version);
  });
});
