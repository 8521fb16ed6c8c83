import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.js';

const parse = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) => parseOptions(argv, env, () => {});

describe('options', () => {
  it('default to the sample on port 3000', () => {
    expect(parse([])).toMatchObject({ source: { kind: 'sample' }, once: false, fresh: false, port: 3000 });
  });

  it('prefer the flag to the environment', () => {
    expect(parse(['--port', '4000', '--data-dir', '/tmp/x'], { BULWARK_PORT: '5000', BULWARK_DATA_DIR: '/tmp/y' })).toMatchObject({ port: 4000, dataDirectory: '/tmp/x' });
    expect(parse([], { BULWARK_PORT: '5000', BULWARK_DATA_DIR: '/tmp/y' })).toMatchObject({ port: 5000, dataDirectory: '/tmp/y' });
  });

  it('read standard input for -', () => {
    expect(parse(['--snapshot', '-'])).toMatchObject({ source: { kind: 'snapshot', file: '-' } });
  });

  it.each([[['--kubeconfig', 'a', '--snapshot', 'b']], [['--context', 'x']], [['--port', 'many']], [['--port', '70000']], [['--nonsense']], [['stray']], [['--kubeconfig']]])('refuse %j with a reason', (argv) => {
    expect(() => parse(argv)).toThrow(UsageError);
  });

  it('print help and nothing else', () => {
    let text = '';
    expect(parseOptions(['--help'], {}, (line) => (text += line))).toBeUndefined();
    expect(text).toContain('--kubeconfig FILE');
  });
});
