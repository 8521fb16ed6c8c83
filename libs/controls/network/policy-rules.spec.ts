import { describe, expect, it } from 'vitest';
import { isEverybody, portsOf } from './policy-rules.js';

describe('address blocks that are everybody', () => {
  it.each([
    ['all of IPv4', [{ cidr: '0.0.0.0/0' }], '0.0.0.0/0'],
    ['all of IPv6', [{ cidr: '10.0.0.0/8' }, { cidr: '::/0' }], '::/0'],
    ['two halves', [{ cidr: '0.0.0.0/1' }, { cidr: '128.0.0.0/1' }], '0.0.0.0/1'],
    ['one half', [{ cidr: '128.0.0.0/1' }], undefined],
    ['all but one address', [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }], '0.0.0.0/0'],
    ['all but somebody else\'s network', [{ cidr: '0.0.0.0/0', except: ['198.51.100.0/24'] }], '0.0.0.0/0'],
    ['the internet', [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] }], undefined],
    ['all but the network of a cloud', [{ cidr: '0.0.0.0/0', except: ['10.20.0.0/16'] }], undefined],
    ['what an exception takes out and another block brings back', [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }, { cidr: '10.0.0.0/8' }], '0.0.0.0/0'],
    ['the IPv6 internet', [{ cidr: '::/0', except: ['fc00::/7'] }], undefined],
    ['nothing that is an address', [{ cidr: 'somewhere/0' }], undefined],
  ])('%s', (_, blocks, expected) => {
    expect(isEverybody(blocks)).toBe(expected);
  });
});

describe('ports of a rule', () => {
  it('are every port of a protocol where hardly any is left out', () => {
    expect(portsOf([{ protocol: 'TCP', first: 1024, last: 65_535 }], [])).toEqual({ are: 'every', of: 'TCP' });
    expect(portsOf([{ protocol: 'TCP', first: 30_000, last: 32_767 }], ['http'])).toEqual({ are: 'some', text: '30000-32767/TCP, http' });
  });

  it('are told by the first few', () => {
    expect(portsOf([80, 443, 8080, 8443].map((port) => ({ protocol: 'TCP', first: port, last: port })), [])).toEqual({ are: 'some', text: '80/TCP, 443/TCP, 8080/TCP and 1 more' });
  });
});
