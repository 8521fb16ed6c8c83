import { describe, expect, it } from 'vitest';

import { parsePostmasterFile } from './postmaster-file.js';

describe('parsePostmasterFile', () => {
  it('reads the process and whether it is ready', () => {
    const text = '4711\n/data/with space/cluster\n1790000000\n5432\n\n127.0.0.1\n  6291456         3\n';
    expect(parsePostmasterFile(`${text}starting\n`)).toEqual({ pid: 4711, isReady: false });
    expect(parsePostmasterFile(`${text}ready   \n`)).toEqual({ pid: 4711, isReady: true });
  });

  it('does not take the directory for the status while the file is being written', () => {
    expect(parsePostmasterFile('4711\n/data/ready\n')).toEqual({ pid: 4711, isReady: false });
  });

  it.each(['', '\n', 'x', '-5\n/data', '1.5\n', '99999999999999999999\n'])('makes nothing of %j', (text) => {
    expect(parsePostmasterFile(text)).toBeUndefined();
  });
});
